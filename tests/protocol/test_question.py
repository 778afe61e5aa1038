"""Questions to a node and its answers: what is written is read back, what is wrong is named."""

import json

import pytest

from smartswitch.protocol.question import (
    CheckedRoute,
    CheckRoute,
    PricedLevel,
    QuestionError,
    QuestionRefusal,
    QuestionRefused,
    RouteChecked,
    decode_answer,
    decode_question,
    encode_answer,
    encode_question,
)

LEVEL = PricedLevel(
    payer="p1", seller="d1", payer_dealer_id=2, seller_dealer_id=2, currency="EUR", pack="retail", pack_currency="USD",
    code="44", price_per_minute=3_000_000, connect_fee=0, minute_amount=30_000, amount=27_000, tax=0, affordable_s=60,
)  # fmt: skip
ROUTE = CheckedRoute(route_id=7, route_class_id=1, terminator="t1", code="44", place=1, is_tried=True, cost_amount=9)


@pytest.mark.parametrize(
    "question",
    [
        CheckRoute(peer_id=1, called="447911123456", at_ms=0),
        CheckRoute(peer_id=2**63 - 1, called="+44 (0) 7911 ✓", caller="anonymous", at_ms=1, duration_s=86_400),
    ],
)
def test_a_question_is_read_back(question: CheckRoute) -> None:
    assert decode_question(encode_question(question)) == question


@pytest.mark.parametrize(
    "answer",
    [
        RouteChecked(
            called="447911123456", country="GB", where="outside", levels=(LEVEL,), routes=(ROUTE,), order=("t1",)
        ),
        RouteChecked(
            called="102", country=None, where="refused", reason="blocked", refused_by="d1", refused_by_dealer_id=2
        ),
        *(QuestionRefused(refusal) for refusal in QuestionRefusal),
    ],
)
def test_an_answer_is_read_back(answer: RouteChecked | QuestionRefused) -> None:
    assert decode_answer(encode_answer(answer)) == answer


def test_what_this_version_does_not_know_is_ignored() -> None:
    answer = RouteChecked(called="1", country=None, where="outside", levels=(LEVEL,))
    document = json.loads(encode_answer(answer))
    document["colour"] = document["levels"][0]["colour"] = "green"

    assert decode_answer(json.dumps(document)) == answer


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"peer_id": -1}, "peer_id: -1 is no whole number"),
        ({"peer_id": "1"}, "peer_id: '1' is no whole number"),
        ({"peer_id": True}, "peer_id: True is no whole number"),
        ({"at_ms": 1.5}, "at_ms: 1.5 is no whole number"),
        ({"at_ms": 2**60}, "at_ms: "),
        ({"duration_s": 86_401}, "duration_s: 86401 is no whole number from 0 to 86400"),
        ({"called": "4\u0000"}, "called: at most 64 printable characters"),
        ({"called": 44}, "called: at most 64 printable characters"),
        ({"caller": "4" * 65}, "caller: at most 64 printable characters"),
        ({"ask": "the_weather"}, "'the_weather' is no question"),
    ],
)
def test_a_wrong_question_is_named(change: dict[str, object], message: str) -> None:
    document = json.loads(encode_question(CheckRoute(peer_id=1, called="44", at_ms=0))) | change

    with pytest.raises(QuestionError, match=message):
        decode_question(json.dumps(document))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("[]", "not a JSON object"),
        ("{}", "None is no answer"),
        ('{"answer": "refused", "refusal": "tired"}', "'tired' is not a valid QuestionRefusal"),
        ('{"answer": "route_checked", "called": "1"}', "RouteChecked: .*missing.* 'country' and 'where'"),
    ],
)
def test_a_wrong_answer_is_named(text: str, message: str) -> None:
    with pytest.raises(QuestionError, match=message):
        decode_answer(text)


def test_a_question_without_a_peer_is_named() -> None:
    with pytest.raises(QuestionError, match=r"CheckRoute: .*peer_id"):
        decode_question('{"ask": "check_route", "called": "44", "at_ms": 0}')
