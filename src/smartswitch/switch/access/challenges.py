"""Which algorithms a challenge offers: SHA-256 before MD5, but MD5 alone to phones that would choke on the other.

RFC 8760 lets a server offer several algorithms, and a phone take the first it knows. In the field some give the whole
request up when they see one that they do not know: libre 1 and 2 (baresip 1, "Function not implemented") and SIPp up to
3.6 ("authentication must use MD5"). So who is known to fail, who does not say what he is, and who was offered both and
came back without an answer, gets what every phone has understood since RFC 2617. Nothing is given away: whether a
user exists has no part in it, and an account without an MD5 secret is not let in by MD5.
"""

import re
from collections import OrderedDict

from smartswitch.core.digest import challenge_headers

UNANSWERED_REMEMBERED = 50_000
MD5_AGENTS = re.compile(r"\s*$|sipp\b|baresip v?[01]\.", re.IGNORECASE | re.ASCII)
"""User-Agent values, matched at their beginning, of those who know MD5 only; an absent one is empty."""


class ChallengeBook:
    """Remembers who was challenged and has not answered yet; bounded."""

    def __init__(self) -> None:
        self._unanswered: OrderedDict[tuple[str, str], int] = OrderedDict()

    def headers(
        self, status: int, *, realm: str, nonce: str, is_stale: bool, source: str, user: str, user_agent: str
    ) -> str:
        """The header lines of a 401 or 407 for this request."""
        both = challenge_headers(status, realm=realm, nonce=nonce, is_stale=is_stale)
        key = (source, user)
        unanswered = self._unanswered.get(key, 0)
        self._unanswered[key] = unanswered + 1
        self._unanswered.move_to_end(key)
        if len(self._unanswered) > UNANSWERED_REMEMBERED:
            self._unanswered.popitem(last=False)
        if unanswered % 2 == 0 and MD5_AGENTS.match(user_agent) is None:
            return both
        return "".join(line for line in both.splitlines(keepends=True) if "algorithm=MD5" in line)

    def note_answer(self, *, source: str, user: str) -> None:
        """Credentials came: the phone understood."""
        self._unanswered.pop((source, user), None)
