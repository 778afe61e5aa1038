"""What each command does to the balances, in domain words and exact amounts, without a database."""

from smartswitch.charging.batch_state import BatchState
from smartswitch.charging.decisions import RING_LIMIT_MS, decide
from smartswitch.core.refusal import Reason, Refusal
from smartswitch.protocol.charging import (
    Answer,
    Authorize,
    Conflict,
    EndedBy,
    Expire,
    Extend,
    Granted,
    RecordRefusal,
    Refused,
    Release,
    Released,
    Settle,
    Settled,
)

from .parties import FACTS, START_MS, balances, call_id, chain, level

CALL = call_id(1)
PEER_AND_DEALER = chain(level("p1", "d1", balance_id=1, price="0.06"), level("d1", "owner", balance_id=2, price="0.03"))


def authorize(call=CALL, *, of=PEER_AND_DEALER, slice_s=60, seq=0):
    return Authorize(call_id=call, leg=0, at_ms=START_MS, chain=of, facts=FACTS, slice_s=slice_s, seq=seq)


def answer(call=CALL, *, seq=1):
    return Answer(call_id=call, leg=0, seq=seq, at_ms=START_MS + 5_000)


def settle(call=CALL, *, seconds, seq=9):
    at_ms = START_MS + 5_000 + seconds * 1000
    return Settle(call, 0, seq, at_ms, duration_ms=seconds * 1000, ended_by=EndedBy.CALLER)


def money(state: BatchState) -> dict[int, tuple[int, int]]:
    return {balance.id: (balance.amount, balance.held) for balance in state.balances.values()}


def test_authorize_holds_the_first_slice_at_every_level() -> None:
    state = balances((1, "10"), (2, "100"))
    assert decide(state, authorize()) == Granted(60, 60)
    assert money(state) == {1: (10_000_000, 60_000), 2: (100_000_000, 30_000)}


def test_a_repeat_gets_the_first_answer_and_moves_nothing() -> None:
    state = balances((1, "10"), (2, "100"))
    first = decide(state, authorize())
    before = money(state)
    assert decide(state, authorize()) == first
    assert money(state) == before
    assert state.balances[1].live_calls == 1


def test_a_different_repeat_is_refused_by_name() -> None:
    state = balances((1, "10"), (2, "100"))
    decide(state, authorize())
    before = money(state)
    other = chain(level("p9", "d1", balance_id=1, price="0.06"))
    assert decide(state, authorize(of=other)) == Conflict("different_repeat")
    assert money(state) == before


def test_the_level_that_cannot_pay_refuses_and_nothing_is_held_anywhere() -> None:
    state = balances((1, "10"), (2, "0.0004"))  # a second costs d1 0.0005
    assert decide(state, authorize()) == Refused(Refusal(Reason.NO_CREDIT, "d1"))
    assert money(state) == {1: (10_000_000, 0), 2: (400, 0)}
    assert state.balances[1].live_calls == 0
    assert [(cdr.result, cdr.reason, cdr.refused_by) for cdr in state.cdrs] == [("refused", "no_credit", "d1")]


def test_the_grant_is_what_the_poorest_level_affords() -> None:
    state = balances((1, "10"), (2, "0.0125"))
    assert decide(state, authorize()) == Granted(25, 60, "d1")
    assert money(state) == {1: (10_000_000, 25_000), 2: (12_500, 12_500)}


def test_settle_charges_every_level_and_gives_back_the_rest() -> None:
    state = balances((1, "10"), (2, "100"))
    decide(state, authorize())
    decide(state, answer())
    reply = decide(state, settle(seconds=20))
    assert isinstance(reply, Settled)
    assert [(charge.payer, charge.seller, charge.billed_s, charge.amount) for charge in reply.charges] == [
        ("p1", "d1", 20, 20_000),
        ("d1", "owner", 20, 10_000),
    ]
    assert money(state) == {1: (9_980_000, 0), 2: (99_990_000, 0)}
    assert not state.legs
    assert decide(state, settle(seconds=20)) == reply
    assert decide(state, settle(seconds=21)) == Conflict("different_repeat")
    assert decide(state, settle(seconds=20, seq=10)) == Conflict("already_closed")
    assert len(state.cdrs) == 1


