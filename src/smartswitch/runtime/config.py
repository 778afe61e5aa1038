"""Configuration: what an operator may set, read once from the environment.

Rule: a machine reads its configuration here, at start, and nowhere else; nothing reads `os.environ` later. Every
address defaults to loopback, so that nothing is public unless somebody asked for it.

| variable                        | meaning                                               | default                     |
|---------------------------------|-------------------------------------------------------|-----------------------------|
| `SMARTSWITCH_STATE_DIRECTORY`   | where the database, spool and secrets are kept        | `default_state_directory()` |
| `SMARTSWITCH_DATABASE_URL`      | an external PostgreSQL; absent means the embedded one | none                        |
| `SMARTSWITCH_NODE_NAME`         | the name of this node, unique among nodes             | the host's name             |
| `SMARTSWITCH_LOG_LEVEL`         | `debug`, `info`, `warning` or `error`                 | `info`                      |
| `SMARTSWITCH_SIP_ADDRESS`       | where Kamailio listens                                | `127.0.0.1:5060`            |
| `SMARTSWITCH_EVAPI_ADDRESS`     | where Kamailio speaks to nodes                        | `127.0.0.1:8448`            |
| `SMARTSWITCH_RTPENGINE_ADDRESS` | rtpengine's control port                              | `127.0.0.1:2223`            |
| `SMARTSWITCH_WEB_ADDRESS`       | where the web account listens                         | `127.0.0.1:8080`            |
| `SMARTSWITCH_SMTP_URL`          | the mail server; absent means that no mail is sent    | none                        |
| `SMARTSWITCH_MAIL_FROM`         | the sender of mail; needed where there is a server    | none                        |
| `SMARTSWITCH_WEBHOOK_ALLOW_PRIVATE` | `1`: webhooks may lead into private networks, by HTTP | `0`                 |
"""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

LOG_LEVELS = ("debug", "info", "warning", "error")
HIGHEST_PORT = 65535
SMTP_PORTS = {"smtp": 587, "smtps": 465}


class ConfigurationError(Exception):
    """A setting cannot be used. The message names the variable, its value and what is expected."""


@dataclass(frozen=True, slots=True)
class Address:
    """A host (name, IPv4, or IPv6 without brackets) and a port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `host:port` or `[ipv6]:port`; raise `ValueError` for anything else."""
        host, colon, port = text.strip().rpartition(":")
        is_bracketed = host.startswith("[") and host.endswith("]")
        if not (colon and host and port.isascii() and port.isdigit() and int(port) <= HIGHEST_PORT):
            raise ValueError(f"{text!r} is not host:port")
        if ":" in host and not is_bracketed:
            raise ValueError(f"{text!r}: write an IPv6 address in brackets, as in [::1]:5060")
        return cls(host=host[1:-1] if is_bracketed else host, port=int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The SMTP server that takes our mail, and the sender it is given. `is_tls` means TLS from the first byte (smtps)."""

    host: str
    port: int
    is_tls: bool
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str, *, sender: str) -> Self:
        """Read `smtp://user:password@host:587` or `smtps://...`; raise `ValueError`, which never tells the password."""
        parts = urlsplit(url)
        if parts.scheme not in SMTP_PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError("write it like smtp://user:password@host:587 or smtps://user:password@host:465")
        if "@" not in parseaddr(sender)[1]:
            raise ValueError("it needs SMARTSWITCH_MAIL_FROM, an address like Smartswitch <switch@example.com>")
        return cls(
            host=parts.hostname,
            port=parts.port or SMTP_PORTS[parts.scheme],
            is_tls=parts.scheme == "smtps",
            sender=sender,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything an operator may set, checked. No `database_url`: PostgreSQL is embedded. No `mail`: none is sent."""

    state_directory: Path
    database_url: str | None
    node_name: str
    log_level: str
    sip_address: Address
    evapi_address: Address
    rtpengine_address: Address
    web_address: Address
    mail: MailServer | None = None
    webhooks_may_be_private: bool = False

    @property
    def postgres_directory(self) -> Path:
        """Where the embedded PostgreSQL lives."""
        return self.state_directory / "postgres"

    @property
    def spool_directory(self) -> Path:
        """Where a node keeps what it could not deliver to the database."""
        return self.state_directory / "spool"


def read_config(environment: Mapping[str, str] | None = None) -> Config:
    """Read the configuration; `environment` defaults to that of this process.

    Raises `ConfigurationError` that names the first variable that cannot be used.
    """
    settings = _Settings(os.environ if environment is None else environment)
    return Config(
        state_directory=settings.directory("STATE_DIRECTORY", default_state_directory()),
        database_url=settings.database_url(),
        node_name=settings.text("NODE_NAME", socket.gethostname()),
        log_level=settings.choice("LOG_LEVEL", LOG_LEVELS, "info"),
        sip_address=settings.address("SIP_ADDRESS", "127.0.0.1:5060"),
        evapi_address=settings.address("EVAPI_ADDRESS", "127.0.0.1:8448"),
        rtpengine_address=settings.address("RTPENGINE_ADDRESS", "127.0.0.1:2223"),
        web_address=settings.address("WEB_ADDRESS", "127.0.0.1:8080"),
        mail=_mail_server(settings.text("SMTP_URL", ""), sender=settings.text("MAIL_FROM", "")),
        webhooks_may_be_private=settings.choice("WEBHOOK_ALLOW_PRIVATE", ("0", "1"), "0") == "1",
    )


def _mail_server(url: str, *, sender: str) -> MailServer | None:
    if not url:
        return None
    try:
        return MailServer.parse(url, sender=sender)
    except ValueError as error:
        raise ConfigurationError(f"SMARTSWITCH_SMTP_URL cannot be used: {error}") from error


def default_state_directory() -> Path:
    """`/var/lib/smartswitch` for root, `~/.local/state/smartswitch` (XDG) for anybody else."""
    if os.geteuid() == 0:
        return Path("/var/lib/smartswitch")
    return Path.home() / ".local" / "state" / "smartswitch"


@dataclass(frozen=True, slots=True)
class _Settings:
    """Reads one variable at a time; an empty variable counts as absent."""

    environment: Mapping[str, str]

    def text(self, name: str, default: str) -> str:
        return self.environment.get(f"SMARTSWITCH_{name}", "").strip() or default

    def directory(self, name: str, default: Path) -> Path:
        path = Path(self.text(name, str(default))).expanduser()
        if not path.is_absolute():
            raise ConfigurationError(f"SMARTSWITCH_{name}={path} is a relative path; write it from the root")
        return path

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.text(name, default).lower()
        if value not in allowed:
            raise ConfigurationError(f"SMARTSWITCH_{name}={value} is unknown; choose one of {', '.join(allowed)}")
        return value

    def address(self, name: str, default: str) -> Address:
        try:
            return Address.parse(self.text(name, default))
        except ValueError as error:
            raise ConfigurationError(f"SMARTSWITCH_{name}: {error}") from error

    def database_url(self) -> str | None:
        url = self.text("DATABASE_URL", "")
        if url and urlsplit(url).scheme not in ("postgresql", "postgres"):
            raise ConfigurationError(
                "SMARTSWITCH_DATABASE_URL must look like postgresql://user:password@host:5432/database"
            )
        return url or None
