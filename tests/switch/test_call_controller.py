"""Call control on a virtual wire: what the wire is told and what is charged, from the INVITE to the last report."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from smartswitch.core.call import State
from smartswitch.core.money import parse_amount
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.protocol.charging import Answer, Command, EndedBy, Extend, RecordRefusal, Release, Settle
from smartswitch.protocol.wire import Cancel, Hangup, Refuse, RouteCall
from smartswitch.switch.calls.call_ports import CallSettings
from smartswitch.switch.directory.records import PeerKind
from smartswitch.switch.planning.call_plan import Invitation, Question

from .town import DESTINATION, Play, standard_town

SCENARIO = CallSettings(extend_lead_ms=0, last_question_lead_ms=0)


async def test_a_call_is_routed_answered_and_charged_at_every_level() -> None:
    play = Play(standard_town())
    call = await play.invite()
    (order,) = play.routes()
    assert [route.uri for route in order.routes] == [f"sip:{DESTINATION}@127.0.0.1:5080;transport=udp"] * 2
    assert order.granted_s == 61, "Kamailio's timer is the second lock: a second later"
    assert play.town.money("p1") == ("10.000000", "0.060000")
    await play.until(5)
    play.answered(call)
    await play.until(35)
    play.ended(call)
    await play.calls.idle()
    assert play.charges() == [("p1", "0.030000"), ("d2", "0.015000"), ("d1", "0.010000"), ("owner", "0.005000")]
    assert play.town.money("p1") == ("9.970000", "0.000000")
    assert play.acknowledged() == {f"{call}/answered", f"{call}/ended"}
    assert play.closed[0].ended_by is EndedBy.CALLER
    assert len(play.calls.live) == 0


async def test_a_long_call_is_extended_before_its_grant_ends() -> None:
    play = Play(standard_town())
    call = await play.invite()
    play.answered(call)
    await play.until(200)
    # Asked at 55 s: granted to 180 s; asked at 175 s: granted to 420 s.
    assert play.extends() == [125 + 1, 245 + 1]
    await play.until(500)
    play.ended(call)
    await play.calls.idle()
    assert play.closed[0].duration_ms == 500_000
    assert play.charges()[0] == ("p1", "0.500000")


@pytest.mark.parametrize("settings", [CallSettings(), SCENARIO])
async def test_a_call_is_cut_exactly_when_its_poorest_level_is_exhausted(settings: CallSettings) -> None:
    town = standard_town()
    town.rows[town.tables.dealers[2].balance_id].amount = parse_amount("0.05")  # d1 pays 0.02: 150 s
    play = Play(town, settings=settings)
    call = await play.invite()
    await play.until(5)
    play.answered(call)
    await play.until(154.999)
    assert len(play.calls.live) == 1
    await play.until(155)
    assert [type(order) for order in play.obeyed] == [Hangup]
    assert play.closed[0].ended_by is EndedBy.CREDIT
    assert play.closed[0].duration_ms == 150_000
    assert play.closed[0].refusal == Refusal(Reason.NO_CREDIT, "d1")
    assert town.money("d1") == ("0.000000", "0.000000")
    assert town.money("p1") == ("9.850000", "0.000000")
    assert play.obeyed[0].reason == 'Q.850;cause=16;text="Credit exhausted"'


@pytest.mark.parametrize(("settings", "topup_s"), [(CallSettings(), 58), (SCENARIO, 40)])
async def test_a_topup_lengthens_a_call_that_was_short(settings: CallSettings, topup_s: int) -> None:
    town = standard_town()
    balance_id = town.peer("p1").balance_id
    town.rows[balance_id].amount = parse_amount("0.06")
    play = Play(town, settings=settings)
    call = await play.invite()
    play.answered(call)
    await play.until(topup_s)
    town.rows[balance_id].amount += parse_amount("0.03")
    play.calls.topped_up([balance_id])
    await play.until(89)
    assert len(play.calls.live) == 1
    await play.until(100)
    assert play.closed[0].duration_ms == 90_000


async def test_a_refused_caller_hears_the_same_whichever_level_ran_dry() -> None:
    answers = []
    for key in ("p1", "d2", "d1"):
        town = standard_town()
        records = [*town.tables.peers.values(), *town.tables.dealers.values()]
        town.rows[next(one.balance_id for one in records if one.key == key)].amount = 0
        play = Play(town)
        await play.invite()
        (order,) = play.wire.of(Refuse)
        answers.append((order.status, order.reason, order.headers))
        assert play.closed[0].refusal == Refusal(Reason.NO_CREDIT, key)
        assert play.cdrs[0].refused_by == key
        assert all(row.held == 0 and row.live_calls == 0 for row in town.rows.values())
    assert set(answers) == {(402, "Payment Required", 'Reason: Q.850;cause=21;text="No credit"\r\n')}


REFUSALS = {
    "no pack at the peer": ("p1", DESTINATION, lambda t: t.change_peer(11, pack_id=None), Reason.NO_PRICE, "p1", 503),
    "no pack at a dealer": ("p1", DESTINATION, lambda t: t.change_dealer(2, pack_id=None), Reason.NO_PRICE, "d1", 503),
    "no code at a level": ("p1", "33123456789", lambda t: None, Reason.NO_PRICE, "p1", 503),
    "peer blocked": ("p1", DESTINATION, lambda t: t.change_peer(11, is_blocked=True), Reason.BLOCKED, "p1", 403),
    "dealer blocked": ("p1", DESTINATION, lambda t: t.change_dealer(2, is_blocked=True), Reason.BLOCKED, "d1", 403),
    "not a number": ("p1", "44abc", lambda t: None, Reason.BAD_NUMBER, None, 484),
    "no route class": (
        "p1",
        DESTINATION,
        lambda t: t.change_dealer(1, route_class_id=None),
        Reason.NO_ROUTE,
        None,
        404,
    ),
    "no profit": (
        "p1",
        DESTINATION,
        lambda t: (t.change_dealer(3, profit_control="profit_only"), t.change_peer(11, pack_id=4)),
        Reason.NO_PROFIT,
        "d2",
        503,
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_refusals_by_the_node_have_a_code_a_cdr_and_move_nothing(name: str) -> None:
    caller, to, change, reason, refused_by, status = REFUSALS[name]
    town = standard_town()
    change(town)
    play = Play(town)
    await play.invite(caller, to)
    await play.calls.idle()
    assert play.refusals() == [status]
    assert play.wire.of(Refuse)[0].headers.startswith("Reason: Q.850;cause=")
    assert play.routes() == []
    assert [type(command) for command in play.charging.commands] == [RecordRefusal]
    assert (play.cdrs[0].reason, play.cdrs[0].refused_by) == (reason.value, refused_by)
    assert all(row.held == 0 for row in town.rows.values())


async def test_terminators_without_a_price_are_left_and_if_none_remains_the_owner_refuses() -> None:
    town = standard_town()
    town.add_pack(5, "empty", "1", codes=("33",))
    town.tables.terminators[21] = replace(town.tables.terminators[21], pack_id=5)
    town.refresh()
    play = Play(town)
    await play.invite()
    assert len(play.routes()[0].routes) == 1
    assert next(iter(play.calls.live)).plan.targets[0].key == "t2"
    town.tables.terminators[22] = replace(town.tables.terminators[22], pack_id=None)
    town.refresh()
    await play.invite()
    await play.calls.idle()
    assert (play.cdrs[-1].reason, play.cdrs[-1].refused_by) == ("no_price", "owner")


async def test_hunting_counts_attempts_and_charges_the_terminator_that_answered() -> None:
    play = Play(standard_town())
    call = await play.invite()
    await play.until(2)
    play.attempt(call, 0, 503)
    await play.until(3)
    play.answered(call, 1)
    await play.until(63)
    play.ended(call)
    await play.calls.idle()
    assert play.charges()[-1] == ("owner", "0.010000")
    assert play.cdrs[0].terminator == "t2"
    settle = next(command for command in play.charging.commands if isinstance(command, Settle))
    assert [(one.terminator, one.sip_status, one.duration_ms) for one in settle.attempts] == [
        ("t1", 503, 2000),
        ("t2", 200, 1000),
    ]


async def test_all_terminators_failed_releases_everything_with_the_last_status() -> None:
    play = Play(standard_town())
    call = await play.invite()
    play.attempt(call, 0, 503)
    play.attempt(call, 1, 500)
    play.failed(call, 500)
    await play.calls.idle()
    assert (play.cdrs[0].result, play.cdrs[0].sip_status) == ("unanswered", 500)
    assert play.town.money("p1") == ("10.000000", "0.000000")
    assert play.acknowledged() == {f"{call}/failed"}


async def test_cancel_while_charging_is_asked_gives_the_hold_back() -> None:
    play = Play(standard_town())
    play.charging.gate = asyncio.Event()
    inviting = asyncio.create_task(play.invite())
    await asyncio.sleep(0.01)
    (live,) = play.calls.live
    play.failed(live.call_id, 487)
    play.charging.gate.set()
    await inviting
    assert play.routes() == []
    assert [type(command).__name__ for command in play.charging.commands] == ["Authorize", "Release"]
    assert play.town.money("d1") == ("100.000000", "0.000000")


async def test_bye_before_the_answer_is_stored_is_charged_in_order() -> None:
    play = Play(standard_town())
    call = await play.invite()
    play.charging.gate = asyncio.Event()
    play.answered(call)
    play.answered(call)
    play.clock.advance_by_ms(3_000)
    play.ended(call)
    play.ended(call)
    play.charging.gate.set()
    await play.calls.idle()
    assert [type(command) for command in play.charging.commands[1:]] == [Answer, Settle]
    assert play.charges()[0] == ("p1", "0.003000")


async def test_reports_repeated_after_the_end_are_acknowledged_and_move_nothing() -> None:
    play = Play(standard_town())
    call = await play.invite()
    play.answered(call)
    play.clock.advance_by_ms(1_000)
    play.ended(call)
    await play.calls.idle()
    commands = len(play.charging.commands)
    play.wire.orders.clear()
    play.ended(call)
    await play.calls.idle()
    assert len(play.charging.commands) == commands
    assert play.acknowledged() == {f"{call}/ended"}


async def test_block_hangs_up_talking_calls_and_gives_up_ringing_ones() -> None:
    town = standard_town()
    play = Play(town)
    talking = await play.invite()
    play.answered(talking)
    await play.until(10)
    await play.invite()
    other = await play.invite("p2")
    town.change_dealer(3, is_blocked=True)
    assert play.calls.stop_blocked() == 2
    await play._rest()
    assert {type(order) for order in play.obeyed} == {Hangup, Cancel}
    assert [live.call_id for live in play.calls.live] == [other]
    assert play.closed[0].stop_cause is EndedBy.BLOCK
    assert play.town.money("p1") == ("9.990000", "0.000000")


async def test_a_lost_hang_up_is_ordered_again_and_in_the_end_the_call_is_settled() -> None:
    play = Play(standard_town())
    call = await play.invite()
    play.answered(call)
    await play.until(10)
    play.wire.is_deaf = True
    play.calls.stop(call, EndedBy.OPERATOR)
    await play.until(80)
    assert len(play.wire.of(Hangup)) == 12
    assert len(play.calls.live) == 0
    assert play.closed[0].ended_by is EndedBy.OPERATOR


class KeptCommands:
    """A spool in memory; it holds everything that it was ever given."""

    is_writable = True

    def __init__(self) -> None:
        self.commands: list[Command] = []

    def holds(self, call_id: UUID, leg: int) -> bool:
        return any((command.call_id, command.leg) == (call_id, leg) for command in self.commands)

    def keep(self, command: Command) -> None:
        self.commands.append(command)


async def test_charging_away_refuses_with_503_and_undoes_a_hold_that_may_exist() -> None:
    spool = KeptCommands()
    play = Play(standard_town(), spool=spool)
    play.charging.is_away = True
    await play.invite()
    assert play.refusals() == [503]
    assert "Retry-After" in play.wire.of(Refuse)[0].headers
    assert [type(command) for command in spool.commands] == [Release]
    assert len(play.calls.live) == 0


async def test_no_call_begins_while_the_spool_cannot_be_written() -> None:
    spool = KeptCommands()
    spool.is_writable = False
    play = Play(standard_town(), spool=spool)
    await play.invite()
    assert play.refusals() == [503]
    assert play.charging.commands == []


async def test_a_call_whose_charging_falls_silent_runs_to_its_granted_end() -> None:
    spool = KeptCommands()
    play = Play(standard_town(), spool=spool)
    call = await play.invite()
    play.answered(call)
    await play.until(10)
    play.charging.is_away = True
    await play.until(61)
    assert play.closed[0].duration_ms == 60_000
    assert play.closed[0].ended_by is EndedBy.LIMIT
    assert [type(command) for command in spool.commands] == [Settle]


async def test_a_call_goes_on_when_charging_is_back_before_its_grant_ends() -> None:
    play = Play(standard_town(), spool=KeptCommands())
    call = await play.invite()
    play.answered(call)
    await play.until(50)
    play.charging.is_away = True
    await play.until(57)
    play.charging.is_away = False
    await play.until(150)
    play.ended(call)
    await play.calls.idle()
    assert play.closed[0].duration_ms == 150_000
    seqs = [command.seq for command in play.charging.commands if isinstance(command, Extend)]
    assert seqs == [2], "the question without an answer was repeated as it was"


async def test_a_number_of_ours_is_charged_to_the_caller_and_inbound_to_whose_it_is() -> None:
    town = standard_town()
    town.add_pack(6, "us", "0.06", codes=("1",))
    town.add_pack(7, "did", "0.01", codes=("1212",))
    town.change_peer(11, pack_id=6)
    town.change_dealer(3, pack_id=6)
    town.change_dealer(2, pack_id=6, inbound_pack_id=7)
    play = Play(town)
    call = await play.invite("p1", "12123388100")
    play.answered(call)
    await play.until(30)
    play.ended(call)
    await play.calls.idle()
    assert play.charges() == [("p1", "0.030000"), ("d2", "0.030000"), ("d1", "0.030000"), ("d1", "0.005000")]
    assert [(cdr.leg, cdr.facts.direction.value) for cdr in play.cdrs] == [(0, "outbound"), (1, "inbound")]
    assert all(row.live_calls == 0 and row.held == 0 for row in town.rows.values())


@pytest.mark.parametrize("caller", ["t1", None])
async def test_a_call_from_outside_to_a_did_has_the_inbound_leg_only(caller: str | None) -> None:
    town = standard_town()
    town.add_pack(7, "did", "0.01", codes=("1212",))
    town.change_peer(12, inbound_pack_id=7)
    play = Play(town)
    call = await play.invite(caller, "12123388100", caller_number="33123456789")
    assert play.routes()[0].routes[0].uri == "sip:peer-12@registered.invalid"
    play.answered(call)
    await play.until(60)
    play.ended(call)
    await play.calls.idle()
    assert play.charges() == [("p2", "0.010000")]
    assert (play.cdrs[0].leg, play.cdrs[0].facts.caller) == (1, "33123456789")


async def test_a_call_from_outside_to_an_unknown_number_has_no_route() -> None:
    play = Play(standard_town())
    await play.invite("t1", DESTINATION)
    await play.invite(None, DESTINATION)
    await play.calls.idle()
    assert play.refusals() == [404, 404]
    assert len(play.cdrs) == 1, "nobody's call gets no CDR"


async def test_extensions_of_a_virtual_pbx_call_each_other_free_at_zero_balance() -> None:
    town = standard_town()
    town.change_dealer(3, is_virtual_pbx=True)
    for peer_id, extension in ((31, "101"), (32, "102")):
        town.add_peer(peer_id, f"e{extension}", 3, "0", kind=PeerKind.USER, extension=extension)
    town.rows[town.tables.dealers[3].balance_id].amount = 0
    town.refresh()
    play = Play(town)
    call = await play.invite("e101", "102")
    play.answered(call)
    await play.until(400)
    play.ended(call)
    await play.calls.idle()
    assert play.charges() == []
    assert play.cdrs[0].facts.direction.value == "internal"
    assert (play.cdrs[0].facts.caller, play.cdrs[0].facts.called) == ("101", "102")
    await play.invite("e101", DESTINATION)
    await play.calls.idle()
    assert play.refusals() == [503], "outside, it has no price, and no money either"


async def test_a_call_limit_refuses_the_call_beyond_it() -> None:
    town = standard_town()
    town.rows[town.tables.dealers[2].balance_id].call_limit = 2
    play = Play(town)
    for _ in range(3):
        await play.invite()
    assert len(play.routes()) == 2
    assert play.closed[0].refusal == Refusal(Reason.CALL_LIMIT, "d1")


async def test_calls_per_second_of_a_dealer_hold_for_all_below_him() -> None:
    town = standard_town()
    town.change_dealer(2, calls_per_second_limit=2)
    play = Play(town)
    await play.invite("p1")
    await play.invite("p2", "12123388100")
    await play.invite("p1")
    await play.calls.idle()
    assert (play.cdrs[-1].reason, play.cdrs[-1].refused_by) == ("rate_limit", "d1")


async def test_a_full_terminator_is_left_and_comes_back_when_its_call_ends() -> None:
    town = standard_town()
    town.tables.terminators[21] = replace(town.tables.terminators[21], call_limit=1)
    town.refresh()
    play = Play(town)
    first = await play.invite()
    await play.invite()
    assert [[target.key for target in live.plan.targets] for live in play.calls.live] == [["t1", "t2"], ["t2"]]
    play.failed(first, 486)
    await play.calls.idle()
    await play.invite()
    assert [target.key for target in list(play.calls.live)[-1].plan.targets] == ["t1", "t2"]


async def test_ringing_for_ever_is_given_up() -> None:
    play = Play(standard_town())
    await play.invite()
    await play.until(121)
    assert [type(order) for order in play.obeyed] == [Cancel]
    assert play.cdrs[0].result == "unanswered"


async def test_a_lost_kamailio_settles_its_talking_calls_and_releases_its_ringing_ones() -> None:
    play = Play(standard_town())
    talking = await play.invite()
    play.answered(talking)
    await play.until(20)
    await play.invite()
    play.calls.wire_lost(play.wire, at_ms=play.now_ms)
    await play.calls.idle()
    assert sorted(cdr.result for cdr in play.cdrs) == ["answered", "unanswered"]
    assert len(play.calls.live) == 0
    assert play.town.money("p1") == ("9.980000", "0.000000")


async def test_the_answer_reported_after_the_end_is_charged_for_what_lay_between() -> None:
    play = Play(standard_town())
    call = await play.invite()
    await play.until(30)
    play.ended(call)
    await play.until(33)
    play.answered(call, at_ms=play.now_ms - 23_000)
    await play.calls.idle()
    assert play.closed[0].duration_ms == 20_000
    assert play.charges()[0] == ("p1", "0.020000")
    assert play.acknowledged() == {f"{call}/answered", f"{call}/ended"}


async def test_a_repeated_invite_gets_the_same_routes_and_holds_once() -> None:
    play = Play(standard_town())
    await play.invite()
    (live,) = play.calls.live
    play.calls.invite(
        Invitation(
            call_id=live.call_id,
            at_ms=live.at_ms,
            question=Question(77, 78, "call-1"),
            caller=play.town.peer("p1"),
            dialled=DESTINATION,
        ),
        play.wire,
    )
    await play.calls.idle()
    first, second = play.routes()
    assert (second.tindex, second.call_id, second.routes) == (77, first.call_id, first.routes)
    assert play.authorized() == 1
    assert live.call.state is State.ROUTING
    assert isinstance(first, RouteCall)


async def test_no_more_time_is_held_for_a_call_of_which_nothing_is_known() -> None:
    play = Play(standard_town())
    call = await play.invite()
    play.answered(call)
    await play.until(50)
    play.wire.is_connected = False
    await play.until(58)
    assert [live.granted_s for live in play.calls.live] == [60]
    play.wire.is_connected = True
    await play.until(60)
    assert [live.granted_s for live in play.calls.live] == [180]


async def test_a_call_of_an_earlier_life_whose_kamailio_is_gone_is_charged_to_the_last_confirmed_moment() -> None:
    play = Play(standard_town())
    call = await play.invite()
    play.answered(call)
    await play.until(20)
    (live,) = play.calls.live
    assert live.answered_at_ms is not None
    live.seen_alive_at_ms = live.answered_at_ms + 12_000
    play.calls.wire_lost(play.wire, at_ms=0)
    await play.calls.idle()
    assert play.cdrs[0].duration_ms == 12_000
