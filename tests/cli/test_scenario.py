"""Business cases, played on the real routing and charging: what a user would try before going live."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from smartswitch.charging.pool import open_pool
from smartswitch.cli.party_file import parse_party_file
from smartswitch.cli.playing.play import play_case

HEAD = """
start = 2026-01-05T12:00:00Z
pack = [
  { id = "vendor", owner = "owner", currency = "USD", prices = [
    { code = "44", price = "0.01" }, { code = "1", price = "0.005" } ] },
  { id = "to-d1", owner = "owner", currency = "USD", prices = [
    { code = "44", price = "0.02" }, { code = "4477", price = "0.03" } ] },
  { id = "to-d2", owner = "d1", currency = "USD", prices = [ { code = "44", price = "0.04" } ] },
  { id = "retail", owner = "d2", currency = "USD", prices = [ { code = "44", price = "0.06" } ] },
]
dealer = [
  { id = "d1", parent = "owner", pack = "to-d1", currency = "USD", balance = "D1_BALANCE", credit_limit = "0" },
  { id = "d2", parent = "d1", pack = "to-d2", currency = "USD", balance = "D2_BALANCE", credit_limit = "0" },
]
peer = [ { id = "p1", dealer = "d2", pack = "retail", balance = "P1_BALANCE", credit_limit = "0" PEER } ]
terminator = [ TERMINATORS ]
"""
CARRIER = '{ id = "t1", pack = "vendor", codes = ["44"] }'


def case(
    events: str,
    *,
    d1: str = "100",
    d2: str = "100",
    p1: str = "10",
    peer: str = "",
    terminators: str = CARRIER,
    more: str = "",
) -> str:
    """A hierarchy of owner > d1 > d2 > p1 and the events."""
    head = HEAD.replace("D1_BALANCE", d1).replace("D2_BALANCE", d2).replace("P1_BALANCE", p1)
    return head.replace("PEER", peer).replace("TERMINATORS", terminators) + more + events


def call(name: str, *, at: int = 0, to: str = "442071234567", answer: int | None = 5, hangup: int | None = 65) -> str:
    """One call of p1."""
    text = f'[[call]]\nid = "{name}"\nat = {at}\nfrom = "p1"\nto = "{to}"\n'
    text += "" if answer is None else f"answer_after = {answer}\n"
    return text + ("" if hangup is None else f"hangup_after = {hangup}\n")


@pytest.fixture
def play(database):
    """Plays the text of a case on a fresh database."""

    async def play(text: str) -> dict:
        parsed = parse_party_file(text, name="case.toml", directory=Path())
        async with open_pool(database.url) as pool:
            outcome = await play_case(parsed, pool)
        assert outcome["ledger"] == {"ok": True, "violations": []}
        return outcome

    return play


def charges(outcome: dict, name: str) -> list[tuple[str, str, str, int, str]]:
    return [
        (one["payer"], one["seller"], one["code"], one["billed_s"], one["amount"])
        for one in outcome["calls"][name]["charges"]
    ]


def verdict(outcome: dict, name: str) -> tuple[str, str | None, str | None, int]:
    one = outcome["calls"][name]
    return one["result"], one["reason"], one["refused_by"], one["duration_s"]


async def test_every_level_pays_its_own_price_and_the_longest_code_wins_in_each_pack(play) -> None:
    outcome = await play(case(call("c1", to="447700900123")))
    assert verdict(outcome, "c1") == ("answered", None, None, 60)
    assert charges(outcome, "c1") == [
        ("p1", "d2", "44", 60, "0.060000"),
        ("d2", "d1", "44", 60, "0.040000"),
        ("d1", "owner", "4477", 60, "0.030000"),
        ("owner", "t1", "44", 60, "0.010000"),
    ]
    assert outcome["balances"] == {
        "d1": {"balance": "99.970000", "held": "0.000000"},
        "d2": {"balance": "99.960000", "held": "0.000000"},
        "p1": {"balance": "9.940000", "held": "0.000000"},
    }
    assert outcome["max_held"] == {"d1": "0.030000", "d2": "0.040000", "p1": "0.060000"}


@pytest.mark.parametrize(("poor", "seconds"), [({"p1": "0.05"}, 50), ({"d2": "0.02"}, 30), ({"d1": "0.005"}, 15)])
async def test_the_poorest_level_cuts_the_call_exactly(play, poor: dict[str, str], seconds: int) -> None:
    outcome = await play(case(call("c1", hangup=None), **poor))
    party = next(iter(poor))
    assert verdict(outcome, "c1") == ("cut", "no_credit", party, seconds)
    assert outcome["balances"][party] == {"balance": "0.000000", "held": "0.000000"}


async def test_a_level_without_money_for_a_second_refuses_and_nothing_moves(play) -> None:
    outcome = await play(case(call("c1"), d1="0.0003"))
    assert verdict(outcome, "c1") == ("refused", "no_credit", "d1", 0)
    assert charges(outcome, "c1") == []
    assert {party: one["balance"] for party, one in outcome["balances"].items()} == {
        "d1": "0.000300",
        "d2": "100.000000",
        "p1": "10.000000",
    }
    assert set(outcome["max_held"].values()) == {"0.000000"}


async def test_exactly_k_calls_at_once_pass_with_money_for_k(play) -> None:
    events = "".join(call(f"c{number}") for number in range(8))
    outcome = await play(case(events, d2="0.12"))
    results = [one["result"] for one in outcome["calls"].values()]
    assert (results.count("answered"), results.count("refused")) == (3, 5)
    assert outcome["balances"]["d2"] == {"balance": "0.000000", "held": "0.000000"}


async def test_two_calls_share_a_balance_until_nothing_is_left(play) -> None:
    outcome = await play(case(call("c1", hangup=None) + call("c2", at=1, hangup=None), p1="0.20"))
    assert sum(one["duration_s"] for one in outcome["calls"].values()) == 200
    assert outcome["balances"]["p1"]["balance"] == "0.000000"
    assert outcome["max_held"]["p1"] <= "0.200000"


async def test_a_missing_price_at_any_level_refuses(play) -> None:
    outcome = await play(case(call("c1", to="33123456789"), terminators=CARRIER.replace('"44"', '"44", "33"')))
    assert verdict(outcome, "c1")[:2] == ("refused", "no_price")


async def test_a_route_whose_terminator_has_no_price_is_no_route_for_money(play) -> None:
    vendor = '{ id = "v2", owner = "owner", currency = "USD", prices = [ { code = "7", price = "1" } ] }'
    text = case(call("c1"), terminators='{ id = "t1", pack = "v2", codes = ["44"] }').replace(
        "pack = [\n", f"pack = [\n  {vendor},\n", 1
    )
    outcome = await play(text)
    assert verdict(outcome, "c1") == ("refused", "no_price", "owner", 0)


async def test_no_route(play) -> None:
    outcome = await play(case(call("c1"), terminators=CARRIER.replace('"44"', '"1"')))
    assert verdict(outcome, "c1") == ("refused", "no_route", None, 0)


async def test_hunting_goes_on_past_a_terminator_that_fails(play) -> None:
    deaf = '{ id = "t0", pack = "vendor", codes = ["44"], priority = 1, answers = false }'
    outcome = await play(case(call("c1"), terminators=f"{CARRIER}, {deaf}"))
    assert verdict(outcome, "c1")[0] == "answered"
    assert outcome["calls"]["c1"]["terminator"] == "t1"


async def test_all_terminators_fail(play) -> None:
    deaf = '{ id = "t0", pack = "vendor", codes = ["44"], answers = false }'
    outcome = await play(case(call("c1"), terminators=deaf))
    assert verdict(outcome, "c1") == ("unanswered", None, None, 0)
    assert outcome["balances"]["p1"] == {"balance": "10.000000", "held": "0.000000"}


async def test_nobody_answers_and_the_caller_gives_up(play) -> None:
    outcome = await play(case(call("c1", answer=None, hangup=20) + call("c2", answer=None, hangup=None)))
    assert verdict(outcome, "c1") == ("unanswered", None, None, 0)
    assert verdict(outcome, "c2") == ("unanswered", None, None, 0)
    assert outcome["max_held"]["p1"] == "0.120000"


async def test_the_call_limit(play) -> None:
    events = call("c1") + call("c2", at=1) + call("c3", at=70)
    outcome = await play(case(events, peer=", call_limit = 1"))
    assert verdict(outcome, "c1")[0] == "answered"
    assert verdict(outcome, "c2") == ("refused", "call_limit", "p1", 0)
    assert verdict(outcome, "c3")[0] == "answered"


async def test_a_top_up_lengthens_a_call_and_a_withdrawal_never_touches_held_money(play) -> None:
    events = (
        call("c1", hangup=None)
        + """
