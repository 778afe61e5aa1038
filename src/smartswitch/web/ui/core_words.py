"""The sentences of the core in the reader's language: core knows no gettext, so their templates are marked here.

Rule: nobody shows the `str` of a refusal of the core on a page; `in_words` says it. The list is whole, as
tests/web/test_core_words.py sees to.
"""

from django.utils.translation import gettext, gettext_noop

from smartswitch.core.sentence import Sentence, Value

TEMPLATES = (
    # core/money.py
    gettext_noop("'%(text)s' is not a decimal number"),
    gettext_noop("'' is not a decimal number: it is empty"),
    gettext_noop("'%(text)s' is not a decimal number; write a point, not a comma"),
    gettext_noop("'%(text)s' is not a decimal number; write it without an exponent"),
    gettext_noop("'%(text)s' is not a decimal number; write it without a plus sign"),
    gettext_noop("'%(text)s' is not a decimal number; it has the letter O where a zero is meant"),
    gettext_noop("'%(text)s' is not a decimal number; it has spaces around it"),
    gettext_noop("the number has more than %(most)s digits"),
    gettext_noop("'%(text)s' is too large"),
    gettext_noop("'%(text)s' is not a currency code of three capital letters, as in USD"),
    gettext_noop("'%(text)s' has more than %(decimals)s decimals"),
    # core/number_pattern.py
    gettext_noop("a pattern or replacement is longer than %(most)s characters"),
    gettext_noop(
        "the pattern '%(pattern)s' can match one number in %(ways)s ways, more than %(most)s: use fewer of * and +, "
        "or say how many characters, as in \\d{9}"
    ),
    gettext_noop("the replacement '%(replacement)s' may have letters, digits, + * # - _ . and \\1 to \\9"),
    gettext_noop("the pattern '%(pattern)s': %(problem)s '%(place)s' at character %(at)s"),
    gettext_noop("the pattern '%(pattern)s' is wrong: a range in square brackets goes backwards, at character %(at)s"),
    gettext_noop("the replacement '%(replacement)s' names group %(group)s; there are %(groups)s"),
    gettext_noop("unexpected"),
    gettext_noop("a closing bracket is missing before"),
    gettext_noop("a repeat may not follow a repeat:"),
    gettext_noop("the repeat is empty before"),
    gettext_noop("only (?: may follow an opening bracket, not"),
    gettext_noop("a group may be optional (?) but not repeated by"),
    gettext_noop("unknown escape"),
    gettext_noop("the end"),
    # core/pack.py
    gettext_noop("pack %(pack)s: decimals must be from 0 to %(most)s, not %(decimals)s"),
    gettext_noop("pack %(pack)s: tax must be from 0 to 100 %%"),
    gettext_noop("code %(code)s: increment must be at least 1 s, not %(increment_s)s"),
    gettext_noop("code %(code)s: min, free and grace must not be negative"),
    # core/pack_index.py
    gettext_noop("pack %(pack)s: code %(code)s has a price for band '%(band)s', which the pack lacks"),
    gettext_noop("pack %(pack)s: a price of code %(code)s ends before it begins"),
    gettext_noop("pack %(pack)s: code %(code)s has two prices for one band from the same moment"),
    gettext_noop("the time outside all bands"),
    gettext_noop("pack %(pack)s: '%(code)s' is not a code of 1 to %(most)s digits"),
    gettext_noop("pack %(pack)s: code %(code)s has no price for %(bands)s; add one, or a price without a band"),
    # core/phone_number.py
    gettext_noop("has a character that no number has (%(character)s)"),
    gettext_noop("is empty"),
    gettext_noop("has a host inside it"),
    gettext_noop("has a %(character)s: it is a service code, not a number"),
    gettext_noop("has a plus sign that is not the first character"),
    gettext_noop("has a space in it"),
    gettext_noop("has digits that are not 0 to 9"),
    gettext_noop("has the letter %(letter)s"),
    gettext_noop("has neither a plus sign nor a prefix of the dial plan"),
    gettext_noop("is longer than %(most)s characters"),
    gettext_noop("has a (0) after the country code: write it without"),
    gettext_noop("has a percent sign that is not one simple escape"),
    gettext_noop("has %(digits)s digits; the longest number has %(most)s"),
    gettext_noop("has %(digits)s digits; the shortest number has %(least)s"),
    gettext_noop("begins with 0 where a country code must stand"),
    gettext_noop("is %(number)s by the dial plan, which is outside its phone-context %(context)s"),
)


def in_words(sentence: Sentence) -> str:
    """A sentence of the core in the language of the moment, with all that is filled into it."""
    return gettext(sentence.template) % {name: _said(value) for name, value in sentence.values.items()}


def _said(value: Value) -> str:
    if isinstance(value, Sentence):
        return in_words(value)
    return ", ".join(map(_said, value)) if isinstance(value, tuple) else str(value)
