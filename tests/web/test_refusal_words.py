"""A write that the database refuses is refused in words, in the reader's language, whichever rule it was."""

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from .house import House

WEB = Path(__file__).parents[2] / "src/smartswitch/web"
RAISED = re.compile(r"ERRCODE = 'check_violation', CONSTRAINT = '(\w+)'")
ENGLISH = re.compile(r"[A-Za-z]{2,}")


def rules_of_the_tables(url: str) -> set[str]:
    """The checks of all tables that services write to, and of what their triggers raise. The ledger is not theirs."""
    from smartswitch.web.nouns.registry import load_nouns

    tables = {noun.table for noun in load_nouns().values()} | {"balance", "terminator", "right_grant", "role_right"}
    tables -= {"ledger_transfer"}
    with psycopg.connect(url) as session:
        checks = session.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = ANY (%s::text[]::regclass[])",
            [sorted(tables)],
        ).fetchall()
    raised = {name for file in WEB.rglob("*.sql") for name in RAISED.findall(file.read_text(encoding="utf-8"))}
    return {row[0] for row in checks} | raised


def test_every_rule_has_words(house: House) -> None:
    from django.utils import translation

    from smartswitch.web.nouns.rule_words import RULES, rule_in_words

    rules = rules_of_the_tables(house.url)
    with translation.override("ru"):
        said = {rule: str(rule_in_words(rule) or "") for rule in rules}

    assert len(rules) > 60
    assert [rule for rule, words in said.items() if not words] == []
    assert [(rule, words) for rule, words in said.items() if set(ENGLISH.findall(words)) - {"USD"}] == []
    assert set(RULES) - rules <= {"brand_logo_has_a_type_and_a_size"}


@pytest.mark.parametrize(("statement", "said"), [
    ("INSERT INTO price (pack_id, code, price_per_minute, first_price_per_minute, increment_s)"
     " SELECT id, '99', 1, 1, 0 FROM billing_pack", "Секунды не могут быть меньше нуля, а шаг — меньше одной секунды."),
    ("UPDATE dealer SET currency = 'usd'", "Валюта записывается тремя прописными латинскими буквами, например USD."),
    ("INSERT INTO right_grant (dealer_id, \"right\") SELECT dealer_id, \"right\" FROM right_grant", "Такое уже есть."),
    ("ALTER TABLE did ADD CONSTRAINT odd CHECK (false) NOT VALID; UPDATE did SET number = number;"
     " INSERT INTO did (number, peer_id, dealer_id) SELECT '4420', id, dealer_id FROM peer LIMIT 1",
     "Правило базы данных этого не допускает. Сообщите оператору: odd"),
    ("UPDATE peer SET pack_id = 999999; SET CONSTRAINTS ALL IMMEDIATE",
     "Это ещё используется или называет то, чего нет (Пиры, Терминаторы)."),
    ("DELETE FROM billing_pack; SET CONSTRAINTS ALL IMMEDIATE", None),
])  # fmt: skip
def test_a_refusal_that_nobody_foresaw_is_in_russian(house: House, statement: str, said: str | None) -> None:
    from django.utils import translation

    with translation.override("ru"):
        refused = refusal_of(house, statement)

    if said is not None:
        assert refused == said
    assert ENGLISH.findall(refused) in ([], ["USD"], ["odd"])


def refusal_of(house: House, statement: str) -> str:
    """What a service would answer to a statement, made as the schema's owner."""
    from django.db import connection, transaction

    from smartswitch.web.nouns.writing import OF_THE_WHOLE, Refused, refusing

    from .house import web_account_at

    with web_account_at(house.url, role=None), transaction.atomic():
        try:
            with refusing({}), connection.cursor() as cursor:
                cursor.execute(statement)
        except Refused as refused:
            problems: dict[str, Any] = refused.problems
            transaction.set_rollback(True)
            return str(problems[OF_THE_WHOLE])
    raise AssertionError("it was not refused")