def test_a_call_is_never_charged_beyond_its_grant() -> None:
    state = balances((1, "0.02"), (2, "100"))
    decide(state, authorize())
    decide(state, answer())
    reply = decide(state, settle(seconds=21))  # the BYE took a while
    assert isinstance(reply, Settled)
    assert reply.billed_ms == 20_000
    assert money(state)[1] == (0, 0)


def test_extensions_grow_while_money_is_ample() -> None:
    state = balances((1, "10"), (2, "100"))
    decide(state, authorize())
    decide(state, answer())
    grants = [decide(state, Extend(CALL, 0, seq, START_MS)) for seq in (2, 3, 4, 5)]
    assert grants == [Granted(180, 120), Granted(420, 240), Granted(720, 300), Granted(1020, 300)]
    assert money(state)[1] == (10_000_000, 1_020_000)


def test_extensions_shrink_when_a_balance_is_nearly_dry() -> None:
    state = balances((1, "0.13"), (2, "100"))
    decide(state, authorize())
    decide(state, answer())
    grants = [decide(state, Extend(CALL, 0, seq, START_MS)) for seq in range(2, 8)]
    assert grants[:2] == [Granted(90, 30), Granted(105, 15)]
    assert grants[-1] == Refused(Refusal(Reason.NO_CREDIT, "p1"))
    assert money(state)[1] == (130_000, 130_000)


def test_the_cdr_of_a_cut_names_the_level_that_was_short() -> None:
    state = balances((1, "10"), (2, "0.0125"))
    decide(state, authorize())
    decide(state, answer())
    assert decide(state, Extend(CALL, 0, 2, START_MS)) == Refused(Refusal(Reason.NO_CREDIT, "d1"))
    decide(state, Settle(CALL, 0, 3, START_MS + 30_000, duration_ms=25_000, ended_by=EndedBy.CREDIT))
    assert [(cdr.result, cdr.ended_by, cdr.reason, cdr.refused_by) for cdr in state.cdrs] == [
        ("answered", "credit", "no_credit", "d1")
    ]


def test_a_refused_extension_can_succeed_after_a_top_up() -> None:
    state = balances((1, "0.06"), (2, "100"))
    decide(state, authorize())
    decide(state, answer())
    assert decide(state, Extend(CALL, 0, 2, START_MS)) == Refused(Refusal(Reason.NO_CREDIT, "p1"))
    state.balances[1].amount += 1_000_000
    assert decide(state, Extend(CALL, 0, 2, START_MS)) == Refused(Refusal(Reason.NO_CREDIT, "p1"))  # a repeat
    assert decide(state, Extend(CALL, 0, 3, START_MS)) == Granted(180, 120)


def test_release_gives_everything_back() -> None:
    state = balances((1, "10"), (2, "100"))
    decide(state, authorize())
    assert decide(state, Release(CALL, 0, 1, START_MS, sip_status=486)) == Released()
    assert money(state) == {1: (10_000_000, 0), 2: (100_000_000, 0)}
    assert state.balances[1].live_calls == 0
    assert [(cdr.result, cdr.sip_status) for cdr in state.cdrs] == [("unanswered", 486)]


def test_an_answered_leg_is_not_released() -> None:
    state = balances((1, "10"), (2, "100"))
    decide(state, authorize())
    decide(state, answer())
    before = money(state)
    assert decide(state, Release(CALL, 0, 2, START_MS, sip_status=487)) == Conflict("answered")
    assert money(state) == before


def test_the_call_limit_counts_live_calls_and_names_the_party() -> None:
    state = balances((1, "10"), (2, "100"), call_limit=2)
    assert isinstance(decide(state, authorize(call_id(1))), Granted)
    assert isinstance(decide(state, authorize(call_id(2))), Granted)
    before = money(state)
    assert decide(state, authorize(call_id(3))) == Refused(Refusal(Reason.CALL_LIMIT, "p1"))
    assert money(state) == before
    decide(state, Release(call_id(1), 0, 1, START_MS, sip_status=480))
    assert isinstance(decide(state, authorize(call_id(4))), Granted)


