"""SIP digest authentication, hardened: challenge, parse, verify (RFC 8760; RFC 7616 and 2617; RFC 3261 section 22).

What plain digest leaves open is closed here: a nonce carries its time and is bound, by HMAC, to the source address and the
realm, so it is worth nothing elsewhere; it lives a short while; its counter ``nc`` must rise with each use, and an INVITE
burns it; ``uri`` must be the Request-URI, so a captured header cannot be pointed at another number; ``qop=auth`` is
required; SHA-256 is offered first, and MD5 is accepted only from an account that has an MD5 secret. An unknown user costs
the same work and gets the same verdict as a wrong password.

Nothing here reads a clock or draws chance: time, random bytes and the secret come in. The secret belongs to one
process: what one node has burned, another cannot know, so a nonce must mean nothing to another node.
"""

import hashlib
import hmac
import re
from collections import OrderedDict
from dataclasses import dataclass
from enum import Enum
from urllib.parse import unquote_to_bytes

DIGEST_REALM = "smartswitch"
"""The realm of every password of ours: a phone is told it in a challenge, and what is kept of a password depends on it."""
NONCE_LIFETIME_MS = 60_000
NONCE_RANDOM_BYTES = 16
NONCES_REMEMBERED = 200_000
LONGEST_HEADER = 4_096

