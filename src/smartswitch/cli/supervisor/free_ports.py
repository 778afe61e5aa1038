"""Addresses for the machines of one host: the configured one, or a free port on the same address.

An address that the operator chose is taken as it is, and an error if it is in use; a default that is in use by somebody
else gives way to a free port.
"""

import socket
from collections.abc import Mapping

from smartswitch.runtime.config import Address

HIGHEST_PORT = 65_000
ATTEMPTS = 200


class PortError(Exception):
    """An address that the operator chose is in use. The message names it."""


def free_address(wanted: Address, variable: str, environment: Mapping[str, str]) -> Address:
    """Return `wanted` if nobody uses it; else, if `variable` is not set, another port of the same host."""
    if is_free(wanted):
        return wanted
    if environment.get(variable):
        raise PortError(f"{variable}={wanted} is in use by another program; stop that one, or choose another port")
    for _ in range(ATTEMPTS):
        found = Address(wanted.host, free_port(wanted.host))
        if is_free(found):
            return found
    raise PortError(f"no port is free on {wanted.host}")


def is_free(address: Address) -> bool:
    """Say whether both UDP and TCP may be bound."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address.host, address.port))
            except OSError:
                return False
    return True


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port that is free at this moment."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def free_even_port(host: str = "127.0.0.1") -> int:
    """Return an even port that is free together with the three above it, as RTP wants (RFC 3550, section 11)."""
    for _ in range(ATTEMPTS):
        port = free_port(host) & ~1
        if port < HIGHEST_PORT and all(is_free(Address(host, port + step)) for step in range(4)):
            return port
    raise PortError(f"no ports are free on {host}")