def test_a_price_of_zero_needs_no_money() -> None:
    state = balances((1, "0"))
    free = chain(level("p1", "d1", balance_id=1, price="0"))
    assert decide(state, authorize(of=free)) == Granted(60, 60)
    assert money(state) == {1: (0, 0)}


def test_a_negative_price_pays_the_payer_and_holds_nothing() -> None:
    state = balances((1, "0"))
    paid = chain(level("p1", "d1", balance_id=1, price="-0.06"))
    assert decide(state, authorize(of=paid)) == Granted(60, 60)
    decide(state, answer())
    decide(state, settle(seconds=60))
    assert money(state) == {1: (60_000, 0)}


def test_an_unlimited_balance_goes_below_zero() -> None:
    state = balances((1, "0"), credit_limit=None)
    postpaid = chain(level("p1", "d1", balance_id=1, price="0.06"))
    assert decide(state, authorize(of=postpaid)) == Granted(60, 60)
    decide(state, answer())
    decide(state, settle(seconds=60))
    assert money(state) == {1: (-60_000, 0)}


def test_exactly_k_of_64_pass_with_a_balance_for_k() -> None:
    for k in (0, 1, 7, 63, 64):
        state = balances((1, "100"), (2, f"{k * 3}.000000"))
        dear = chain(
            level("p1", "d1", balance_id=1, price="1", min_s=60, increment_s=60),
            level("d1", "owner", balance_id=2, price="3", min_s=60, increment_s=60),
        )
        replies = [decide(state, authorize(call_id(number), of=dear)) for number in range(64)]
        assert sum(isinstance(reply, Granted) for reply in replies) == k
        assert money(state)[2] == (k * 3_000_000, k * 3_000_000)


def test_a_silent_call_is_charged_to_its_last_confirmed_second_and_marked() -> None:
    state = balances((1, "10"), (2, "100"))
    decide(state, authorize())
    decide(state, answer())
    decide(state, Extend(CALL, 0, 2, START_MS + 60_000))  # alive 55 s after the answer; the slice is 120 s now
    not_yet = START_MS + 60_000 + 240_000
    assert decide(state, Expire(CALL, 0, not_yet)) == Conflict("not_silent")
    reply = decide(state, Expire(CALL, 0, not_yet + 1))
    assert isinstance(reply, Settled)
    assert reply.charges[0].billed_s == 55
    assert money(state) == {1: (9_945_000, 0), 2: (99_972_500, 0)}
    assert [(cdr.is_marked, cdr.ended_by) for cdr in state.cdrs] == [(True, "expiry")]
    assert decide(state, settle(seconds=100)) == Conflict("already_closed")


def test_a_ringing_leg_of_a_silent_node_is_released() -> None:
    state = balances((1, "10"), (2, "100"))
    decide(state, authorize())
    assert decide(state, Expire(CALL, 0, START_MS + RING_LIMIT_MS)) == Conflict("not_silent")
    assert decide(state, Expire(CALL, 0, START_MS + RING_LIMIT_MS + 1)) == Released()
    assert money(state) == {1: (10_000_000, 0), 2: (100_000_000, 0)}


def test_a_refusal_of_the_node_is_recorded_once() -> None:
    state = balances()
    refused = RecordRefusal(CALL, 0, START_MS, PEER_AND_DEALER, FACTS, Refusal(Reason.NO_ROUTE))
    assert decide(state, refused) == Released()
    assert decide(state, refused) == Released()
    assert [(cdr.result, cdr.reason) for cdr in state.cdrs] == [("refused", "no_route")]
    assert not state.charges


def test_commands_for_a_leg_that_nobody_knows_are_refused_by_name() -> None:
    state = balances((1, "10"))
    before = money(state)
    for command in (answer(), Extend(CALL, 0, 2, START_MS), settle(seconds=5), Release(CALL, 0, 3, START_MS, 487)):
        assert decide(state, command) == Conflict("unknown_leg")
    assert money(state) == before