[[topup]]
at = 30
to = "p1"
amount = "0.02"
[[topup]]
at = 31
to = "p1"
amount = "-0.021"
[[topup]]
at = 32
to = "d2"
amount = "-100"
"""
    )
    outcome = await play(case(events, p1="0.05"))
    assert verdict(outcome, "c1") == ("cut", "no_credit", "p1", 70)
    assert [topup["result"] for topup in outcome["topups"]] == ["done", "refused", "refused"]
    assert outcome["balances"]["p1"]["balance"] == "0.000000"


async def test_a_top_up_in_the_last_second_still_comes_in_time(play) -> None:
    events = call("c1", hangup=None) + '[[topup]]\nat = 55\nto = "p1"\namount = "0.01"\n'
    outcome = await play(case(events, p1="0.05"))
    assert verdict(outcome, "c1") == ("cut", "no_credit", "p1", 60)


async def test_a_new_price_is_for_calls_that_start_later(play) -> None:
    events = call("c1") + call("c2", at=41) + '[[set_price]]\nat = 40\npack = "retail"\ncode = "44"\nprice = "0.12"\n'
    outcome = await play(case(events))
    assert charges(outcome, "c1")[0] == ("p1", "d2", "44", 60, "0.060000")
    assert charges(outcome, "c2")[0] == ("p1", "d2", "44", 60, "0.120000")
    assert charges(outcome, "c1")[1:] == charges(outcome, "c2")[1:]


@pytest.mark.parametrize("party", ["p1", "d2", "d1"])
async def test_a_block_cuts_what_is_live_below_and_refuses_what_comes(play, party: str) -> None:
    events = call("c1", hangup=None) + call("c2", at=60) + f'[[block]]\nat = 50\nparty = "{party}"\n'
    outcome = await play(case(events))
    assert verdict(outcome, "c1") == ("cut", "blocked", party, 45)
    assert charges(outcome, "c1")[0] == ("p1", "d2", "44", 45, "0.045000")
    assert verdict(outcome, "c2") == ("refused", "blocked", party, 0)


async def test_a_call_to_a_number_is_charged_where_there_is_an_inbound_pack(play) -> None:
    packs = """
  { id = "to-d1-did", owner = "owner", currency = "USD", prices = [ { code = "1212", price = "0.006" } ] },
  { id = "did", owner = "d2", currency = "USD", prices = [ { code = "1", price = "0.03" } ] },
