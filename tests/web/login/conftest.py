"""Logging in against a real database and a real mail server on loopback."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from ..house import PASSWORD, House

__all__ = ["PASSWORD", "House"]

STEP_S = 30


@dataclass
class Postbox:
    """What a mail server took. With `refusal` set it answers that instead."""

    mails: list[EmailMessage] = field(default_factory=list)
    refusal: str = ""

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.refusal:
            return self.refusal
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@pytest.fixture(autouse=True)
def state_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the key for seeds is made."""
    from django.conf import settings

    monkeypatch.setattr(settings, "STATE_DIRECTORY", tmp_path)
    return tmp_path


@pytest.fixture
def postbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """A mail server, told to Django."""
    from django.conf import settings

    from smartswitch.runtime.config import MailServer

    box = Postbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setattr(
        settings, "MAIL_SERVER", MailServer.parse(f"smtp://127.0.0.1:{port}", sender="Switch <switch@example.com>")
    )
    yield box
    controller.stop()


@dataclass
class Person:
    """Somebody with a login, a browser, and perhaps an authenticator app."""

    house: House
    username: str
    client: Any
    seed: str = ""
    codes: list[str] = field(default_factory=list)
    steps_used: int = 0

    def log_in(self, password: str = PASSWORD, client: Any = None) -> Any:
        return (client or self.client).post("/login", {"username": self.username, "password": password})

    def code(self) -> str:
        """A code that was not used yet: that of the present step of time, then of the next."""
        import time

        from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

        self.steps_used += 1
        assert self.steps_used <= 2, "a third code would lie too far in the future"
        return format_hotp_value(hotp_value(self.seed, int(time.time()) // STEP_S + self.steps_used - 1))

    def wrong_code(self) -> str:
        return "000000" if self.seed else ""

    def add_app(self) -> Any:
        """Add an authenticator app, as its page tells him to."""
        import re

        page = self.client.get("/security/app").content.decode()
        self.seed = re.search(r'<code class="seed"[^>]*>([^<]+)<', page)[1].replace(" ", "")
        answer = self.client.post("/security/app", {"code": self.code()})
        self.codes = re.findall(r"<li>([0-9]{4}) ([0-9]{4})</li>", self.client.get("/security/codes").content.decode())
        self.codes = ["".join(each) for each in self.codes]
        return answer


@pytest.fixture
def person(house: House) -> Callable[..., Person]:
    """`person("north")` is logged in there; `person("north", logged_in=False)` not yet."""
    from django.test import Client

    def make(dealer: str, *, role: str | None = None, logged_in: bool = True, **headers: str) -> Person:
        made = Person(house, house.login(dealer, role=role), Client(SERVER_NAME="localhost", headers=headers or None))
        if logged_in:
            assert made.log_in().status_code == 302
        return made

    return make
