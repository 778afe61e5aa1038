"""Netstrings (`3:abc,`): how messages are told apart on the connection to Kamailio.

Rule: a length is believed only up to the bound, so that a broken or hostile peer cannot make us wait for, or hold, more
than `longest_bytes`. White space between netstrings is allowed: the sender pads with it, see `padded_netstring`.
"""

LONGEST_BYTES = 65_536
LONGEST_LENGTH_DIGITS = 7
_BLANK = b" \t\r\n"


class NetstringError(Exception):
    """The bytes are not netstrings; the connection cannot be used any longer."""


class NetstringDecoder:
    """Cuts a stream of bytes into messages, whatever pieces it comes in."""

    def __init__(self, longest_bytes: int = LONGEST_BYTES) -> None:
        self._longest_bytes = longest_bytes
        self._rest = b""

    @property
    def waiting_bytes(self) -> int:
        """How many bytes wait for the rest of their message."""
        return len(self._rest)

    def feed(self, data: bytes) -> list[bytes]:
        """Take the next piece; return the messages that are complete now. Raises `NetstringError`."""
        buffer = self._rest + data if self._rest else data
        messages: list[bytes] = []
        start = 0
        while True:
            start = _skip_blank(buffer, start)
            message_start, length = self._read_length(buffer, start)
            if message_start < 0 or len(buffer) <= message_start + length:
                break
            message_end = message_start + length
            if buffer[message_end : message_end + 1] != b",":
                raise NetstringError(f"a netstring of {length} bytes does not end with a comma")
            messages.append(buffer[message_start:message_end])
            start = message_end + 1
        self._rest = buffer[start:]
        return messages

    def _read_length(self, buffer: bytes, start: int) -> tuple[int, int]:
        """Return where the message starts and how long it is; (-1, 0) while the length is incomplete."""
        colon = buffer.find(b":", start, start + LONGEST_LENGTH_DIGITS + 1)
        digits = buffer[start : colon if colon >= 0 else start + LONGEST_LENGTH_DIGITS + 1]
        if digits and not digits.isdigit():
            raise NetstringError(f"a netstring starts with {digits!r}, not with its length")
        if colon < 0:
            if len(digits) > LONGEST_LENGTH_DIGITS:
                raise NetstringError("the length of a netstring is too long a number")
            return -1, 0
        if not digits:
            raise NetstringError("a netstring has no length")
        length = int(digits)
        if length > self._longest_bytes:
            raise NetstringError(f"a netstring of {length} bytes is longer than {self._longest_bytes}")
        return colon + 1, length


def encode_netstring(message: bytes) -> bytes:
    """Return `message` with its length before and a comma after."""
    return b"%d:%b," % (len(message), message)


def padded_netstring(message: bytes, multiple_bytes: int) -> bytes:
    """Return the netstring, followed by spaces up to a multiple of `multiple_bytes`."""
    netstring = encode_netstring(message)
    return netstring + b" " * (-len(netstring) % multiple_bytes)


def _skip_blank(buffer: bytes, start: int) -> int:
    while start < len(buffer) and buffer[start] in _BLANK:
        start += 1
    return start
