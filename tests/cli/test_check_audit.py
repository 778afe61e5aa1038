"""`smartswitch check-audit` against a real log: whole, and after a hand of a superuser has been in it."""

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from smartswitch.cli.main import smartswitch

Tamper = Callable[..., None]


@pytest.fixture
def tamper(database: Any, monkeypatch: pytest.MonkeyPatch) -> Tamper:
    """A log of five entries, and the hand of somebody whom no trigger stops."""
    monkeypatch.setenv("SMARTSWITCH_DATABASE_URL", database.url)
    with psycopg.connect(database.url) as connection:
        connection.execute(
            "WITH b AS (INSERT INTO balance (dealer_id, kind, party, currency) VALUES (1, 'dealer', 'owner', 'USD')"
            " RETURNING id) INSERT INTO dealer (id, key, currency, balance_id) SELECT 1, 'owner', 'USD', id FROM b"
        )
        for number in range(3):
            connection.execute("INSERT INTO role (key, dealer_id) VALUES (%s, 1)", [f"r{number}"])

    def change(*statements: str) -> None:
        with psycopg.connect(database.url) as connection:
            connection.execute("SET session_replication_role = replica")
            for statement in statements:
                connection.execute(statement)

    return change


def check(*options: str) -> Result:
    return CliRunner().invoke(smartswitch, ["check-audit", *options])


def test_a_whole_log_is_told_so(tamper: Tamper) -> None:
    answer = check()

    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("the log is whole: 5 entries, the chain ends at place 5 with ")


def test_an_empty_log_is_whole(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARTSWITCH_DATABASE_URL", database.url)
    answer = check("--json")

    assert (answer.exit_code, json.loads(answer.output)["entries"]) == (0, 0)


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        (
            "UPDATE audit_entry SET after = jsonb_set(after, '{key}', '\"r2\"') WHERE after ->> 'key' = 'r1'",
            {"place": 4, "entry_id": 4, "problem": "the entry was altered"},
        ),
        (
            "UPDATE audit_chain SET hash = set_byte(hash, 0, get_byte(hash, 0) # 1) WHERE position = 5",
            {"place": 5, "entry_id": 5, "problem": "the entry was altered"},
        ),
        ("DELETE FROM audit_entry WHERE id = 3", {"place": 3, "entry_id": 3, "problem": "the entry is missing"}),
        (
            "INSERT INTO audit_entry (id, actor, table_name, action) VALUES (99, 'nobody', 'role', 'insert')",
            {"place": None, "entry_id": 99, "problem": "the entry was never chained"},
        ),
    ],
)
def test_what_a_superuser_did_is_found(tamper: Tamper, statement: str, found: dict[str, Any]) -> None:
    tamper(statement)
    told = check("--json")
    answer = json.loads(told.output)

    assert told.exit_code == 1
    assert (answer["ok"], answer["breaks"]) == (False, [found])
    assert found["problem"] in check().output


def test_a_row_put_in_between_with_a_link_of_its_own_breaks_the_next_one(tamper: Tamper) -> None:
    tamper(
        "INSERT INTO audit_entry (id, actor, table_name, action) VALUES (99, 'nobody', 'role', 'insert')",
        "UPDATE audit_chain SET position = position + 100 WHERE position > 2",
        "UPDATE audit_chain SET position = position - 99 WHERE position > 100",
        "INSERT INTO audit_chain SELECT 3, 99, audit_hash((SELECT hash FROM audit_chain WHERE position = 2), e)"
        " FROM audit_entry AS e WHERE id = 99",
    )
    answer = check()

    assert answer.exit_code == 1
    assert "place 4, entry 3: the entry was altered" in answer.output


def test_a_removed_entry_with_its_link_leaves_a_gap(tamper: Tamper) -> None:
    tamper("DELETE FROM audit_entry WHERE id = 3", "DELETE FROM audit_chain WHERE position = 3")

    assert "place 4, entry 4: places before it are missing" in check().output


def test_a_chain_that_was_cut_off_is_found_by_the_last_verdict(tamper: Tamper) -> None:
    tamper(
        "INSERT INTO audit_verdict (checked_at, duration_ms, entries, place, hash, ok, breaks)"
        " SELECT '2026-11-01', 1, 5, position, hash, true, '[]' FROM audit_chain WHERE position = 5",
        "DELETE FROM audit_entry WHERE id > 3",
        "DELETE FROM audit_chain WHERE position > 3",
    )
    answer = check()

    assert answer.exit_code == 1
    assert "place 5: the chain was cut off or written anew since it was checked at 2026-11-01" in answer.output


def test_its_help_has_an_example() -> None:
    assert "Example: smartswitch check-audit --json" in check("--help").output
