"""Every table of every noun: sorted, narrowed, turned, with other columns, as files, and asked for what it does not give.

What a page asks the database is bounded, and does not grow with its rows.
"""

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from ..query_count import counted
from ..walls.factories import FACTORIES
from ..walls.test_every_address import World, nouns, world

__all__ = ["world"]

MANY = 12
MOST_QUERIES = 18
"""Of any table, page or form: the viewer and his rights take half of them."""
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
ORDERS = (
    "key;DROP TABLE peer", "-password", "key) UNION SELECT 1--", "1", "?", "dealer__password", "-", "--key", "pk,(SELECT 1)",
    "\x00", "key desc", "%s", "key' OR '1'='1",
)  # fmt: skip
HOSTILE = ("' OR 1=1 --", "\x00", "<script>alert(1)</script>", "9" * 40, "\ud7ff\uffff", "-1", "2026-02-30")
NAMES = sorted(FACTORIES)
OWNERS_ONLY = ("terminators", "terminator-addresses", "terminator-patterns", "address-rules")


def table_of(world: World, noun: Any) -> str:
    """The address of the table in which the object of the house stands."""
    if noun.parent is None:
        return f"/{noun.name}"
    row = world.family.tree.connection.execute(
        f"SELECT {noun.parent.field}_id AS above FROM {noun.table} WHERE id = %s", [world.object_of(noun.name, "own")]
    ).fetchone()
    return f"/{noun.parent.noun}/{row['above']}/{noun.name}"


def browser_for(world: World, name: str) -> Any:
    """Who sees such a thing at all."""
    return world.browser("owner" if name in OWNERS_ONLY else "me")


@pytest.fixture(params=NAMES)
def table(request: pytest.FixtureRequest, world: World) -> tuple[Any, Any, str]:
    """A noun, a browser, and the address of its table."""
    noun = nouns()[request.param]
    world.object_of(noun.name, "own")
    return noun, browser_for(world, noun.name), table_of(world, noun)


def test_every_column_sorts_both_ways(table: tuple[Any, Any, str]) -> None:
    noun, browser, address = table
    for column in noun.columns:
        for order in (column.name, f"-{column.name}"):
            page = browser.get(address, {"order": order})
            assert page.status_code == 200, order
            is_sorted = f'name="order" value="{order}"' in page.content.decode()
            assert is_sorted == bool(column.order), order


def test_no_order_reaches_the_database(table: tuple[Any, Any, str]) -> None:
    _noun, browser, address = table
    for order in ORDERS:
        page = browser.get(address, {"order": order})
        assert page.status_code == 200, order
        assert 'name="order"' not in page.content.decode(), order


def test_every_filter_takes_what_it_offers_and_survives_what_it_does_not(
    table: tuple[Any, Any, str], world: World
) -> None:
    noun, browser, address = table
    for name, values in offered(world, noun).items():
        for value in (*values, *HOSTILE):
            assert browser.get(address, {name: value}).status_code == 200, (name, value)
    for value in HOSTILE:
        assert browser.get(address, {"search": value, "page": value, "column": value}).status_code == 200, value


def offered(world: World, noun: Any) -> dict[str, list[str]]:
    """The filters of a table with values that they take."""
    from django.forms import ChoiceField

    choices = {}
    for each in noun.filters:
        field = each.field(
            type("Nobody", (), {"dealer_id": 0, "is_owner": True, "may": lambda *_: True, "rights": ()})()
        )
        is_choice = isinstance(field, ChoiceField)
        choices[each.name] = (
            [str(value) for value, _words in field.choices] if is_choice else ["me", "44", "2026-01-01"]
        )
    return choices


def test_columns_are_chosen_and_kept(table: tuple[Any, Any, str]) -> None:
    noun, browser, address = table
    first = noun.columns[0]
    page = browser.get(address, {"column": first.name}).content.decode()
    again = browser.get(address).content.decode()
    browser.get(address, {"column": [column.name for column in noun.columns if column.is_shown]})

    for text in (page, again):
        assert text.count(" checked>") == 1
        assert f'value="{first.name}" checked>' in text


