"""Questions to a node and hanging up, as the database keeps them: who sees a question, who may end a call."""

from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import errors

WEB = "smartswitch_web"
SWITCH = "smartswitch_switch"
ASK = "INSERT INTO node_question (dealer_id, content) VALUES (%s, '{}') RETURNING id"
FORBIDDEN = [
    (WEB, "UPDATE node_question SET answer = '{}'"),
    (WEB, "INSERT INTO node_question (dealer_id, content, answer) VALUES (current_dealer(), '{}', '{}')"),
    (SWITCH, "DELETE FROM node_question"),
    (SWITCH, "UPDATE node_question SET content = '{}'"),
    (SWITCH, "INSERT INTO node_question (dealer_id, content) VALUES (1, '{}')"),
    (SWITCH, "SELECT request_hangup(gen_random_uuid())"),
    ("smartswitch_charging", "SELECT * FROM node_question"),
    ("smartswitch_worker", "INSERT INTO node_question (dealer_id, content) VALUES (1, '{}')"),
]


@pytest.fixture
def family(tree) -> dict[str, int]:
    """owner > east > shop, and owner > west."""
    ids = {"owner": tree.dealer("owner")}
    ids["east"] = tree.dealer("east", ids["owner"])
    ids["west"] = tree.dealer("west", ids["owner"])
    ids["shop"] = tree.dealer("shop", ids["east"])
    return ids


@pytest.fixture
def call(tree, family) -> UUID:
    """A call of the shop that is in progress."""
    call_id = uuid4()
    tree.run(
        "INSERT INTO open_leg (tenant_id, call_id, leg, node, dealer_id, seq, state, granted_s, slice_s, balance_ids,"
        " meter_ids, dealer_ids, held, chain, facts, answers, authorized_at_ms, confirmed_at_ms)"
        " VALUES (%s, %s, 0, 'n', %s, 0, 'answered', 60, 60, '{}', '{}', %s, '{}', '[]', '{}', '[]', 0, 0)",
        family["east"], call_id, family["shop"], tree.path(family["shop"]),
    )  # fmt: skip
    return call_id


def test_a_question_is_seen_by_its_own_dealer_only(tree, family):
    with tree.acting_as(WEB, family["east"]) as web:
        question = web.execute(ASK, [family["east"]]).fetchone()
    tree.run("UPDATE node_question SET answer = '{\"answer\": \"refused\"}', answered_by = 'n'")

    for key in ("owner", "west", "shop"):
        with tree.acting_as(WEB, family[key]) as web:
            assert web.execute("SELECT * FROM node_question").fetchall() == [], key
            assert web.execute("DELETE FROM node_question").rowcount == 0, key
    with tree.acting_as(WEB) as web:
        assert web.execute("SELECT * FROM node_question").fetchall() == []
    with tree.acting_as(WEB, family["east"]) as web:
        assert web.execute("SELECT id FROM node_question").fetchall() == [question]


def test_nobody_asks_for_another_dealer(tree, family):
    with tree.acting_as(WEB, family["east"]) as web:
        for dealer in ("owner", "west", "shop"):
            with pytest.raises(errors.InsufficientPrivilege):
                web.execute(ASK, [family[dealer]])
    assert tree.value("SELECT count(*) FROM node_question") == 0


@pytest.mark.parametrize(("role", "statement"), FORBIDDEN)
def test_who_answers_does_not_ask_and_who_asks_does_not_answer(tree, family, role, statement):
    with tree.acting_as(role, family["owner"]) as session, pytest.raises(errors.InsufficientPrivilege):
        session.execute(statement)


async def test_questions_of_those_who_went_away_are_forgotten_after_an_hour(tree, database):
    from smartswitch.web.worker.serve import work_off

    for minutes in (59, 61, 6000):
        tree.run(
            "INSERT INTO node_question (dealer_id, content, asked_at) VALUES (1, to_jsonb(%s::int), now() - %s)",
            minutes, timedelta(minutes=minutes),
        )  # fmt: skip
    tree.run(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args)"
        " VALUES ('default', 'purge', 'purge', '{\"timestamp\": 0}')"
    )

    await work_off(database.url)

    assert tree.values("SELECT content FROM node_question") == [59]


@pytest.mark.parametrize("party", ["smartswitch.company", "smartswitch.peer"])
def test_a_customer_neither_asks_nor_hears_an_answer_nor_ends_a_call(tree, family, call, party):
    with tree.acting_as(WEB, family["shop"]) as web:
        web.execute(ASK, [family["shop"]])
        web.execute("SELECT set_config(%s, '1', false)", [party])
        assert web.execute("SELECT * FROM node_question").fetchall() == []
        assert web.execute("DELETE FROM node_question").rowcount == 0
        with pytest.raises(errors.InsufficientPrivilege):
            web.execute(ASK, [family["shop"]])
        assert web.execute("SELECT request_hangup(%s)", [call]).fetchone() == (False,)
    assert tree.value("SELECT count(*) FROM node_question") == 1
    assert tree.value("SELECT count(*) FROM audit_entry WHERE action = 'hangup'") == 0


def heard(listener: psycopg.Connection) -> list[str]:
    """What was told to the nodes."""
    return [notice.payload for notice in listener.notifies(timeout=0.3)]


@pytest.mark.parametrize("dealer", ["owner", "east", "shop"])
def test_everybody_above_a_call_may_have_it_ended_and_it_is_written_down(tree, family, call, dealer):
    with psycopg.connect(tree.database.url, autocommit=True) as listener:
        listener.execute("LISTEN hangup")
        with tree.acting_as(WEB, family[dealer]) as web:
            web.execute("SELECT set_config('smartswitch.actor', 'ann', false)")
            assert web.execute("SELECT request_hangup(%s)", [call]).fetchone() == (True,)
        assert heard(listener) == [str(call)]

    entry = tree.connection.execute(
        "SELECT actor, action, table_name, row_id, dealer_id, by_dealer_id, before, after FROM audit_entry"
        " WHERE action = 'hangup'"
    ).fetchall()
    assert entry == [("ann", "hangup", "open_leg", str(call), family["shop"], family[dealer], None, None)]
    assert tree.values("SELECT problem FROM audit_chain_breaks()") == []


def test_nobody_else_may(tree, family, call):
    with psycopg.connect(tree.database.url, autocommit=True) as listener:
        listener.execute("LISTEN hangup")
        for dealer in (family["west"], None, 999_999):
            with tree.acting_as(WEB, dealer) as web:
                assert web.execute("SELECT request_hangup(%s)", [call]).fetchone() == (False,)
        with tree.acting_as(WEB, family["owner"]) as web:
            assert web.execute("SELECT request_hangup(%s)", [uuid4()]).fetchone() == (False,)
        assert heard(listener) == []

    assert tree.value("SELECT count(*) FROM audit_entry WHERE action = 'hangup'") == 0


def test_a_hang_up_that_is_undone_was_never_said(tree, family, call):
    with psycopg.connect(tree.database.url, autocommit=True) as listener:
        listener.execute("LISTEN hangup")
        with tree.acting_as(WEB, family["shop"]) as web, web.transaction(force_rollback=True):
            assert web.execute("SELECT request_hangup(%s)", [call]).fetchone() == (True,)
        assert heard(listener) == []

    assert tree.value("SELECT count(*) FROM audit_entry WHERE action = 'hangup'") == 0