"""
    text = case(
        """
[[call]]
id = "c1"
at = 0
from = "outside"
from_number = "442071234567"
to = "12123388100"
answer_after = 2
hangup_after = 32
[[call]]
id = "c2"
at = 0
from = "t1"
from_number = "442071234567"
to = "12123388101"
answer_after = 2
hangup_after = 32
""",
        peer=', inbound_pack = "did", numbers = ["12123388100"]',
    )
    text = text.replace("pack = [\n", f"pack = [{packs}", 1).replace(
        'pack = "to-d1", currency', 'pack = "to-d1", inbound_pack = "to-d1-did", currency'
    )
    outcome = await play(text)
    assert verdict(outcome, "c1") == ("answered", None, None, 30)
    assert charges(outcome, "c1") == [("p1", "d2", "1", 30, "0.015000"), ("d1", "owner", "1212", 30, "0.003000")]
    assert verdict(outcome, "c2") == ("refused", "no_route", None, 0)


async def test_a_call_within_the_switch_is_charged_on_both_sides(play) -> None:
    text = case(call("c1", to="442079460000"))
    did = '{ id = "did", owner = "d2", currency = "USD", prices = [ { code = "44", price = "0.03" } ] },'
    second = (
        '{ id = "p2", dealer = "d2", pack = "retail", inbound_pack = "did", numbers = ["442079460000"], balance = "1" }'
    )
    text = text.replace("pack = [\n", f"pack = [\n{did}\n", 1).replace("peer = [ ", f"peer = [ {second}, ", 1)
    outcome = await play(text)
    assert charges(outcome, "c1") == [
        ("p1", "d2", "44", 60, "0.060000"),
        ("d2", "d1", "44", 60, "0.040000"),
        ("d1", "owner", "44", 60, "0.020000"),
        ("p2", "d2", "44", 60, "0.030000"),
    ]


async def test_postpaid_without_a_limit_goes_below_zero(play) -> None:
    text = case(call("c1")).replace('balance = "10", credit_limit = "0"', 'balance = "0", credit_limit = "unlimited"')
    outcome = await play(text)
    assert outcome["balances"]["p1"]["balance"] == "-0.060000"


async def test_a_credit_limit_is_a_limit(play) -> None:
    text = case(call("c1", hangup=None)).replace(
        'balance = "10", credit_limit = "0"', 'balance = "0", credit_limit = "0.5"'
    )
    outcome = await play(text)
    assert verdict(outcome, "c1") == ("cut", "no_credit", "p1", 500)
    assert outcome["balances"]["p1"] == {"balance": "-0.500000", "held": "0.000000"}


async def test_a_call_that_costs_nothing_and_never_ends_is_ended(play) -> None:
    text = (
        case(call("c1", hangup=None)).replace('price = "0.06"', 'price = "0"').replace('price = "0.04"', 'price = "0"')
    )
    text = text.replace('balance = "100", credit_limit = "0"', 'balance = "0", credit_limit = "unlimited"')
    outcome = await play(text)
    assert verdict(outcome, "c1")[0] == "cut"


def test_the_command_prints_json_and_names_what_is_wrong(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(case(call("c1")))
    bad.write_text(case(call("c1")).replace('pack = "retail"', 'pack = "retial"'))
    command = [sys.executable, "-m", "smartswitch.cli.main", "scenario"]
    played = subprocess.run([*command, "--json", str(good)], capture_output=True, text=True, check=True)
    assert json.loads(played.stdout)["calls"]["c1"]["result"] == "answered"
    refused = subprocess.run([*command, str(bad)], capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "bad.toml" in refused.stderr
    assert 'did you mean "retail"' in refused.stderr
