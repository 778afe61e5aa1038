"""Colours of a brand: whether white words on one can be read (WCAG 2.2, 1.4.3), and the other colours that follow from it.

A person chooses one colour. Words of links on dark ground, and the ground of the menu, are the same hue, made lighter or
darker until what stands on them can be read.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

COLOUR_PATTERN = r"^#[0-9a-f]{6}$"
LEAST_CONTRAST = 4.5
STEPS = 255
MENU_LUMINANCE = 0.055
"""The menu is dark enough for grey words on it."""
DARKEST_SURFACE = "#1f2937"
"""The ground of cards in the dark, the lighter of the two on which links stand there."""
WHITE = "#ffffff"
BLACK = "#000000"
HOVER_STEP = 50


@dataclass(frozen=True, slots=True)
class Colour:
    """Red, green and blue, each 0 to 255."""

    red: int
    green: int
    blue: int

    @classmethod
    def parse(cls, text: str) -> "Colour":
        """Read `#rrggbb`; ValueError for anything else."""
        if re.fullmatch(COLOUR_PATTERN, text) is None:
            raise ValueError(f"{text!r} is no colour")
        return cls(*bytes.fromhex(text[1:]))

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @property
    def channels(self) -> str:
        """As Tabler's variables that end in -rgb hold it."""
        return f"{self.red}, {self.green}, {self.blue}"

    @property
    def luminance(self) -> float:
        """Relative luminance, 0 for black to 1 for white."""
        red, green, blue = (_linear(value / 255) for value in (self.red, self.green, self.blue))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def contrast(self, other: "Colour") -> float:
        """From 1, the same, to 21, black on white."""
        lighter, darker = sorted((self.luminance, other.luminance), reverse=True)
        return (lighter + 0.05) / (darker + 0.05)

    def towards(self, other: "Colour", step: int) -> "Colour":
        """The colour so many of 255 steps nearer to another one."""
        pairs = ((self.red, other.red), (self.green, other.green), (self.blue, other.blue))
        return Colour(*(mine + (its - mine) * step // STEPS for mine, its in pairs))


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def readable_under_white(colour: Colour) -> Colour:
    """The nearest colour of the same hue, not lighter, on which white words can be read."""
    white = Colour.parse(WHITE)
    return _first(colour, Colour.parse(BLACK), lambda shade: shade.contrast(white) >= LEAST_CONTRAST)


def readable_in_the_dark(colour: Colour) -> Colour:
    """The nearest colour of the same hue, not darker, that can be read on the dark ground of a card."""
    ground = Colour.parse(DARKEST_SURFACE)
    return _first(colour, Colour.parse(WHITE), lambda tint: tint.contrast(ground) >= LEAST_CONTRAST)


def menu_ground(colour: Colour) -> Colour:
    """The colour, not lighter than a menu may be."""
    return _first(colour, Colour.parse(BLACK), lambda shade: shade.luminance <= MENU_LUMINANCE)


def _first(colour: Colour, end: Colour, is_good: Callable[[Colour], bool]) -> Colour:
    """The first colour on the way to black or white that will do; the end always does."""
    return next((shade for step in range(STEPS) if is_good(shade := colour.towards(end, step))), end)


def stylesheet_of(text: str) -> str:
    """The rules that give the web account a brand's colour."""
    colour = Colour.parse(text)
    black, white = Colour.parse(BLACK), Colour.parse(WHITE)
    dark_link = readable_in_the_dark(colour)
    hover, dark_hover = colour.towards(black, HOVER_STEP), dark_link.towards(white, HOVER_STEP)
    return f""":root, [data-bs-theme="light"], [data-bs-theme="dark"] {{
  --tblr-primary: {colour};
  --tblr-primary-rgb: {colour.channels};
  --tblr-primary-fg: #ffffff;
  --tblr-primary-darken: {hover};
}}
[data-bs-theme="light"] {{
  --tblr-link-color: {colour};
  --tblr-link-color-rgb: {colour.channels};
  --tblr-link-hover-color: {hover};
  --tblr-link-hover-color-rgb: {hover.channels};
}}
[data-bs-theme="dark"] {{
  --tblr-link-color: {dark_link};
  --tblr-link-color-rgb: {dark_link.channels};
  --tblr-link-hover-color: {dark_hover};
  --tblr-link-hover-color-rgb: {dark_hover.channels};
}}
.navbar-vertical[data-bs-theme="dark"] {{
  --tblr-navbar-bg: {menu_ground(colour)};
  --tblr-navbar-color: rgba(255, 255, 255, 0.85);
  --tblr-navbar-hover-color: #ffffff;
  --tblr-navbar-active-border-color: #ffffff;
}}
"""
