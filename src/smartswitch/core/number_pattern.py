"""Number translation: ordered pattern and replacement rules that change the digits of a caller or called number.

The first rule whose pattern matches the whole number decides; without a match the number stays as it is. Patterns are
regular expressions that operators type in, and Python's engine backtracks, so one careless pattern could stop a node.
Two bounds prevent that. The *grammar* is small: characters, ``.``, classes, ``\\d``, groups, ``|``, and repeats of a
single character or class (a group may only be optional). And the *ways* in which a pattern could match a number of
LONGEST_NUMBER characters are counted when it is parsed, each repeat multiplying by the lengths it may take, and may
not exceed MOST_WAYS; the engine cannot try more than it has ways. Rejected: a linear-time engine (a dependency for a
few characters), a time limit (not deterministic, and Python cannot interrupt a match).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from smartswitch.core.sentence import Sentence, SpokenError, say

LONGEST_PATTERN = 200
LONGEST_NUMBER = 64
MOST_WAYS = 20_000

_LITERALS = frozenset("0123456789#-_@:=&,;!/~ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ")
_ESCAPED = frozenset("d.+*?()[]{}|^$\\-/#")
_CLASS = re.compile(r"\[\^?(?:[0-9A-Za-z+*#.\-_@]|\\d)+\]", re.ASCII)
_REPEAT = re.compile(r"\*|\+|\?|\{(\d{1,2})(?:(,)(\d{0,2}))?\}", re.ASCII)
_REPLACEMENT = re.compile(r"(?:[0-9A-Za-z+*#\-_.]|\\[1-9]|\\g<[1-9]>)*", re.ASCII)
_REFERENCE = re.compile(r"\\g?<?([1-9])>?", re.ASCII)


class PatternError(SpokenError):
    """A pattern or a replacement outside the grammar; the text says where and what to write instead."""


class ReplacementError(PatternError):
    """It is the replacement that is wrong, not the pattern."""


@dataclass(frozen=True, slots=True)
class TranslationRule:
    """One rule, made by :func:`parse_rule`, which has checked that it is safe."""

    pattern: re.Pattern[str]
    replacement: str


def parse_rule(pattern: str, replacement: str) -> TranslationRule:
    """Read one rule; raise PatternError, naming the place, if it is outside the grammar.

    >>> translate((parse_rule(r"0(\\d{9,10})", r"44\\1"),), "02079460000")
    '442079460000'
    """
    if len(pattern) > LONGEST_PATTERN or len(replacement) > LONGEST_PATTERN:
        raise PatternError(say("a pattern or replacement is longer than %(most)s characters", most=LONGEST_PATTERN))
    body = pattern[pattern.startswith("^") : len(pattern) - (pattern.endswith("$") and not pattern.endswith("\\$"))]
    ways = _Parser(body).parse()
    if ways > MOST_WAYS:
        raise PatternError(
            say(
                "the pattern '%(pattern)s' can match one number in %(ways)s ways, more than %(most)s: use fewer of * and +, "
                "or say how many characters, as in \\d{9}",
                pattern=pattern,
                ways=ways,
                most=MOST_WAYS,
            )
        )
    try:
        compiled = re.compile(body, re.ASCII)
    except re.error as error:
        raise PatternError(
            say(
                "the pattern '%(pattern)s' is wrong: a range in square brackets goes backwards, at character %(at)s",
                pattern=body,
                at=(error.pos or 0) + 1,
            )
        ) from error
    if _REPLACEMENT.fullmatch(replacement) is None:
        raise ReplacementError(
            say(
                "the replacement '%(replacement)s' may have letters, digits, + * # - _ . and \\1 to \\9",
                replacement=replacement,
            )
        )
    for reference in _REFERENCE.findall(replacement):
        if int(reference) > compiled.groups:
            raise ReplacementError(
                say(
                    "the replacement '%(replacement)s' names group %(group)s; there are %(groups)s",
                    replacement=replacement,
                    group=reference,
                    groups=compiled.groups,
                )
            )
    return TranslationRule(compiled, replacement)


def translate(rules: Iterable[TranslationRule], number: str) -> str:
    """Apply the first rule that matches the whole number. A number longer than LONGEST_NUMBER is left as it is."""
    if len(number) > LONGEST_NUMBER:
        return number
    for rule in rules:
        match = rule.pattern.fullmatch(number)
        if match is not None:
            return match.expand(rule.replacement)
    return number


class _Parser:
    """Walks a pattern once, from left to right, and counts its ways."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def parse(self) -> int:
        ways = self._alternatives()
        if self._at < len(self._text):
            raise self._error(say("unexpected"))
        return ways

    def _alternatives(self) -> int:
        ways = self._sequence()
        while self._peek() == "|":
            self._at += 1
            ways += self._sequence()
        return ways

    def _sequence(self) -> int:
        ways = 1
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            ways *= self._group() if self._text[self._at] == "(" else self._atom()
        return ways

    def _group(self) -> int:
        self._at += 1
        if self._text.startswith("?:", self._at):
            self._at += 2
        elif self._peek() == "?":
            raise self._error(say("only (?: may follow an opening bracket, not"))
        ways = self._alternatives()
        if self._peek() != ")":
            raise self._error(say("a closing bracket is missing before"))
        self._at += 1
        if self._peek() == "?":
            self._at += 1
            ways += 1
        elif _REPEAT.match(self._text, self._at):
            raise self._error(say("a group may be optional (?) but not repeated by"))
        return ways

    def _atom(self) -> int:
        character = self._text[self._at]
        class_match = _CLASS.match(self._text, self._at)
        if class_match:
            self._at = class_match.end()
        elif character == "\\":
            if self._text[self._at + 1 : self._at + 2] not in _ESCAPED or self._at + 1 == len(self._text):
                raise self._error(say("unknown escape"))
            self._at += 2
        elif character == "." or character in _LITERALS:
            self._at += 1
        else:
            raise self._error(say("unexpected"))
        return self._repeat()

    def _repeat(self) -> int:
        match = _REPEAT.match(self._text, self._at)
        if match is None:
            return 1
        self._at = match.end()
        if _REPEAT.match(self._text, self._at):
            raise self._error(say("a repeat may not follow a repeat:"))
        if match.group() == "?":
            return 2
        low = int(match.group(1) or 0)
        if match.group(1) and not match.group(2):
            return 1
        high = int(match.group(3)) if match.group(3) else LONGEST_NUMBER
        if high < low:
            raise self._error(say("the repeat is empty before"))
        return high - low + 1

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _error(self, problem: Sentence) -> PatternError:
        return PatternError(
            say(
                "the pattern '%(pattern)s': %(problem)s '%(place)s' at character %(at)s",
                pattern=self._text,
                at=self._at + 1,
                place=self._peek() or say("the end"),
                problem=problem,
            )
        )
