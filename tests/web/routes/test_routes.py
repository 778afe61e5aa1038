"""Route classes, routes and hunting classes: what is typed, what is stored, and who sees what is shared."""

from collections.abc import Iterator
from typing import Any

import pytest

from ..house import Browse, House

ROUTE = {
    "code": "44",
    "terminator": "carrier",
    "priority": "5",
    "weight": "60",
    "week_minutes": "Mon-Fri 08:00-18:00",
    "call_limit": "30",
}
HUNTING = {
    "key": "quality",
    "name": "Quality first",
    "metric_1": "asr",
    "metric_2": "acd",
    "metric_3": "price",
    "mode": "rounded",
    "price_step": "0.001",
    "ratio_step_percent": "5",
    "max_attempts": "3",
    "stop_codes": "603, 486",
    "pdd_timeout_s": "8",
}


@pytest.fixture
def premium(house: House) -> Iterator[int]:
    """A route class of the owner's with a route to his carrier for 44."""
    row = house.row(
        "INSERT INTO route_class (key, name, dealer_id) VALUES ('premium', 'Premium', %s) RETURNING id",
        house.seeded.dealers["owner"],
    )
    house.run(
        "INSERT INTO route (route_class_id, code, terminator_id)"
        " SELECT %s, '44', id FROM peer WHERE key = 'carrier'",
        row["id"],
    )  # fmt: skip
    yield row["id"]
    house.run("DELETE FROM shared WHERE noun = 'route_class' AND object_id = %s", row["id"])
    house.run("UPDATE route_class SET base_class_id = NULL WHERE base_class_id = %s", row["id"])
    house.run("DELETE FROM route WHERE route_class_id = %s", row["id"])
    house.run("DELETE FROM route_class WHERE id = %s", row["id"])


@pytest.fixture
def own_class(house: House) -> Iterator[int]:
    """An empty route class of City's."""
    row = house.row(
        "INSERT INTO route_class (key, dealer_id) VALUES ('city-routes', %s) RETURNING id", house.seeded.dealers["city"]
    )
    yield row["id"]
    house.run("DELETE FROM route WHERE route_class_id = %s", row["id"])
    house.run("DELETE FROM route_class WHERE id = %s", row["id"])


def share(house: House, route_class: int, dealer: str) -> None:
    """Share a class with a dealer and all below."""
    house.run(
        "INSERT INTO shared (noun, object_id, with_dealer_id) VALUES ('route_class', %s, %s)",
        route_class, house.seeded.dealers[dealer],
    )  # fmt: skip


@pytest.fixture
def sees_common(house: House) -> Iterator[None]:
    """North and City may see what is shared with them."""
    right = "INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'routes.see_common') ON CONFLICT DO NOTHING"
    dealers = [house.seeded.dealers[key] for key in ("north", "city")]
    before = house.row(
        "SELECT count(*) AS n FROM right_grant WHERE \"right\" = 'routes.see_common' AND dealer_id = ANY (%s)", dealers
    )["n"]
    for dealer in dealers:
        house.run(right, dealer)
    yield
    if not before:
        house.run("DELETE FROM right_grant WHERE \"right\" = 'routes.see_common' AND dealer_id = ANY (%s)", dealers)


