"""Which peer a source is: the last match wins, the more specific peer is found, and nothing is guessed."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartswitch.core.address_rule import Action, AddressIndex, AddressRule, parse_address

ALLOW, DENY = Action.ALLOW, Action.DENY


def rule(position, action, network, peer_id=None, **rest):
    return AddressRule(position, action, ip_network(network), peer_id, **rest)


def peer_at(rules, address, *, port=5060, transport="udp"):
    return AddressIndex(rules).peer_at(ip_address(address), port=port, transport=transport)


def test_a_source_is_the_peer_whose_network_it_is_in():
    rules = [rule(1, ALLOW, "192.0.2.0/24", 1), rule(1, ALLOW, "198.51.100.7", 2), rule(1, ALLOW, "2001:db8::/32", 3)]
    assert peer_at(rules, "192.0.2.9") == 1
    assert peer_at(rules, "198.51.100.7") == 2
    assert peer_at(rules, "198.51.100.8") is None
    assert peer_at(rules, "2001:db8::1") == 3


@pytest.mark.parametrize(
    ("address", "peer"), [("192.0.2.1", 1), ("192.0.2.129", None), ("192.0.2.130", 1), ("192.0.3.1", None)]
)
def test_the_last_match_wins(address, peer):
    rules = [rule(1, ALLOW, "192.0.2.0/24", 1), rule(2, DENY, "192.0.2.128/25", 1), rule(3, ALLOW, "192.0.2.130", 1)]
    assert peer_at(rules, address) == peer
    assert peer_at(list(reversed(rules)), address) == peer


def test_a_rule_for_everybody_stands_in_every_list():
    rules = [rule(1, ALLOW, "192.0.2.0/24", 1), rule(5, DENY, "192.0.2.66"), rule(9, ALLOW, "0.0.0.0/0")]
    assert peer_at(rules[:2], "192.0.2.66") is None
    assert peer_at(rules, "192.0.2.66") == 1
    assert peer_at(rules, "203.0.113.1") is None


def test_the_more_specific_rule_finds_the_peer():
    rules = [
        rule(1, ALLOW, "192.0.2.0/24", 1),
        rule(1, ALLOW, "192.0.2.7", 2),
        rule(1, ALLOW, "192.0.2.7", 3, port=5070),
        rule(1, ALLOW, "192.0.2.7", 4, transport="tls"),
    ]
    assert peer_at(rules, "192.0.2.8") == 1
    assert peer_at(rules, "192.0.2.7") == 2
    assert peer_at(rules, "192.0.2.7", port=5070) == 3
    assert peer_at(rules, "192.0.2.7", transport="tls") == 4


def test_two_equal_claims_are_no_answer():
    rules = [rule(1, ALLOW, "192.0.2.7", 1), rule(1, ALLOW, "192.0.2.7", 2)]
    assert peer_at(rules, "192.0.2.7") is None
    assert AddressIndex(rules).peers_at(ip_address("192.0.2.7"), port=5060, transport="udp") == (1, 2)


def test_where_a_peer_known_by_its_password_may_come_from():
    index = AddressIndex(
        [rule(1, ALLOW, "192.0.2.0/24", 1), rule(1, DENY, "203.0.113.0/24", 2), rule(1, DENY, "198.51.100.66")]
    )

    def allowed(peer, address):
        return index.is_allowed(peer, ip_address(address), port=5060, transport="udp")

    assert allowed(1, "192.0.2.1")
    assert not allowed(1, "203.0.113.1")
    assert allowed(2, "192.0.2.1")
    assert not allowed(2, "203.0.113.1")
    assert allowed(3, "203.0.113.1")
    assert not allowed(3, "198.51.100.66")


def test_addresses_are_read_as_sip_writes_them():
    assert parse_address("192.0.2.1") == ip_address("192.0.2.1")
    assert parse_address("[2001:db8::1]") == ip_address("2001:db8::1")
    assert parse_address("::ffff:192.0.2.1") == ip_address("192.0.2.1")
    assert parse_address("example.com") is None
    assert parse_address("192.0.2.1:5060") is None


NETWORKS = st.tuples(st.integers(0, 15), st.integers(26, 32)).map(
    lambda pair: f"10.0.0.{pair[0] << (32 - pair[1]) & 255}/{pair[1]}"
)
RULES = st.builds(
    rule,
    st.integers(1, 4),
    st.sampled_from(Action),
    NETWORKS,
    st.none() | st.integers(1, 3),
    port=st.none() | st.just(5060),
)


@given(st.lists(RULES, max_size=12), st.integers(0, 63))
def test_the_index_agrees_with_reading_the_lists_from_top_to_bottom(rules, host):
    address = ip_address(f"10.0.0.{host}")
    admitted = set()
    for peer in (1, 2, 3):
        listed = [
            each for each in rules if each.peer_id in (None, peer) and each.matches(address, port=5060, transport="udp")
        ]
        listed.sort(key=lambda each: (each.position, each.peer_id is not None, each.specificity, each.action is DENY))
        own = [each.specificity for each in listed if each.peer_id == peer and each.action is ALLOW]
        if own and listed[-1].action is ALLOW:
            admitted.add((max(own), peer))
    best = max((rank for rank, _ in admitted), default=None)
    expected = tuple(sorted(peer for rank, peer in admitted if rank == best))
    assert AddressIndex(rules).peers_at(address, port=5060, transport="udp") == expected
