"""How a webhook's receiver knows that we speak: HMAC-SHA256 over the moment and the body, with the webhook's secret.

    Smartswitch-Signature: t=1767225600,v1=5f2b…        v1 = HMAC-SHA256(secret, "1767225600." + body), in hexadecimal

The moment is signed, too, so that who has overheard a message cannot send it again next week: a receiver refuses what is
older than some minutes (docs/guide/api.md has the check).
"""

import hashlib
import hmac
import secrets

HEADER = "Smartswitch-Signature"
MARK = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    """The secret of a new webhook."""
    return MARK + secrets.token_urlsafe(SECRET_BYTES)


def signature(*, secret: str, moment_s: int, body: bytes) -> str:
    """The value of the header."""
    told = hmac.new(secret.encode(), f"{moment_s}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment_s},v1={told}"
