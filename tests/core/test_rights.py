"""Rights come down the tree and never grow on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartswitch.core.rights import (
    ALL_RIGHTS,
    REGISTRY,
    UnknownRightError,
    checked,
    effective_rights,
    has_right,
    registered,
    rights_of_person,
)
from smartswitch.core.rights.granting import change_of, excess
from smartswitch.core.rights.origin import origins

RIGHT_SETS = st.frozensets(st.sampled_from(sorted(ALL_RIGHTS)))


def test_a_dealer_has_what_was_granted_to_him_and_to_everybody_above_him():
    path = [{"calls.view", "peers.add"}, {"calls.view", "routes.view"}]
    assert effective_rights(path) == {"calls.view"}
    assert effective_rights(path[:1]) == {"calls.view", "peers.add"}
    assert effective_rights([]) == ALL_RIGHTS


def test_a_person_has_what_his_role_and_his_dealer_both_allow():
    assert rights_of_person(role={"calls.view", "peers.add"}, dealer={"calls.view"}) == {"calls.view"}


@pytest.mark.parametrize("name", ["calls.fly", "calls", "", "CALLS.VIEW", "calls.view "])
def test_a_right_that_is_not_registered_raises(name):
    for ask in (
        lambda: has_right({name}, name),
        lambda: registered(name),
        lambda: checked([name]),
        lambda: effective_rights([{name}]),
        lambda: rights_of_person(role={name}, dealer=set()),
    ):
        with pytest.raises(UnknownRightError, match="not a registered right"):
            ask()


def test_every_right_has_a_noun_a_verb_and_a_label():
    for name, right in REGISTRY.items():
        assert right.name == name
        assert name.count(".") == 1
        assert right.label
    assert has_right(ALL_RIGHTS, "dealers.add")
    assert not has_right(set(), "dealers.add")


@given(st.lists(RIGHT_SETS, max_size=5), RIGHT_SETS)
def test_no_dealer_has_more_than_his_parent(path, granted):
    assert effective_rights([*path, granted]) <= effective_rights(path)


@given(st.lists(RIGHT_SETS, max_size=4), st.one_of(st.none(), RIGHT_SETS))
def test_the_origins_of_rights_agree_with_the_rights(path, role):
    dealer = effective_rights(path)
    person = dealer if role is None else rights_of_person(role=role, dealer=dealer)
    found = origins(path, role=role)
    assert set(found) == ALL_RIGHTS
    assert {name for name, origin in found.items() if origin.is_in_effect} == person


@given(RIGHT_SETS, RIGHT_SETS, RIGHT_SETS)
def test_who_grants_changes_nothing_that_he_has_not(present, wanted, grantor):
    change = change_of(present, wanted, grantor=grantor)
    after = (present | change.added) - change.taken
    assert after - grantor == present - grantor
    assert bool(change.refused) == bool((wanted - present) - grantor)
    assert change.refused or after & grantor == wanted & grantor
    assert excess(change.added, grantor=grantor) == frozenset()
