"""Whatever is written into the search box becomes something that the database can look for, or nothing."""

import pytest


def read(text: str):
    from smartswitch.web.search.words import read_words

    return read_words(text)


@pytest.mark.parametrize("text", ["", " \t\n", "\0", "\u202e\u200f", "\ud800", "\ufeff" * 500])
def test_nothing_to_see_is_nothing_to_look_for(text: str) -> None:
    assert read(text) is None


def test_words_are_looked_for_by_their_beginnings() -> None:
    found = read("  Corner\u00a0 SHOP, No. 7 ")

    assert found.text == "corner shop, no. 7"
    assert found.words == "'corner':* & 'shop':* & 'no':*"
    assert (found.digits, found.address, found.call_id) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "digits"), [("+44 (20) 7946-0", "442079460"), ("101", "101"), ("44", None), ("4x5", None)]
)
def test_a_number_is_known_by_its_digits(text: str, digits: str | None) -> None:
    assert read(text).digits == digits


def test_an_address_and_a_call_id_are_known() -> None:
    assert read("192.0.2.1").address == "192.0.2.1"
    assert read("192.0.2.1").digits is None
    assert read("2001:DB8::1").address == "2001:db8::1"
    assert str(read("01A0F14B-2A51-71D8-8FFF-0123456789AB").call_id) == "01a0f14b-2a51-71d8-8fff-0123456789ab"


@pytest.mark.parametrize("text", ["' | 'a':*", "a'b\\c%d_e", "!!!", "<->", "ab & !cd", "x" * 10_000, "a " * 10_000])
def test_nothing_in_a_text_is_an_operator_and_its_length_has_an_end(text: str) -> None:
    found = read(text)

    assert len(found.text) <= 100
    assert found.words is None or all(part.strip("'").isalnum() for part in found.words.replace(":*", "").split(" & "))
