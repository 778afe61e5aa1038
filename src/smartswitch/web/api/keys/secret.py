"""The text of an API key: 256 random bits behind a mark by which leaked keys are recognised. Only its hash is kept.

The text has so much chance in it that a plain SHA-256 is as good as a slow hash: there is nothing to guess.
"""

import hashlib
import secrets

MARK = "ss_"
SECRET_BYTES = 32
SHOWN_LETTERS = len(MARK) + 6
LONGEST = 100


def new_secret() -> str:
    """The text of a new key."""
    return MARK + secrets.token_urlsafe(SECRET_BYTES)


def sha256_of(secret: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def prefix_of(secret: str) -> str:
    """By what people tell a key from others."""
    return secret[:SHOWN_LETTERS]
