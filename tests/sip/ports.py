"""Free ports on loopback."""

import random
import socket

FIRST_SIPP_MEDIA_PORT, LAST_SIPP_MEDIA_PORT = 10_000, 19_900
FIRST_MEDIA_PORT, LAST_MEDIA_PORT = 33_000, 59_000
_given: set[int] = set()


def free_port() -> int:
    """Return a port that is free for UDP and TCP on 127.0.0.1, never the same twice in this session.

    It lies below the range from which the system gives ports away by itself, so nobody takes it meanwhile.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        if port not in _given and _is_free(port):
            _given.add(port)
            return port


def free_media_port() -> int:
    """Return a port that is free with the three above it, as SIPp wants for media it never sends."""
    while True:
        port = random.randrange(FIRST_SIPP_MEDIA_PORT, LAST_SIPP_MEDIA_PORT, 4)
        if port not in _given and all(_is_free(port + n) for n in range(4)):
            _given.add(port)
            return port


def free_port_range(size: int) -> tuple[int, int]:
    """Return the first and the last of `size` neighbouring ports for media."""
    first = random.randrange(FIRST_MEDIA_PORT, LAST_MEDIA_PORT - size, 2)
    return first, first + size - 1


def _is_free(port: int) -> bool:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        try:
            tcp.bind(("127.0.0.1", port))
            udp.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
