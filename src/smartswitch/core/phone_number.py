"""Phone numbers: the one place that turns what was dialled into the number that is routed *and* rated.

Fraud lives in the gap between two readings of one number: a route that sees ``+44 7911`` and a price list that sees
``447911``, or a permission that sees neither. So there is one reading, :func:`canonical_number`, and its result (the
digits of an E.164 number, no plus) is the only form that goes further. It never guesses: what cannot be read is a
:class:`BadNumber` with the reason in words. docs/algorithms/numbers.md has the table of spellings.

Sources: ITU-T E.164 (15 digits, no leading zero), RFC 3966 section 3 (visual separators, parameters), RFC 3261
section 19.1 (user part, percent escapes). The country metadata come from ``phonenumbers``, which only this module
knows; they are for people, not for the path of a call.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import phonenumbers

from smartswitch.core.sentence import Sentence, say

LONGEST_NUMBER_DIGITS = 15
SHORTEST_NUMBER_DIGITS = 3
LONGEST_DIALLED_CHARACTERS = 256
COUNTRIES_REMEMBERED = 16_384

_VISUAL_SEPARATORS = str.maketrans("", "", "-.()")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})", re.ASCII)
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_PREFIX = re.compile(r"[0-9]{1,8}", re.ASCII)


class Undecorated(Enum):
    """How digits without any prefix are read."""

    INTERNATIONAL = "international"
    NATIONAL = "national"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class DialPlan:
    """How one party writes numbers.

    ``country_code`` and ``national_prefix`` (the trunk prefix) are empty where no national form is used. The longest
    prefix that matches decides. The default takes digits as international already; 00 and 011 cannot begin an E.164
    number, so they are read as what they are.
    """

    country_code: str = ""
    international_prefixes: tuple[str, ...] = ("00", "011")
    national_prefix: str = ""
    undecorated: Undecorated = Undecorated.INTERNATIONAL

    def __post_init__(self) -> None:
        for prefix in (*self.international_prefixes, self.national_prefix, self.country_code):
            if prefix and _PREFIX.fullmatch(prefix) is None:
                raise ValueError(f"{prefix!r} in a dial plan is not 1 to 8 digits")
        if "" in self.international_prefixes:
            raise ValueError("an international prefix of a dial plan is empty")
        if not self.country_code and (self.national_prefix or self.undecorated is Undecorated.NATIONAL):
            raise ValueError("a dial plan with a national form needs its country code")
        if self.national_prefix in self.international_prefixes:
            raise ValueError("the national prefix of a dial plan is one of its international prefixes")


INTERNATIONAL_PLAN = DialPlan()


@dataclass(frozen=True, slots=True)
class BadNumber:
    """What was dialled is not a number; ``sentence``, in English ``reason``, completes "The number ..."."""

    sentence: Sentence

    @property
    def reason(self) -> str:
        """The sentence in English."""
        return str(self.sentence)


def canonical_number(dialled: str, plan: DialPlan = INTERNATIONAL_PLAN) -> str | BadNumber:
    """Read the user part of a SIP or tel URI as the digits of an E.164 number.

    >>> canonical_number("+44-7911-123456;isub=1")
    '447911123456'
    >>> canonical_number("07911123456", DialPlan("44", ("00",), "0"))
    '447911123456'
    """
    if len(dialled) > LONGEST_DIALLED_CHARACTERS:
        return BadNumber(say("is longer than %(most)s characters", most=LONGEST_DIALLED_CHARACTERS))
    number, *parameters = dialled.split(";")
    decoded = _decode(number)
    if isinstance(decoded, BadNumber):
        return decoded
    is_global = decoded.startswith("+")
    if is_global and "(0)" in decoded:
        return BadNumber(say("has a (0) after the country code: write it without"))
    digits = decoded[is_global:].translate(_VISUAL_SEPARATORS)
    if _DIGITS.fullmatch(digits) is None:
        return BadNumber(_foreign_character(digits))
    canonical = _check(digits) if is_global else _apply_plan(digits, plan)
    return _agree_with_context(canonical, parameters, is_global=is_global)


def _decode(number: str) -> str | BadNumber:
    """Undo percent escapes, once; what still has a percent sign was escaped twice or wrongly."""
    if "%" not in number:
        return number
    decoded = _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), number)
    if "%" in decoded:
        return BadNumber(say("has a percent sign that is not one simple escape"))
    return decoded


def _foreign_character(digits: str) -> Sentence:
    if digits == "":
        return say("is empty")
    foreign = next(character for character in digits if not ("0" <= character <= "9"))
    if foreign == "@":
        return say("has a host inside it")
    if foreign in "*#":
        return say("has a %(character)s: it is a service code, not a number", character=foreign)
    if foreign == "+":
        return say("has a plus sign that is not the first character")
    if foreign.isspace():
        return say("has a space in it")
    if foreign.isdigit():
        return say("has digits that are not 0 to 9")
    if foreign.isascii() and foreign.isalpha():
        return say("has the letter %(letter)s", letter=foreign)
    return say("has a character that no number has (%(character)s)", character=f"U+{ord(foreign):04X}")


def _apply_plan(digits: str, plan: DialPlan) -> str | BadNumber:
    longest = ""
    for prefix in plan.international_prefixes:
        if len(prefix) > len(longest) and digits.startswith(prefix):
            longest = prefix
    national = plan.national_prefix
    if national and len(national) > len(longest) and digits.startswith(national):
        return _check(plan.country_code + digits[len(national) :])
    if longest:
        return _check(digits[len(longest) :])
    if plan.undecorated is Undecorated.INTERNATIONAL:
        return _check(digits)
    if plan.undecorated is Undecorated.NATIONAL:
        return _check(plan.country_code + digits)
    return BadNumber(say("has neither a plus sign nor a prefix of the dial plan"))


def _check(digits: str) -> str | BadNumber:
    if len(digits) > LONGEST_NUMBER_DIGITS:
        return BadNumber(
            say(
                "has %(digits)s digits; the longest number has %(most)s", digits=len(digits), most=LONGEST_NUMBER_DIGITS
            )
        )
    if len(digits) < SHORTEST_NUMBER_DIGITS:
        return BadNumber(
            say(
                "has %(digits)s digits; the shortest number has %(least)s",
                digits=len(digits),
                least=SHORTEST_NUMBER_DIGITS,
            )
        )
    if digits[0] == "0":
        return BadNumber(say("begins with 0 where a country code must stand"))
    return digits


def _agree_with_context(canonical: str | BadNumber, parameters: list[str], *, is_global: bool) -> str | BadNumber:
    """A local number with a global ``phone-context`` (RFC 3966, 5.1.5) must lie within it; all else is decoration."""
    if is_global or isinstance(canonical, BadNumber):
        return canonical
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        context = _decode(value)
        if name.lower() != "phone-context" or isinstance(context, BadNumber) or not context.startswith("+"):
            continue
        if not canonical.startswith(context[1:].translate(_VISUAL_SEPARATORS)):
            return BadNumber(
                say(
                    "is %(number)s by the dial plan, which is outside its phone-context %(context)s",
                    number=canonical,
                    context=context[:20],
                )
            )
    return canonical


@dataclass(frozen=True, slots=True)
class Description:
    """What the public numbering plans say about a number. ``region`` is ISO 3166, None for none (satellite, unknown)."""

    country_code: str
    region: str | None
    kind: str
    is_possible: bool


_KIND_WORDS = {
    phonenumbers.PhoneNumberType.FIXED_LINE: "fixed line",
    phonenumbers.PhoneNumberType.MOBILE: "mobile",
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed line or mobile",
    phonenumbers.PhoneNumberType.TOLL_FREE: "toll-free",
    phonenumbers.PhoneNumberType.PREMIUM_RATE: "premium rate",
    phonenumbers.PhoneNumberType.SHARED_COST: "shared cost",
    phonenumbers.PhoneNumberType.VOIP: "VoIP",
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER: "personal",
    phonenumbers.PhoneNumberType.PAGER: "pager",
    phonenumbers.PhoneNumberType.UAN: "company-wide",
    phonenumbers.PhoneNumberType.VOICEMAIL: "voicemail",
}


@lru_cache(maxsize=COUNTRIES_REMEMBERED)
def describe(number: str) -> Description | None:
    """Say what is publicly known about canonical digits; None if no country code fits. Slow (tens of us): for people."""
    try:
        parsed = phonenumbers.parse(f"+{number}")
    except phonenumbers.NumberParseException:
        return None
    country_code = parsed.country_code or 0
    region = phonenumbers.region_code_for_number(parsed) or phonenumbers.region_code_for_country_code(country_code)
    return Description(
        country_code=str(country_code),
        region=region if region and region.isalpha() and region != "ZZ" else None,
        kind=_KIND_WORDS.get(phonenumbers.number_type(parsed), "unknown"),
        is_possible=phonenumbers.is_possible_number(parsed),
    )


def country_of(number: str) -> str | None:
    """The ISO 3166 region of canonical digits, as in ``GB``; None where there is none."""
    description = describe(number)
    return description.region if description else None
