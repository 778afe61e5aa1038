"""`smartswitch login add` in a new installation: the first login of the owner makes the owner, once."""

import json
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from smartswitch.cli.main import smartswitch


@pytest.fixture
def add(database: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The command before an empty database."""
    monkeypatch.setenv("SMARTSWITCH_DATABASE_URL", database.url)

    def run(*words: str) -> Result:
        return CliRunner().invoke(smartswitch, ["login", "add", *words, "--json"])

    return run


def rows(database: Any, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.url) as connection:
        return connection.execute(statement).fetchall()


DEALERS = """
SELECT d.key, d.currency, d.parent_id, r.key, b.credit_limit FROM dealer AS d JOIN balance AS b ON b.id = d.balance_id
LEFT JOIN route_class AS r ON r.id = d.route_class_id
"""


def test_the_first_login_makes_the_owner(database: Any, add: Any) -> None:
    answer = add("anna", "--dealer", "owner", "--currency", "EUR")

    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.output)["login"] == "anna"
    assert rows(database, DEALERS) == [("owner", "EUR", None, "common", None)]


def test_a_second_login_leaves_the_owner_as_he_is(database: Any, add: Any) -> None:
    add("anna", "--dealer", "owner", "--currency", "EUR")

    assert add("boris", "--dealer", "owner").exit_code == 0
    assert rows(database, DEALERS) == [("owner", "EUR", None, "common", None)]
    assert rows(database, "SELECT username FROM login ORDER BY 1") == [("anna",), ("boris",)]


@pytest.mark.parametrize("words", [("--dealer", "north"), ("--dealer", "owner", "--currency", "money")])
def test_what_cannot_be_made_is_refused_and_nothing_is_made(database: Any, add: Any, words: tuple[str, ...]) -> None:
    assert add("anna", *words).exit_code == 2
    assert rows(database, "SELECT (SELECT count(*) FROM dealer), (SELECT count(*) FROM login)") == [(0, 0)]