def test_the_owner_makes_a_route(house: House, browse: Browse, premium: int) -> None:
    answer = browse("owner").post(f"/route-classes/{premium}/routes/new", ROUTE)
    row = house.row(
        "SELECT code, terminator_id, weight, call_limit, calls_per_second_limit, is_blocked, week_minutes FROM route"
        " WHERE route_class_id = %s AND priority = 5",
        premium,
    )
    carrier = house.row("SELECT id FROM peer WHERE key = 'carrier'")["id"]
    page = browse("owner").get(f"/route-classes/{premium}/routes").content.decode()

    assert answer.status_code == 302, answer.content.decode()
    assert (row["code"], row["terminator_id"], row["weight"], row["call_limit"]) == ("44", carrier, 60, 30)
    assert (row["is_blocked"], row["calls_per_second_limit"]) == (False, None)
    assert [(part.lower, part.upper) for part in row["week_minutes"]] == [
        (day * 1440 + 480, day * 1440 + 1080) for day in range(5)
    ]
    assert "Mon-Fri 08:00-18:00" in page
    assert ">Carrier" in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("code", "44x", "A code is 1 to 15 digits"),
        ("code", "1" * 17, "A code is 1 to 15 digits"),
        ("terminator", "nobody", "There is no nobody here."),
        ("terminator", "shop-phone", "There is no shop-phone here."),
        ("terminator", "", "This field is required."),
        ("priority", "1e3", "Enter a whole number."),
        ("priority", "-1", "greater than or equal to 0"),
        ("weight", "0", "greater than or equal to 1"),
        ("weight", "101", "less than or equal to 100"),
        ("call_limit", "NaN", "Enter a whole number."),
        ("week_minutes", "always", "is not a time of the week"),
        ("week_minutes", "Mon 25:00-26:00", "is not a time of the week"),
        ("week_minutes", "Funday 08:00-09:00", "is not a time of the week"),
        ("week_minutes", "<b>", "is not a time of the week"),
        ("week_minutes", ",".join(["Mon 08:00-09:00"] * 51), "too many"),
    ],
)
def test_a_mistake_of_a_route_is_named(
    house: House, browse: Browse, premium: int, field: str, value: str, words: str
) -> None:
    answer = browse("owner").post(f"/route-classes/{premium}/routes/new", ROUTE | {field: value})
    page = answer.content.decode()
    place = page[page.index(f'id="field-{field}"') :]

    assert answer.status_code == 422
    assert words in place[: place.index("form-hint")]
    assert house.row("SELECT count(*) AS n FROM route WHERE route_class_id = %s", premium)["n"] == 1


def test_the_end_of_a_route_must_be_after_its_beginning(house: House, browse: Browse, premium: int) -> None:
    typed = ROUTE | {"valid_from": "2027-01-02T00:00:00", "valid_to": "2027-01-01T00:00:00"}
    answer = browse("owner").post(f"/route-classes/{premium}/routes/new", typed)

    assert answer.status_code == 422
    assert "The end must be after the beginning." in answer.content.decode()
    assert house.row("SELECT count(*) AS n FROM route WHERE route_class_id = %s", premium)["n"] == 1


def test_a_route_is_changed_and_deleted(house: House, browse: Browse, premium: int) -> None:
    client = browse("owner")
    route = house.row("SELECT id FROM route WHERE route_class_id = %s", premium)["id"]
    form = client.get(f"/routes/{route}/change").content.decode()
    changed = client.post(f"/routes/{route}/change", ROUTE | {"code": "", "week_minutes": "", "is_blocked": "on"})
    row = house.row("SELECT code, week_minutes, is_blocked, weight FROM route WHERE id = %s", route)
    deleted = client.post(f"/routes/{route}/delete")

    assert 'name="terminator" value="carrier"' in form
    assert (changed.status_code, deleted.status_code) == (302, 302)
    assert row == {"code": "", "week_minutes": None, "is_blocked": True, "weight": 60}
    assert house.row("SELECT count(*) AS n FROM route WHERE route_class_id = %s", premium)["n"] == 0


def test_a_dealer_names_only_terminators_that_he_sees(house: House, browse: Browse, own_class: int) -> None:
    page = browse("city").get(f"/route-classes/{own_class}/routes/new").content.decode()
    answer = browse("city").post(f"/route-classes/{own_class}/routes/new", ROUTE)

    assert "carrier" not in page
    assert answer.status_code == 422
    assert "There is no carrier here." in answer.content.decode()
    assert house.row("SELECT count(*) AS n FROM route WHERE route_class_id = %s", own_class)["n"] == 0


