"""Prices: what has been in force is ended and followed, never changed; what is planned may be taken away."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ..house import Browse, House
from .conftest import Pack

LATER = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)


def typed(moment: datetime) -> str:
    """A moment as City, whose zone is UTC, types it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def form(**values: str) -> dict[str, str]:
    """The form of a price, filled in."""
    return {"price_per_minute": "0.02", **values}


def test_a_new_price_is_in_force_at_once(browse: Browse, pack: Pack) -> None:
    answer = browse("city").post(
        f"/packs/{pack.id}/prices/new",
        form(code="+4479", connect_fee="0.01", min_s="30", increment_s="6", first_price_per_minute="0.03"),
    )
    (row,) = pack.rows("4479")

    assert answer.status_code == 302, answer.content.decode()
    assert (row["price_per_minute"], row["first_price_per_minute"], row["connect_fee"]) == (
        2_000_000,
        3_000_000,
        1_000_000,
    )
    assert (row["min_s"], row["increment_s"], row["free_s"], row["grace_s"], row["band"]) == (30, 6, 0, None, None)
    assert row["valid_to"] is None
    assert abs((row["valid_from"] - datetime.now(UTC)).total_seconds()) < 60


def test_a_price_in_force_ends_where_the_new_one_begins(browse: Browse, pack: Pack) -> None:
    old = pack.price("44", 1_000_000, min_s=60, increment_s=60, connect_fee=500_000)
    answer = browse("city").post(f"/prices/{old}/edit", form(connect_fee="0.005", min_s="60", increment_s="60"))
    before, after = pack.rows("44")

    assert answer.status_code == 200
    assert (before["id"], before["price_per_minute"], before["valid_from"]) == (old, 1_000_000, None)
    assert before["valid_to"] == after["valid_from"]
    assert (after["price_per_minute"], after["first_price_per_minute"]) == (2_000_000, 2_000_000)
    assert (after["min_s"], after["increment_s"], after["connect_fee"], after["valid_to"]) == (60, 60, 500_000, None)


def test_what_the_row_form_does_not_show_stays_as_it_was(browse: Browse, pack: Pack) -> None:
    old = pack.price("44", 1_000_000, free_s=5, grace_s=3, valid_to=LATER)
    browse("city").post(f"/prices/{old}/edit", form(min_s="1", increment_s="1"))
    after = pack.rows("44")[-1]

    assert (after["free_s"], after["grace_s"], after["valid_to"]) == (5, 3, LATER)


def test_a_planned_price_ends_the_present_one_when_its_moment_comes(browse: Browse, pack: Pack) -> None:
    old = pack.price("44", 1_000_000)
    page = browse("city").post(f"/prices/{old}/edit", form(valid_from=typed(LATER))).content.decode()
    before, after = pack.rows("44")

    assert (before["valid_to"], after["valid_from"]) == (LATER, LATER)
    assert re.findall(r'<tr id="prices-(\d+)"', page) == [str(old), str(after["id"])]


def test_a_planned_price_is_replaced_and_never_was(browse: Browse, pack: Pack) -> None:
    pack.price("44", 1_000_000, valid_to=LATER)
    planned = pack.price("44", 3_000_000, valid_from=LATER)
    browse("city").post(f"/prices/{planned}/edit", form(valid_from=typed(LATER)))
    rows = pack.rows("44")

    assert [(row["price_per_minute"], row["valid_from"]) for row in rows] == [(1_000_000, None), (2_000_000, LATER)]
    assert rows[0]["valid_to"] == LATER


def test_a_price_planned_for_later_stays_planned(browse: Browse, pack: Pack) -> None:
    old = pack.price("44", 1_000_000, valid_to=LATER)
    pack.price("44", 3_000_000, valid_from=LATER)
    browse("city").post(f"/prices/{old}/change", form())
    rows = pack.rows("44")

    assert [row["price_per_minute"] for row in rows] == [1_000_000, 2_000_000, 3_000_000]
    assert (rows[2]["valid_from"], rows[2]["valid_to"]) == (LATER, None)


def test_a_price_with_an_end_lies_above_one_that_lasts_longer(browse: Browse, pack: Pack) -> None:
    old = pack.price("44", 1_000_000)
    until = LATER + timedelta(days=7)
    browse("city").post(f"/prices/{old}/change", form(valid_from=typed(LATER), valid_to=typed(until)))
    before, after = pack.rows("44")

    assert before["valid_to"] is None
    assert (after["valid_from"], after["valid_to"]) == (LATER, until)


