"""One number has one reading, whatever the spelling (FAULTS S13)."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartswitch.core.phone_number import (
    INTERNATIONAL_PLAN,
    LONGEST_DIALLED_CHARACTERS,
    BadNumber,
    DialPlan,
    Undecorated,
    canonical_number,
    country_of,
    describe,
)

BRITISH = DialPlan("44", ("00",), "0", Undecorated.REFUSED)
AMERICAN = DialPlan("1", ("011",), "1", Undecorated.NATIONAL)


@pytest.mark.parametrize(
    ("dialled", "plan", "number"),
    [
        ("447911123456", INTERNATIONAL_PLAN, "447911123456"),
        ("+447911123456", INTERNATIONAL_PLAN, "447911123456"),
        ("00447911123456", INTERNATIONAL_PLAN, "447911123456"),
        ("011447911123456", INTERNATIONAL_PLAN, "447911123456"),
        ("07911123456", BRITISH, "447911123456"),
        ("00447911123456", BRITISH, "447911123456"),
        ("01132001234", BRITISH, "441132001234"),
        ("011447911123456", AMERICAN, "447911123456"),
        ("12123388100", AMERICAN, "12123388100"),
        ("2123388100", AMERICAN, "12123388100"),
        ("+1-212-338-8100", AMERICAN, "12123388100"),
        ("(212)338-8100", AMERICAN, "12123388100"),
        ("+44.7911.123456", INTERNATIONAL_PLAN, "447911123456"),
        ("%2B447911123456", INTERNATIONAL_PLAN, "447911123456"),
        ("%34%34%37911123456", INTERNATIONAL_PLAN, "447911123456"),
        ("+447911123456;isub=1411;ext=7", INTERNATIONAL_PLAN, "447911123456"),
        ("+447911123456;npdi;rn=+441234", INTERNATIONAL_PLAN, "447911123456"),
        ("447911123456;phone-context=example.com", INTERNATIONAL_PLAN, "447911123456"),
        ("447911123456;phone-context=+44", INTERNATIONAL_PLAN, "447911123456"),
    ],
)
def test_spellings_of_numbers(dialled, plan, number):
    assert canonical_number(dialled, plan) == number


@pytest.mark.parametrize(
    ("dialled", "plan", "reason"),
    [
        ("", INTERNATIONAL_PLAN, "is empty"),
        ("+", INTERNATIONAL_PLAN, "is empty"),
        (";isub=1", INTERNATIONAL_PLAN, "is empty"),
        ("-.()", INTERNATIONAL_PLAN, "is empty"),
        ("44", INTERNATIONAL_PLAN, "shortest number has 3"),
        ("1234567890123456", INTERNATIONAL_PLAN, "has 16 digits"),
        ("4" * 30, INTERNATIONAL_PLAN, "has 30 digits"),
        ("4" * (LONGEST_DIALLED_CHARACTERS + 1), INTERNATIONAL_PLAN, "is longer than"),
        ("0123456789", INTERNATIONAL_PLAN, "begins with 0"),
        ("+0447911123456", INTERNATIONAL_PLAN, "begins with 0"),
        ("+00447911123456", INTERNATIONAL_PLAN, "begins with 0"),
        ("0000447911123456", INTERNATIONAL_PLAN, "begins with 0"),
        ("+44(0)7911123456", INTERNATIONAL_PLAN, "has a (0)"),
        ("7911123456", BRITISH, "neither a plus sign nor a prefix"),
        ("44+7911123456", INTERNATIONAL_PLAN, "plus sign that is not the first"),
        ("++447911123456", INTERNATIONAL_PLAN, "plus sign that is not the first"),
        ("(+44)7911123456", INTERNATIONAL_PLAN, "plus sign that is not the first"),
        ("44 7911 123456", INTERNATIONAL_PLAN, "has a space"),
        ("44\u00a07911", INTERNATIONAL_PLAN, "has a space"),
        ("44７911123456", INTERNATIONAL_PLAN, "digits that are not 0 to 9"),
        ("٤٤٧٩١١", INTERNATIONAL_PLAN, "digits that are not 0 to 9"),
        ("44²", INTERNATIONAL_PLAN, "digits that are not 0 to 9"),
        ("4479O1123456", INTERNATIONAL_PLAN, "has the letter O"),
        ("1800FLOWERS", INTERNATIONAL_PLAN, "has the letter F"),
        ("*67447911123456", INTERNATIONAL_PLAN, "service code"),
        ("4479#", INTERNATIONAL_PLAN, "service code"),
        ("447911@evil.example", INTERNATIONAL_PLAN, "has a host"),
        ("447911%40evil", INTERNATIONAL_PLAN, "has a host"),
        ("%2534%34", INTERNATIONAL_PLAN, "percent sign"),
        ("44%", INTERNATIONAL_PLAN, "percent sign"),
        ("44%zz", INTERNATIONAL_PLAN, "percent sign"),
        ("44%00", INTERNATIONAL_PLAN, "U+0000"),
        ("44%3Bisub", INTERNATIONAL_PLAN, "U+003B"),
        ("44\u2011791", INTERNATIONAL_PLAN, "U+2011"),
        ("7911123456;phone-context=+44", INTERNATIONAL_PLAN, "outside its phone-context +44"),
        ("7911123456;PHONE-CONTEXT=%2B44", INTERNATIONAL_PLAN, "outside its phone-context +44"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(dialled, plan, reason):
    refused = canonical_number(dialled, plan)
    assert isinstance(refused, BadNumber)
    assert reason in refused.reason


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("", ("00",), "0"), "needs its country code"),
        (("", (), "", Undecorated.NATIONAL), "needs its country code"),
        (("44", ("",), "0"), "is empty"),
        (("44", ("0",), "0"), "is one of its international prefixes"),
        (("+44", (), ""), "not 1 to 8 digits"),
    ],
)
def test_a_dial_plan_that_has_two_readings_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        DialPlan(*arguments)


NUMBERS = st.from_regex(r"[1-9][0-9]{6,14}", fullmatch=True)


@st.composite
def spellings(draw: st.DrawFn, number: str) -> str:
    """Some way to write the number internationally."""
    prefix = draw(st.sampled_from(["", "+", "00", "011"]))
    pieces = []
    for digit in number:
        pieces.append(draw(st.sampled_from([digit, digit, digit, f"%3{digit}", f"{digit}-", f".{digit}"])))
    body = "".join(pieces)
    plus = draw(st.sampled_from(["+", "%2B", "%2b"]))
    parameters = draw(st.sampled_from(["", ";isub=12", ";phone-context=example.com", ";npdi", ";ext=%31"]))
    return (plus if prefix == "+" else prefix) + body + parameters


@given(st.data(), NUMBERS)
def test_every_spelling_of_a_number_has_the_same_reading(data, number):
    assert canonical_number(data.draw(spellings(number))) == number


@given(st.data(), st.from_regex(r"[1-9][0-9]{5,11}", fullmatch=True))
def test_national_and_international_spellings_meet(data, national):
    spelling = data.draw(st.sampled_from(["0", "+44", "0044", "%2B44"])) + national
    assert canonical_number(spelling, BRITISH) == "44" + national


@given(st.text(max_size=40) | st.from_regex(r"[+0-9;%().-]{0,20}", fullmatch=True))
def test_anything_is_read_as_digits_or_refused_and_reading_twice_changes_nothing(dialled):
    number = canonical_number(dialled)
    if isinstance(number, str):
        assert number.isascii()
        assert number.isdigit()
        assert 3 <= len(number) <= 15
        assert number[0] != "0"
        assert canonical_number(number) == number
        assert canonical_number("+" + number) == number


@given(st.text(alphabet="0123456789", max_size=20))
def test_escaping_a_number_does_not_change_its_reading(digits):
    escaped = "".join(f"%{ord(digit):02X}" for digit in digits)
    assert canonical_number(escaped) == canonical_number(digits) == canonical_number(quote(digits))


def test_public_metadata_describe_a_number():
    assert country_of("447400123456") == "GB"
    assert country_of("447911123456") == "GG"
    assert country_of("12123388100") == "US"
    assert country_of("77012345678") == "KZ"
    description = describe("447911123456")
    assert description is not None
    assert (description.country_code, description.kind, description.is_possible) == ("44", "mobile", True)
    assert country_of("870773111632") is None
    assert describe("999") is None
