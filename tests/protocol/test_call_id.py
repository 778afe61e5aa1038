"""The id of a call: stable under repeats, sorted by time, a legal UUIDv7."""

from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartswitch.protocol.call_id import call_id_of, created_at_ms

moments = st.integers(min_value=0, max_value=2**48 - 1)


@given(st.text(), st.text(), moments)
def test_a_repeated_event_gives_the_same_id_and_the_id_knows_its_moment(call_id: str, tag: str, at_ms: int) -> None:
    first = call_id_of(call_id, tag, at_ms)
    assert first == call_id_of(call_id, tag, at_ms)
    assert created_at_ms(first) == at_ms
    assert first.version == 7
    assert first.variant == RFC_4122


def test_another_call_id_tag_or_moment_is_another_call() -> None:
    ids = {
        call_id_of("a", "b", 1_000),
        call_id_of("ab", "", 1_000),
        call_id_of("", "ab", 1_000),
        call_id_of("a", "c", 1_000),
        call_id_of("a", "b", 1_001),
    }
    assert len(ids) == 5


@given(moments, moments)
def test_ids_sort_by_time(first_ms: int, second_ms: int) -> None:
    if first_ms < second_ms:
        assert call_id_of("x", "y", first_ms) < call_id_of("z", "w", second_ms)


@pytest.mark.parametrize("at_ms", [-1, 2**48])
def test_a_moment_that_does_not_fit_is_refused(at_ms: int) -> None:
    with pytest.raises(ValueError, match="not a moment"):
        call_id_of("a", "b", at_ms)