_BURNED = 2**32
_NONCE = re.compile(r"([0-9a-f]{12})([0-9a-f]{32})([0-9a-f]{32})", re.ASCII)
_PARAMETER = re.compile(
    r"\s*([A-Za-z0-9*_-]{1,32})\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s\",;=]+))\s*(?:,|$)", re.ASCII | re.DOTALL
)
_COUNT = re.compile(r"[0-9A-Fa-f]{8}", re.ASCII)
_URI = re.compile(
    r"(?P<scheme>sips?):(?:(?P<user>[^@]*)@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[^:;?@\[\]]+)(?::(?P<port>\d{1,5}))?(?:[;?].*)?",
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_SCHEME = re.compile(r"\s*Digest\s+", re.ASCII | re.IGNORECASE)
_DEFAULT_PORTS = {"sip": "5060", "sips": "5061"}


class Algorithm(Enum):
    """The hash of a digest; the value is its name on the wire."""

    SHA_256 = "SHA-256"
    MD5 = "MD5"


class Verdict(Enum):
    """What an Authorization header is worth. Only ACCEPTED lets anybody in; the others are challenged again or refused."""

    ACCEPTED = "accepted"
    MALFORMED = "malformed"
    FORGED_NONCE = "forged_nonce"
    """Not a nonce of ours for this source and realm."""
    STALE_NONCE = "stale_nonce"
    """Everything is right but the nonce is too old: challenge again with stale=true."""
    REPLAYED = "replayed"
    """The nonce was used with this count or a higher one, or an INVITE burned it."""
    OTHER_URI = "other_uri"
    """The header was made for another Request-URI."""
    WRONG = "wrong"
    """The user is unknown, or the response is not that of the secret; nobody is told which."""

    @property
    def is_suspicious(self) -> bool:
        """True for what no honest phone sends twice: it counts towards a ban."""
        return self in (Verdict.FORGED_NONCE, Verdict.REPLAYED, Verdict.OTHER_URI, Verdict.WRONG)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A parsed Authorization or Proxy-Authorization header; ``nc`` as sent: 8 hexadecimal digits."""

    username: str
    realm: str
    nonce: str
    uri: str
    response: str
    algorithm: Algorithm
    cnonce: str
    nc: str
    opaque: str = ""


@dataclass(frozen=True, slots=True)
class Malformed:
    """A header that cannot be used; ``reason`` completes the sentence "The header ..."."""

    reason: str


@dataclass(frozen=True, slots=True)
class DigestAccount:
    """What is stored of a user: no password, only H(username:realm:password) for each algorithm he may use."""

    username: str
    realm: str
    ha1_md5: str | None = None
    ha1_sha256: str | None = None


def digest_hash(algorithm: Algorithm, text: str) -> str:
    """H(text) in lower-case hexadecimal."""
    name = "sha256" if algorithm is Algorithm.SHA_256 else "md5"
    return hashlib.new(name, text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()


def make_ha1(algorithm: Algorithm, *, username: str, realm: str, password: str) -> str:
    """What is stored instead of a password (RFC 7616, 3.4.2)."""
    return digest_hash(algorithm, f"{username}:{realm}:{password}")


def digests_of(*, username: str, password: str, realm: str = DIGEST_REALM) -> tuple[str, str]:
    """What is kept of a password: HA1 with MD5 and with SHA-256."""
    md5, sha_256 = (
        make_ha1(algorithm, username=username, realm=realm, password=password)
        for algorithm in (Algorithm.MD5, Algorithm.SHA_256)
    )
    return md5, sha_256


def response_of(credentials: Credentials, *, ha1: str, method: str) -> str:
    """The response that proves knowledge of HA1 with qop=auth (RFC 7616, 3.4.1)."""
    ha2 = digest_hash(credentials.algorithm, f"{method}:{credentials.uri}")
    return digest_hash(
        credentials.algorithm, f"{ha1}:{credentials.nonce}:{credentials.nc}:{credentials.cnonce}:auth:{ha2}"
    )


def parse_authorization(header: str) -> Credentials | Malformed:
    """Read the value of an Authorization header. Every parameter may occur once; qop=auth, nc and cnonce are required."""
    scheme = _SCHEME.match(header[:LONGEST_HEADER])
    if len(header) > LONGEST_HEADER or scheme is None:
        return Malformed("is too long or does not begin with Digest")
    parameters = _parameters(header.rstrip(), scheme.end())
    if isinstance(parameters, Malformed):
        return parameters
    required = ("username", "realm", "nonce", "uri", "response", "cnonce", "nc", "qop")
    missing = [name for name in required if not parameters.get(name)]
    if missing:
        return Malformed(f"lacks {', '.join(missing)}")
    if parameters["qop"].lower() != "auth" or _COUNT.fullmatch(parameters["nc"]) is None:
        return Malformed("needs qop=auth and an nc of 8 hexadecimal digits")
    if parameters.get("userhash", "false").lower() == "true":
        return Malformed("hides the user name (userhash), which was not offered")
    name = parameters.get("algorithm", "MD5").upper()
    if name not in (Algorithm.SHA_256.value, Algorithm.MD5.value):
        return Malformed("names an algorithm that was not offered")
    return Credentials(
        username=parameters["username"], realm=parameters["realm"], nonce=parameters["nonce"], uri=parameters["uri"],
        response=parameters["response"], algorithm=Algorithm(name), cnonce=parameters["cnonce"], nc=parameters["nc"],
        opaque=parameters.get("opaque", ""),
    )  # fmt: skip


def _parameters(header: str, start: int) -> dict[str, str] | Malformed:
    parameters: dict[str, str] = {}
    while start < len(header):
        match = _PARAMETER.match(header, start)
        if match is None:
            return Malformed(f"cannot be read at character {start + 1}")
        name, quoted, token = match.group(1).lower(), match.group(2), match.group(3)
        if name in parameters:
            return Malformed(f"has {name} twice")
        parameters[name] = re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL) if quoted is not None else token
        start = match.end()
    return parameters


def make_nonce(secret: bytes, *, realm: str, source: str, at_ms: int, random: bytes) -> str:
    """A nonce for this source address and realm; ``random`` is NONCE_RANDOM_BYTES fresh random bytes."""
    if len(random) != NONCE_RANDOM_BYTES:
        raise ValueError(f"a nonce needs {NONCE_RANDOM_BYTES} random bytes")
    head = f"{at_ms:012x}{random.hex()}"
    return head + _seal(secret, head, realm, source)


def _seal(secret: bytes, head: str, realm: str, source: str) -> str:
    text = "\0".join((head, realm, source)).encode("utf-8", "surrogateescape")
    return hmac.new(secret, text, hashlib.sha256).hexdigest()[:32]


def _made_at_ms(secret: bytes, nonce: str, *, realm: str, source: str) -> int | None:
    """When one of our nonces was made; None if it is not ours for this source and realm."""
    match = _NONCE.fullmatch(nonce)
    if match is None:
        return None
    if not hmac.compare_digest(_seal(secret, match.group(1) + match.group(2), realm, source), match.group(3)):
        return None
    return int(match.group(1), 16)


class NonceCounts:
    """The highest count seen of each nonce that let somebody in; bounded, and never open to a replay.

    When it is full the nonces seen first are forgotten, and from then on every nonce as old as a forgotten one
    is stale. Only verified headers are remembered, so strangers cannot fill it.
    """

    def __init__(self, limit: int = NONCES_REMEMBERED) -> None:
        self._limit = limit
        self._highest: OrderedDict[str, int] = OrderedDict()
        self._forgotten_to_ms = -1

    def __len__(self) -> int:
        return len(self._highest)

    def is_forgotten(self, made_at_ms: int) -> bool:
        """True if a nonce of this age may have been used and forgotten."""
        return made_at_ms <= self._forgotten_to_ms

    def use(self, nonce: str, count: int, *, is_once: bool) -> bool:
        """Note one use; False if the count does not rise. ``is_once`` burns the nonce."""
        if count <= self._highest.get(nonce, 0):
            return False
        self._highest[nonce] = _BURNED if is_once else count
        while len(self._highest) > self._limit:
            oldest, _ = self._highest.popitem(last=False)
            self._forgotten_to_ms = max(self._forgotten_to_ms, int(oldest[:12], 16))
        return True


def verify(
    credentials: Credentials,
    account: DigestAccount | None,
    *,
    method: str,
    request_uri: str,
    source: str,
    at_ms: int,
    secret: bytes,
    counts: NonceCounts,
    lifetime_ms: int = NONCE_LIFETIME_MS,
) -> Verdict:
    """Judge a header. ``account`` is what is stored for its user name, None if nothing is.

    REGISTER may use a nonce several times with rising counts; any other method burns it.
    """
    made_at_ms = _made_at_ms(secret, credentials.nonce, realm=credentials.realm, source=source)
    if made_at_ms is None:
        return Verdict.FORGED_NONCE
    if not is_same_uri(credentials.uri, request_uri):
        return Verdict.OTHER_URI
    if not _knows_secret(credentials, account, method):
        return Verdict.WRONG
    if not 0 <= at_ms - made_at_ms < lifetime_ms or counts.is_forgotten(made_at_ms):
        return Verdict.STALE_NONCE
    if not counts.use(credentials.nonce, int(credentials.nc, 16), is_once=method != "REGISTER"):
        return Verdict.REPLAYED
    return Verdict.ACCEPTED


def _knows_secret(credentials: Credentials, account: DigestAccount | None, method: str) -> bool:
    ha1 = None
    if account is not None and (account.username, account.realm) == (credentials.username, credentials.realm):
        ha1 = account.ha1_sha256 if credentials.algorithm is Algorithm.SHA_256 else account.ha1_md5
    width = 64 if credentials.algorithm is Algorithm.SHA_256 else 32
    expected = response_of(credentials, ha1=ha1 or "0" * width, method=method)
    sent = credentials.response.lower().encode("utf-8", "surrogateescape")
    return hmac.compare_digest(expected.encode(), sent) and ha1 is not None


def is_same_uri(left: str, right: str) -> bool:
    """True if two sip URIs name the same user at the same host.

    Parameters do not count, nor does ``sips`` against ``sip`` (neither changes who is called); a port that is the default,
    or that one of the two does not tell, does not either.
    """
    first, second = _canonical_uri(left), _canonical_uri(right)
    if first is None or second is None:
        return False
    return first[:2] == second[:2] and (first[2] == second[2] or "" in (first[2], second[2]))


def _canonical_uri(uri: str) -> tuple[bytes, str, str] | None:
    match = _URI.fullmatch(uri)
    if match is None:
        return None
    user = unquote_to_bytes((match["user"] or "").encode("utf-8", "surrogatepass"))
    port = match["port"] or ""
    return user, match["host"].lower(), "" if port == _DEFAULT_PORTS[match["scheme"].lower()] else port


def challenge_headers(status: int, *, realm: str, nonce: str, is_stale: bool = False) -> str:
    """The header lines of a 401 or 407, SHA-256 first (RFC 8760, 2.3), each ended by CRLF."""
    if status not in (401, 407) or re.search(r'["\\\r\n]', realm):
        raise ValueError("a challenge is a 401 or 407, and its realm has no quotes and no line ends")
    name = "WWW-Authenticate" if status == 401 else "Proxy-Authenticate"
    stale = ", stale=true" if is_stale else ""
    return "".join(
        f'{name}: Digest realm="{realm}", nonce="{nonce}", algorithm={algorithm.value}, qop="auth"{stale}\r\n'
        for algorithm in (Algorithm.SHA_256, Algorithm.MD5)
    )