def test_a_moment_that_is_past_is_refused_and_nothing_moves(browse: Browse, pack: Pack) -> None:
    old = pack.price("44", 1_000_000)
    yesterday = typed(datetime.now(UTC) - timedelta(days=1))
    answer = browse("city").post(f"/prices/{old}/edit", form(valid_from=yesterday))
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "This is past." in page
    assert 'value="0.02"' in page
    assert [row["id"] for row in pack.rows("44")] == [old]
    assert pack.rows("44")[0]["valid_to"] is None


def test_a_minute_ago_is_now(browse: Browse, pack: Pack) -> None:
    old = pack.price("44", 1_000_000)
    moment = datetime.now(UTC) - timedelta(seconds=20)
    browse("city").post(f"/prices/{old}/edit", form(valid_from=typed(moment)))
    before, after = pack.rows("44")

    assert before["valid_to"] == after["valid_from"] > moment


def test_the_end_must_be_after_the_beginning(browse: Browse, pack: Pack) -> None:
    old = pack.price("44", 1_000_000)
    answer = browse("city").post(f"/prices/{old}/change", form(valid_from=typed(LATER), valid_to=typed(LATER)))

    assert answer.status_code == 422
    assert "The end must be after the beginning." in answer.content.decode()
    assert len(pack.rows("44")) == 1


def test_who_may_not_activate_may_plan(house: House, browse: Browse, pack: Pack) -> None:
    old = pack.price("44", 1_000_000)
    city = house.seeded.dealers["city"]
    house.run("DELETE FROM right_grant WHERE \"right\" = 'packs.activate' AND dealer_id = %s", city)
    try:
        clerk = browse("city")
        now = clerk.post(f"/prices/{old}/edit", form())
        whole_form = clerk.post(f"/prices/{old}/change", form())
        deleted = clerk.post(f"/prices/{old}/delete")
        left = pack.rows("44")
        later = clerk.post(f"/prices/{old}/edit", form(valid_from=typed(LATER)))
    finally:
        house.run("INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'packs.activate')", city)

    assert (now.status_code, whole_form.status_code, deleted.status_code) == (422, 403, 403)
    assert "You may plan prices, but not put them in force" in now.content.decode()
    assert [(row["id"], row["valid_to"]) for row in left] == [(old, None)]
    assert later.status_code == 200
    assert [row["valid_from"] for row in pack.rows("44")] == [None, LATER]


def test_deleting_ends_what_is_in_force_and_takes_away_what_is_planned(browse: Browse, pack: Pack) -> None:
    present, planned = pack.price("44", 1_000_000), pack.price("44", 2_000_000, valid_from=LATER)
    clerk = browse("city")
    clerk.post(f"/prices/{planned}/delete")
    clerk.post(f"/prices/{present}/delete")
    (row,) = pack.rows("44")

    assert row["id"] == present
    assert row["valid_to"] <= datetime.now(UTC)


@pytest.mark.parametrize("page", ["edit", "change", "delete"])
def test_what_has_ended_stays_as_it_was(browse: Browse, pack: Pack, page: str) -> None:
    ended = pack.price("44", 1_000_000, valid_to=datetime.now(UTC) - timedelta(days=1))
    before = pack.rows("44")

    assert browse("city").post(f"/prices/{ended}/{page}", form()).status_code == 404
    assert pack.rows("44") == before


