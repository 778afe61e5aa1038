"""Moments in the log, as people read them."""

import pytest


@pytest.mark.usefixtures("migrated_template")
@pytest.mark.parametrize(("table", "column"), [("dealer", "until"), ("price", "valid_from")])
def test_a_moment_is_told_without_its_fractions(table: str, column: str) -> None:
    from smartswitch.web.audit.words import value_words

    said = value_words(table, column, "2026-11-28T23:49:01.86565+00:00", currency="")

    assert said == "2026-11-28 23:49:01"