def test_files_hold_the_table_and_no_formula(table: tuple[Any, Any, str]) -> None:
    noun, browser, address = table
    text = b"".join(browser.get(address, {"export": "csv"}).streaming_content).decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO(browser.get(address, {"export": "xlsx"}).content)).active
    rows = list(sheet.iter_rows())

    assert len(rows) >= 2
    assert text.startswith(str(next(column.label for column in noun.columns if column.is_shown)))
    assert {cell.data_type for row in rows for cell in row} <= {"s", "n", "inlineStr"}
    for line in text.splitlines():
        assert not line.startswith(("=", "@", "\t")), line


def asked_by(browser: Any, address: str) -> tuple[int, str]:
    """How many queries a page takes, and which. It was opened before: what is read once for all is read then. How a house
    looks is read again after some seconds, whatever the page."""
    browser.get(address)
    with counted() as queries:
        assert browser.get(address).status_code == 200, address
    asked = [query for query in queries if "brand_for" not in query]
    return len(asked), "\n".join(asked)


def test_what_a_table_asks_does_not_grow_with_its_rows(world: World) -> None:
    grown = []
    for name in NAMES:
        noun, pk = nouns()[name], world.object_of(name, "own")
        browser, address = browser_for(world, name), table_of(world, noun)
        few, _queries = asked_by(browser, address)
        crowd(world, noun, pk)
        many, queries = asked_by(browser, address)
        if many > few or many > MOST_QUERIES:
            grown.append(f"{address}: {few}, then {many}\n{queries}")

    assert grown == [], "\n".join(grown)


def crowd(world: World, noun: Any, pk: int) -> None:
    """Put MANY more rows into the table in which a row stands."""
    if noun.parent is not None:
        copy_row(world, noun.table, pk)
        return
    for number in range(MANY):
        if noun.name == "dealers":
            world.family.tree.dealer(f"crowd-{number}", world.family.dealers["own"])
        else:
            FACTORIES[noun.name](world.family, world.family.dealers["own"], f"{noun.name}-crowd-{number}")


DIFFERENT = {
    "price": "'code', '44' || n", "route": "'code', '44' || n", "holiday": "'day', r.day + n",
    "time_band": "'name', r.name || n", "webhook_delivery": "'subject', r.subject || n",
}  # fmt: skip
"""What of a row its copies may not share."""


def copy_row(world: World, table: str, pk: int) -> None:
    """Put MANY more of the same row beside it."""
    world.family.run(
        "INSERT INTO {table} SELECT (jsonb_populate_record(r, jsonb_build_object("
        "'id', nextval(pg_get_serial_sequence('{table}', 'id')), {different}))).*"
        " FROM {table} AS r CROSS JOIN generate_series(1, %s) AS n WHERE r.id = %s".format(
            table=table, different=DIFFERENT.get(table, "'id', nextval(pg_get_serial_sequence('" + table + "', 'id'))")
        ),
        MANY, pk,
    )  # fmt: skip


def test_pages_and_forms_ask_little(world: World) -> None:
    greedy = []
    for name in NAMES:
        noun, pk, browser = nouns()[name], world.object_of(name, "own"), browser_for(world, name)
        inside = f"/{name}" if noun.parent is None else table_of(world, noun)
        found = [f"/{name}/{pk}"] if noun.parent is None and noun.has_page else []
        found += [f"{inside}/new"] if noun.add_form is not None and name != "exchange-rates" else []
        found += [f"/{name}/{pk}/change"] if noun.change_form is not None and name != "exchange-rates" else []
        for address in found:
            count, queries = asked_by(browser, address)
            if count > MOST_QUERIES:
                greedy.append(f"{address}: {count}\n{queries}")

    assert greedy == [], "\n".join(greedy)
