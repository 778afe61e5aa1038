"""Where a webhook may lead: to the public Internet, and nowhere into our own network (SSRF).

A name is resolved once, every address it gives is looked at, and the connection goes to an address that was looked at, so
a name that answers differently the second time (DNS rebinding) gains nothing. Only HTTPS, only usual ports, no user or
password in the URL. `127.1`, `0x7f000001` or `2130706433` are names to us: the resolver says that they are 127.0.0.1,
and they are refused for that.
"""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

PORTS = frozenset({443, 8443})
DEFAULT_PORTS = {"https": 443, "http": 80}
LONGEST_URL = 500
NAT64 = ipaddress.ip_network("64:ff9b::/96")

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class UnsafeAddressError(Exception):
    """A URL leads to where no webhook may. The message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to connect (`address`), and what is said there (`url`, `host`)."""

    url: SplitResult
    host: str
    port: int
    address: IpAddress


def checked_url(text: str, *, allows_private: bool) -> SplitResult:
    """The parts of a URL of a webhook; UnsafeAddressError if one can see already that it may not be used."""
    if len(text) > LONGEST_URL or not text.isascii() or any(letter <= " " or letter in "\\\x7f" for letter in text):
        raise UnsafeAddressError(_("a URL has at most 500 ASCII letters, and no spaces"))
    try:
        url = urlsplit(text)
        port = DEFAULT_PORTS.get(url.scheme, 0) if url.port is None else url.port
        host = url.hostname or ""
    except ValueError as error:
        raise UnsafeAddressError(_("this is not a URL")) from error
    if url.scheme != "https" and not (allows_private and url.scheme == "http"):
        raise UnsafeAddressError(_("the URL must begin with https://"))
    if url.username is not None or url.password is not None or not host or "%" in host:
        raise UnsafeAddressError(_("a URL here is https://name/path, without a user or a password"))
    if port not in PORTS and not allows_private:
        raise UnsafeAddressError(
            _("port %(port)s is not one of %(ports)s") % {"port": port, "ports": ", ".join(map(str, sorted(PORTS)))}
        )
    literal = _literal(host)
    if literal is not None and not allows_private:
        _refuse_unless_public(literal)
    return url


async def resolved(text: str, *, allows_private: bool) -> Target:
    """Where to connect for a URL; UnsafeAddressError if any address of its name is not public, or there is none."""
    url = checked_url(text, allows_private=allows_private)
    host = str(url.hostname)
    port = DEFAULT_PORTS[url.scheme] if url.port is None else url.port
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnsafeAddressError(f"{host} has no address: {error}") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not addresses:
        raise UnsafeAddressError(f"{host} has no address")
    if not allows_private:
        for address in addresses:
            _refuse_unless_public(address)
    return Target(url=url, host=host, port=port, address=addresses[0])


def is_public(address: IpAddress) -> bool:
    """Whether an address is one of the public Internet; an IPv4 address inside an IPv6 one counts as what it is."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1]) or _nat64(address)
        if inner is not None and not is_public(inner):
            return False
        if address.is_site_local:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _nat64(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in NAT64 else None


def _literal(host: str) -> IpAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _refuse_unless_public(address: IpAddress) -> None:
    if not is_public(address):
        raise UnsafeAddressError(_("%(address)s is not an address of the public Internet") % {"address": address})
