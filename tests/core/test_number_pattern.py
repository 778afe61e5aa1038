"""Number translation: the first rule that matches, and no pattern that could stop a node."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartswitch.core.number_pattern import LONGEST_NUMBER, PatternError, parse_rule, translate


def rules(*pairs):
    return tuple(parse_rule(pattern, replacement) for pattern, replacement in pairs)


@pytest.mark.parametrize(
    ("pattern", "replacement", "number", "translated"),
    [
        (r"0(\d{9,10})", r"44\1", "02079460000", "442079460000"),
        (r"^0(\d{9,10})$", r"44\1", "02079460000", "442079460000"),
        (r"(?:\+|00)?(\d+)", r"\1", "00447911", "447911"),
        (r"(\+|00)(\d+)", r"\2", "+447911", "447911"),
        (r"(.*)", r"99\1", "447911", "99447911"),
        (r"9001#?(\d{5,})", r"\g<1>", "9001#44791", "44791"),
        (r"[1-3]\d*", "0", "2000", "0"),
        (r"44[^7]\d+", "", "4420", ""),
        (r"447\d", "x", "44791", "44791"),
        (r"1\+1\*", "11", "1+1*", "11"),
        (r"(\d{3})(\d{4})", r"\2\1", "1234567", "4567123"),
    ],
)
def test_a_rule_translates_the_whole_number_or_leaves_it(pattern, replacement, number, translated):
    assert translate(rules((pattern, replacement)), number) == translated


def test_the_first_rule_that_matches_decides():
    table = rules((r"00(\d+)", r"\1"), (r"0(\d+)", r"44\1"), (r"(\d+)", r"0\1"))
    assert [translate(table, number) for number in ("00331", "0207", "5", "+1")] == ["331", "44207", "05", "+1"]
    assert translate((), "44") == "44"


def test_a_number_longer_than_any_is_left_as_it_is():
    assert translate(rules((".*", "1")), "4" * (LONGEST_NUMBER + 1)) == "4" * (LONGEST_NUMBER + 1)


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        (r"(\d+)+", "a group may be optional"),
        (r"(a|b)*", "a group may be optional"),
        (r"(\d*){3}", "a group may be optional"),
        (r".*.*.*", "ways"),
        (r"\d*\d*\d*x", "ways"),
        (r"\d{1,40}\d{1,40}\d{1,40}", "ways"),
        (r"(a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?)", "ways"),
        (r"\d**", "may not follow a repeat"),
        (r"\d+?", "may not follow a repeat"),
        (r"*1", r"unexpected '\*' at character 1"),
        (r"(?=1)1", r"only \(\?: may follow"),
        (r"(?P<x>1)", r"only \(\?: may follow"),
        (r"(1)\1", "unknown escape"),
        (r"\w+", "unknown escape"),
        ("\\", "unknown escape"),
        (r"(1", "closing bracket is missing before 'the end'"),
        (r"1)", r"unexpected '\)' at character 2"),
        (r"[1", "unexpected"),
        (r"[]", "unexpected"),
        (r"[3-1]", "is wrong"),
        (r"\d{3,2}", "repeat is empty"),
        (r"1{", "unexpected"),
        ("1" * 201, "longer than 200"),
        ("é", "unexpected"),
        ("a\nb", "unexpected"),
    ],
)
def test_a_pattern_outside_the_grammar_is_refused_with_its_place(pattern, problem):
    with pytest.raises(PatternError, match=problem):
        parse_rule(pattern, "")


@pytest.mark.parametrize(
    ("replacement", "problem"), [(r"\2", "names group 2; there are 1"), (r"\g<name>", "may have"), ("a;b", "may have")]
)
def test_a_replacement_outside_the_grammar_is_refused(replacement, problem):
    with pytest.raises(PatternError, match=problem):
        parse_rule(r"(\d+)", replacement)


PIECES = st.sampled_from(["1", ".", r"\d", "[12]", "*", "+", "?", "{0,9}", "{2}", "(", ")", "|", "(?:", "^", "$", "1?"])


@given(st.lists(PIECES, max_size=30).map("".join))
def test_what_is_accepted_compiles_and_cannot_run_long(pattern):
    try:
        rule = parse_rule(pattern, "")
    except PatternError:
        return
    began = time.process_time()
    translate((rule,), "1" * (LONGEST_NUMBER - 1) + "x")
    assert time.process_time() - began < 1
    assert isinstance(rule.pattern, re.Pattern)


def test_the_worst_accepted_pattern_is_quick():
    rule = parse_rule(r"\d*\d*1?1?x", "")
    began = time.process_time()
    for _ in range(10):
        translate((rule,), "1" * LONGEST_NUMBER)
    assert time.process_time() - began < 1
