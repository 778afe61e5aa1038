"""What a person wrote into the search box, as the database can look for it. Whatever was written, this never fails."""

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import ip_address
from uuid import UUID

LONGEST_TEXT = 100
MOST_WORDS = 6
SHORTEST_WORD = 2
FEWEST_DIGITS = 3
WORDS = re.compile(r"[^\W_]+")
LIKE_A_NUMBER = re.compile(r"\+?[0-9 ().\-/]+", re.ASCII)
HIDDEN_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
"""Characters that nobody sees, as marks that turn the direction of writing, and those that are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`text` is in small letters, `words` a tsquery, `digits` the beginning of a number; None where it is no such thing."""

    text: str
    words: str | None
    digits: str | None
    address: str | None
    call_id: UUID | None

    @property
    def digits_end(self) -> str | None:
        """The first text after all that begin with the digits."""
        return None if self.digits is None else self.digits[:-1] + chr(ord(self.digits[-1]) + 1)


def read_words(written: str) -> Words | None:
    """What was written, or None if that is nothing to look for."""
    seen = (" " if each.isspace() else each for each in written[: 4 * LONGEST_TEXT])
    shown = "".join(each for each in seen if unicodedata.category(each) not in HIDDEN_CATEGORIES)
    text = " ".join(shown.split())[:LONGEST_TEXT].strip().lower()
    if not text:
        return None
    digits = "".join(each for each in text if each in "0123456789")
    address = _address(text)
    is_number = address is None and len(digits) >= FEWEST_DIGITS and LIKE_A_NUMBER.fullmatch(text) is not None
    return Words(
        text=text,
        words=_query(digits) if is_number else _query(text),
        digits=digits if is_number else None,
        address=address,
        call_id=_call_id(text),
    )


def _query(text: str) -> str | None:
    """The beginnings of all its words, as a tsquery: letters and digits in quotes, so that nothing in it is an operator."""
    words = [word for word in WORDS.findall(text) if len(word) >= SHORTEST_WORD][:MOST_WORDS]
    return " & ".join(f"'{word}':*" for word in words) or None


def _address(text: str) -> str | None:
    try:
        return str(ip_address(text))
    except ValueError:
        return None


def _call_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