def test_what_is_shared_is_read_only_and_needs_its_right(
    house: House, browse: Browse, premium: int, sees_common: None
) -> None:
    share(house, premium, "north")
    clerk = browse("city")
    route = house.row("SELECT id FROM route WHERE route_class_id = %s", premium)["id"]
    table = clerk.get("/route-classes").content.decode()
    routes = clerk.get(f"/route-classes/{premium}/routes").content.decode()
    statuses = [
        clerk.post(address, ROUTE).status_code
        for address in (
            f"/route-classes/{premium}/change",
            f"/route-classes/{premium}/delete",
            f"/route-classes/{premium}/routes/new",
            f"/routes/{route}/change",
            f"/routes/{route}/delete",
        )
    ]
    city = house.seeded.dealers["city"]
    house.run("DELETE FROM right_grant WHERE \"right\" = 'routes.see_common' AND dealer_id = %s", city)
    blind = browse("city")

    assert "shared with you" in table
    assert "a terminator above" in routes
    assert "Carrier" not in routes
    assert f"/routes/{route}/change" not in routes
    assert statuses == [404] * 5
    assert "Premium" not in blind.get("/route-classes").content.decode()
    assert blind.get(f"/route-classes/{premium}").status_code == 404
    assert blind.get(f"/route-classes/{premium}/routes").status_code == 404
    assert "premium" not in blind.get("/suggest/route-classes?field=base_class&base_class=p").content.decode()
    assert house.row("SELECT count(*) AS n FROM route WHERE route_class_id = %s", premium)["n"] == 1


def test_a_shared_class_may_be_a_base(
    house: House, browse: Browse, premium: int, own_class: int, sees_common: None
) -> None:
    before = browse("city").post(f"/route-classes/{own_class}/change", {"base_class": "premium"})
    share(house, premium, "city")
    after = browse("city").post(f"/route-classes/{own_class}/change", {"name": "Mine", "base_class": "premium"})
    row = house.row("SELECT name, base_class_id FROM route_class WHERE id = %s", own_class)

    assert (before.status_code, after.status_code) == (422, 302)
    assert row == {"name": "Mine", "base_class_id": premium}


def test_base_classes_do_not_lead_back(house: House, browse: Browse, premium: int) -> None:
    client = browse("owner")
    client.post("/route-classes/new", {"key": "cheap", "base_class": "premium"})
    cheap = house.row("SELECT id, base_class_id FROM route_class WHERE key = 'cheap'")
    round_trip = client.post(f"/route-classes/{premium}/change", {"base_class": "cheap"})
    itself = client.post(f"/route-classes/{premium}/change", {"base_class": "premium"})
    used = client.post(f"/route-classes/{premium}/delete")
    left = house.row("SELECT base_class_id FROM route_class WHERE id = %s", premium)
    house.run("DELETE FROM route_class WHERE key = 'cheap'")

    assert cheap["base_class_id"] == premium
    assert (round_trip.status_code, itself.status_code, used.status_code) == (422, 422, 422)
    assert "The base classes would lead back to this one" in round_trip.content.decode()
    assert left == {"base_class_id": None}


def test_a_class_goes_with_its_routes_and_shares(house: House, browse: Browse, premium: int) -> None:
    share(house, premium, "north")
    answer = browse("owner").post(f"/route-classes/{premium}/delete")
    left: Any = house.row(
        "SELECT (SELECT count(*) FROM route WHERE route_class_id = %(id)s) AS routes,"
        " (SELECT count(*) FROM shared WHERE noun = 'route_class' AND object_id = %(id)s) AS shares".replace(
            "%(id)s", str(premium)
        )
    )

    assert answer.status_code == 302
    assert left == {"routes": 0, "shares": 0}