def test_a_band_without_a_price_would_stop_every_call_of_the_pack(browse: Browse, pack: Pack) -> None:
    pack.band("peak", weekdays=[1, 2, 3, 4, 5], start=480, end=1200)
    clerk = browse("city")
    alone = clerk.post(f"/packs/{pack.id}/prices/new", form(code="44", band="peak"))
    left = pack.rows("44")
    always = clerk.post(f"/packs/{pack.id}/prices/new", form(code="44"))
    peak = clerk.post(f"/packs/{pack.id}/prices/new", form(code="44", band="peak", price_per_minute="0.05"))
    always_row = next(row for row in pack.rows("44") if row["band"] is None)
    ended = clerk.post(f"/prices/{always_row['id']}/delete")

    assert (alone.status_code, left) == (422, [])
    assert "code 44 has no price for the time outside all bands" in alone.content.decode()
    assert (always.status_code, peak.status_code) == (302, 302)
    assert ended.status_code == 422
    assert {(row["band"], row["price_per_minute"], row["valid_to"]) for row in pack.rows("44")} == {
        (None, 2_000_000, None),
        ("peak", 5_000_000, None),
    }


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("code", "1234567890123456", "A code is 1 to 15 digits"),
        ("code", "44a", "A code is 1 to 15 digits"),
        ("code", "٤٤", "A code is 1 to 15 digits"),
        ("code", "", "This field is required"),
        ("price_per_minute", "-1", "This may not be less than zero."),
        ("price_per_minute", "1e3", "is not a number with at most 8 decimals"),
        ("price_per_minute", "NaN", "is not a number with at most 8 decimals"),
        ("price_per_minute", "0,02", "is not a number with at most 8 decimals"),
        ("price_per_minute", "0.000000001", "is not a number with at most 8 decimals"),
        ("price_per_minute", "9" * 30, "is not a number with at most 8 decimals"),
        ("price_per_minute", "<script>", "is not a number with at most 8 decimals"),
        ("connect_fee", "1" * 200, "This number is too long."),
        ("min_s", "-1", "greater than or equal to 0"),
        ("min_s", "1e3", "Enter a whole number"),
        ("increment_s", "0", "greater than or equal to 1"),
        ("increment_s", "99999999999", "less than or equal to"),
        ("grace_s", "x", "Enter a whole number"),
        ("band", "night", "Select a valid choice"),
        ("valid_from", "tomorrow", "Enter a valid date/time"),
        ("valid_to", "9999-12-31T23:59:59", "Give a year from 1970 to 2999."),
    ],
)
def test_each_mistake_is_named_at_its_field(browse: Browse, pack: Pack, field: str, value: str, words: str) -> None:
    answer = browse("city").post(f"/packs/{pack.id}/prices/new", form(code="44") | {field: value})
    page = answer.content.decode()
    place = page[page.index(f'id="field-{field}"') :]

    assert answer.status_code == 422
    assert words in place[: place.index("form-hint")]
    assert pack.rows("44") == []


def test_in_german_or_russian_a_comma_is_the_point(browse: Browse, pack: Pack) -> None:
    client = browse("city", **{"accept-language": "ru"})
    client.post(f"/packs/{pack.id}/prices/new", form(code="44", price_per_minute="0,025"))

    assert [row["price_per_minute"] for row in pack.rows("44")] == [2_500_000]


def test_the_form_stands_in_the_place_of_the_row_and_goes_again(browse: Browse, pack: Pack) -> None:
    price = pack.price("44", 1_000_000)
    clerk = browse("city")
    table = clerk.get(f"/packs/{pack.id}/prices").content.decode()
    form_row = clerk.get(f"/prices/{price}/edit").content.decode()
    row = clerk.get(f"/prices/{price}/row").content.decode()

    assert f'hx-get="/prices/{price}/edit"' in table
    assert form_row.startswith(f'<tr id="prices-{price}" class="row-edit">')
    assert 'name="price_per_minute" value="0.01"' in form_row
    assert f'hx-get="/prices/{price}/row"' in form_row
    assert row.strip().startswith(f'<tr id="prices-{price}">')
    assert "style=" not in form_row


@pytest.mark.parametrize("page", ["", "/edit", "/row", "/change", "/delete"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_sibling_finds_no_price(browse: Browse, pack: Pack, page: str, method: str) -> None:
    price = pack.price("44", 1_000_000)
    before = pack.rows("44")

    assert getattr(browse("south"), method)(f"/prices/{price}{page}").status_code in (404, 405)
    assert pack.rows("44") == before


def test_the_history_of_a_code_is_one_page(browse: Browse, pack: Pack) -> None:
    ended = pack.price("44", 1_000_000, valid_to=datetime(2026, 1, 2, tzinfo=UTC))
    pack.price("44", 2_000_000, valid_from=datetime(2026, 1, 2, tzinfo=UTC), valid_to=LATER)
    pack.price("44", 3_000_000, valid_from=LATER)
    pack.price("4479", 9_000_000)
    page = browse("city").get(f"/prices/{ended}").content.decode()

    assert re.findall(r">(0\.0[1-9]) <", page)[::2] == ["0.03", "0.02", "0.01"]
    assert page.index("planned") < page.index("in force") < page.index(">ended<")
    assert "0.09" not in page


def test_every_change_is_in_the_audit(house: House, browse: Browse, pack: Pack) -> None:
    old = pack.price("44", 1_000_000)
    browse("city").post(f"/prices/{old}/edit", form())
    new = pack.rows("44")[-1]["id"]
    seen: Any = house.row(
        "SELECT array_agg(action || ' ' || row_id ORDER BY id) AS what FROM audit_entry"
        " WHERE table_name = 'price' AND row_id IN (%s, %s) AND origin = 'web'",
        str(old), str(new),
    )  # fmt: skip

    assert seen["what"] == [f"update {old}", f"insert {new}"]
