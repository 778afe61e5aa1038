"""Sentences of the core for people: an English template, and what is filled into it.

Rule: core knows one language. ``str(sentence)`` is English, for logs and the command line; who speaks other languages
translates the template, and the sentences among the values, before filling it in. So every template is a literal in a call
of :func:`say`: a program can list them all, and a test does (tests/web/test_core_words.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Union

Value = Union[str, int, "Sentence", tuple[Union[str, "Sentence"], ...]]
"""A name or a number, said as it is in every language; a sentence, or several between commas."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is said: ``template`` names its ``values`` as ``%(name)s``."""

    template: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % {name: _english(value) for name, value in self.values.items()}


class SpokenError(ValueError):
    """A refusal that says why in a sentence."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def say(template: str, **values: Value) -> Sentence:
    """A sentence of a literal template.

    >>> str(say("code %(code)s has no price", code="44"))
    'code 44 has no price'
    """
    return Sentence(template, values)


def _english(value: Value) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