def test_a_whole_number_finds_the_routes_that_match(house: House, browse: Browse, premium: int) -> None:
    client = browse("owner")
    client.post(f"/route-classes/{premium}/routes/new", ROUTE | {"code": "", "priority": "77"})
    client.post(f"/route-classes/{premium}/routes/new", ROUTE | {"code": "49", "priority": "78"})
    page = client.get(f"/route-classes/{premium}/routes?search=%2B447911123456").content.decode()

    assert page.count('<tr id="routes-') == 2
    assert "every number" in page


def test_hunting_goes_by_metrics_in_order(house: House, browse: Browse) -> None:
    answer = browse("city").post("/hunting-classes/new", HUNTING)
    row = house.row("SELECT * FROM hunting_class WHERE key = 'quality'")
    form = browse("city").get(f"/hunting-classes/{row['id']}/change").content.decode()
    changed = browse("city").post(f"/hunting-classes/{row['id']}/change", HUNTING | {"metric_2": "", "stop_codes": ""})
    after = house.row("SELECT metrics, stop_codes FROM hunting_class WHERE key = 'quality'")
    house.run("DELETE FROM hunting_class WHERE key = 'quality'")

    assert answer.status_code == 302, answer.content.decode()
    assert row["dealer_id"] == house.seeded.dealers["city"]
    assert (row["metrics"], row["mode"], row["stop_codes"]) == (["asr", "acd", "price"], "rounded", [486, 603])
    assert (row["price_step"], row["ratio_step_percent"], row["max_attempts"], row["pdd_timeout_s"]) == (
        100_000,
        5,
        3,
        8,
    )
    assert '<option value="acd" selected>' in form
    assert changed.status_code == 302
    assert after == {"metrics": ["asr", "price"], "stop_codes": []}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("metric_1", "", "This field is required."),
        ("metric_2", "asr", "This metric is chosen already."),
        ("metric_6", "luck", "Select a valid choice"),
        ("mode", "loose", "Select a valid choice"),
        ("price_step", "-0.1", "This may not be less than zero."),
        ("ratio_step_percent", "101", "less than or equal to 100"),
        ("max_attempts", "0", "greater than or equal to 1"),
        ("pdd_timeout_s", "1e9", "Enter a whole number."),
        ("stop_codes", "busy", "SIP statuses of three digits"),
        ("stop_codes", "200", "from 400 to 699"),
        ("stop_codes", "486;603", "SIP statuses of three digits"),
    ],
)
def test_a_mistake_of_a_hunting_class_is_named(
    house: House, browse: Browse, field: str, value: str, words: str
) -> None:
    answer = browse("city").post("/hunting-classes/new", HUNTING | {field: value})
    page = answer.content.decode()
    place = page[page.index(f'id="field-{field}"') :]

    assert answer.status_code == 422
    assert words in place[: place.index('<div class="field', 10) if '<div class="field' in place[10:] else None]
    assert house.row("SELECT count(*) AS n FROM hunting_class WHERE key = 'quality'")["n"] == 0


def test_a_hunting_class_that_is_used_stays(house: House, browse: Browse) -> None:
    browse("city").post("/hunting-classes/new", HUNTING)
    row = house.row("SELECT id FROM hunting_class WHERE key = 'quality'")
    house.run("UPDATE dealer SET hunting_class_id = %s WHERE key = 'city'", row["id"])
    answer = browse("city").post(f"/hunting-classes/{row['id']}/delete")
    stranger = browse("south").get(f"/hunting-classes/{row['id']}")
    house.run("UPDATE dealer SET hunting_class_id = NULL WHERE key = 'city'")
    house.run("DELETE FROM hunting_class WHERE key = 'quality'")

    assert answer.status_code == 422
    assert stranger.status_code == 404


@pytest.mark.parametrize("address", ["/route-classes", "/hunting-classes", "/packs", "/exchange-rates"])
def test_a_table_asks_few_questions(browse: Browse, premium: int, address: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = browse("owner")
    with CaptureQueriesContext(connection) as asked:
        client.get(address)

    assert len(asked) <= 12
