"""Colours: what white words can be read on, and what follows from one."""

import pytest

from smartswitch.web.brand.colours import (
    BLACK,
    DARKEST_SURFACE,
    WHITE,
    Colour,
    readable_in_the_dark,
    readable_under_white,
    stylesheet_of,
)

RAINBOW = ("#ff0000", "#ffa500", "#ffff00", "#00ff00", "#00ffff", "#0000ff", "#800080", "#ffffff", "#000000", "#0b6e4f")


@pytest.mark.parametrize(("colour", "contrast"), [
    ("#ffffff", "1.00"), ("#000000", "21.00"), ("#767676", "4.54"), ("#777777", "4.48"), ("#066fd1", "5.00"),
])  # fmt: skip
def test_contrast_to_white(colour: str, contrast: str) -> None:
    assert f"{Colour.parse(colour).contrast(Colour.parse(WHITE)):.2f}" == contrast


@pytest.mark.parametrize(("colour", "nearest"), [
    ("#0b6e4f", "#0b6e4f"), ("#777777", "#767676"), ("#ffa500", "#a56a00"), ("#ffffff", "#767676"), ("#000000", "#000000"),
])  # fmt: skip
def test_the_nearest_that_can_be_read_has_the_same_hue(colour: str, nearest: str) -> None:
    assert str(readable_under_white(Colour.parse(colour))) == nearest


@pytest.mark.parametrize("text", RAINBOW)
def test_what_follows_from_a_colour_can_be_read(text: str) -> None:
    colour = Colour.parse(text)

    assert readable_under_white(colour).contrast(Colour.parse(WHITE)) >= 4.5
    assert readable_in_the_dark(colour).contrast(Colour.parse(DARKEST_SURFACE)) >= 4.5
    assert readable_in_the_dark(Colour.parse(BLACK)).contrast(Colour.parse(DARKEST_SURFACE)) >= 4.5


@pytest.mark.parametrize(
    "text", ["", "#fff", "red", "0b6e4f", "#0b6e4f;", "#0b6e4f\n", "#0B6E4F", "url(x)", "#0b6e4g", "#\u0660b6e4f"]
)
def test_nothing_else_is_a_colour(text: str) -> None:
    with pytest.raises(ValueError, match="no colour"):
        Colour.parse(text)


def test_the_rules_of_a_colour() -> None:
    rules = stylesheet_of("#0b6e4f")

    assert "--tblr-primary: #0b6e4f;" in rules
    assert "--tblr-primary-rgb: 11, 110, 79;" in rules
    assert "url(" not in rules
