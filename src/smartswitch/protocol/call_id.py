"""The id of a call: one number that sorts by time, and that a repeat of the same event makes again.

It has the shape of a UUIDv7 (RFC 9562, 5.7): 48 bits of UTC milliseconds, then 74 bits that are here not random but a
hash of the Call-ID and the From tag. So an INVITE event that is sent twice (a lost link, a node started again) names one
call, and the month partition of a CDR can be read from the id alone.

The moment is part of the hash too: a caller that uses one Call-ID and tag again, as after a 407, begins another call.
"""

from hashlib import blake2b
from uuid import UUID

_VERSION = 7
_VARIANT = 0b10
_HASH_BITS = 74
_SHORT_BITS = 12
_LONG_BITS = 62
_LATEST_MS = 2**48 - 1


def call_id_of(sip_call_id: str, from_tag: str, at_ms: int) -> UUID:
    """The id of the call that this INVITE began at ``at_ms`` (UTC milliseconds). Equal arguments give equal ids."""
    if not 0 <= at_ms <= _LATEST_MS:
        raise ValueError(f"{at_ms} is not a moment in UTC milliseconds since 1970")
    text = "\0".join((sip_call_id, from_tag, str(at_ms)))
    digest = blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16, person=b"smartswitch-call").digest()
    bits = int.from_bytes(digest, "big") >> (128 - _HASH_BITS)
    short, long = bits >> _LONG_BITS, bits & (2**_LONG_BITS - 1)
    return UUID(int=at_ms << 80 | _VERSION << 76 | short << (76 - _SHORT_BITS) | _VARIANT << _LONG_BITS | long)


def created_at_ms(call_id: UUID) -> int:
    """The moment (UTC milliseconds) that is written in the id."""
    return call_id.int >> 80
