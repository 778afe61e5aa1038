"""Acting for a dealer below: with its rights at most, for a while, seen on every page, audited as the person's own doing."""

from datetime import UTC, datetime, timedelta
from typing import Any

from smartswitch.web.login.acting import SESSION_KEY

from ..house import Browse, House


def entries(house: House) -> list[dict[str, Any]]:
    row = house.row(
        "SELECT COALESCE(jsonb_agg(to_jsonb(a) ORDER BY id), '[]') AS entries FROM audit_entry AS a"
        " WHERE action LIKE 'act_for%%'"
    )
    return row["entries"]


def test_a_person_acts_for_a_dealer_below_and_stops(house: House, browse: Browse) -> None:
    ids, client, before = house.seeded.dealers, browse("north"), len(entries(house))
    begun = client.post(f"/dealers/{ids['city']}/act-for")
    acting = client.get("/").content.decode()
    dealers = client.get("/dealers").content.decode()
    stopped = client.post("/act-for/stop")
    own = client.get("/").content.decode()
    first, second = entries(house)[before:]

    assert (begun.status_code, stopped.status_code) == (302, 302)
    assert stopped.headers["Location"] == f"/dealers/{ids['city']}"
    assert "You act for City Net until" in acting
    assert 'action="/act-for/stop"' in acting
    assert "North Communications" not in dealers
    assert "acting-banner" not in own
    for entry in (first, second):
        assert (entry["table_name"], entry["row_id"]) == ("dealer", str(ids["city"]))
        assert (entry["dealer_id"], entry["by_dealer_id"]) == (ids["city"], ids["north"])
        assert entry["actor"].startswith("north-")
    assert (first["action"], first["acting_for"]) == ("act_for", None)
    assert (second["action"], second["acting_for"]) == ("act_for_end", "city")
    assert first["after"]["until"] > second["after"]["until"]


def test_what_is_done_meanwhile_stands_under_ones_own_dealer_too(house: House, browse: Browse) -> None:
    ids, client = house.seeded.dealers, browse("north")
    client.post(f"/dealers/{ids['city']}/act-for")
    same = {"name": "City Net!", "time_zone": "UTC", "profit_control": "allow_losses"}
    client.post(f"/dealers/{ids['city']}/change", same)
    client.post("/act-for/stop")
    house.run("UPDATE dealer SET name = 'City Net' WHERE key = 'city'")
    entry = house.row(
        "SELECT * FROM audit_entry WHERE table_name = 'dealer' AND after ->> 'name' = 'City Net!' ORDER BY id DESC"
    )

    assert (entry["by_dealer_id"], entry["acting_for"], entry["dealer_id"]) == (ids["north"], "city", ids["city"])


def test_the_dealer_acted_for_does_not_see_it_in_its_audit_log(house: House, browse: Browse) -> None:
    """Row-level security shows changes made by oneself and by those below, and this one was made above."""
    import psycopg

    client = browse("north")
    client.post(f"/dealers/{house.seeded.dealers['city']}/act-for")
    client.post("/act-for/stop")
    seen = {}
    for key in ("city", "north", "owner", "south"):
        with psycopg.connect(house.url) as session:
            session.execute("SET ROLE smartswitch_web")
            session.execute("SELECT set_config('smartswitch.dealer', %s, false)", [str(house.seeded.dealers[key])])
            row = session.execute("SELECT count(*) FROM audit_entry WHERE action LIKE 'act_for%'").fetchone()
            assert row is not None
            seen[key] = row[0] > 0

    assert seen == {"city": False, "north": True, "owner": True, "south": False}


def test_acting_ends_by_itself(house: House, browse: Browse) -> None:
    client = browse("north")
    client.post(f"/dealers/{house.seeded.dealers['city']}/act-for")
    session = client.session
    over = datetime.now(UTC) - timedelta(seconds=1)
    session[SESSION_KEY] = {**session[SESSION_KEY], "until": over.isoformat()}
    session.save()
    page = client.get("/").content.decode()

    assert "acting-banner" not in page
    assert client.get(f"/dealers/{house.seeded.dealers['north']}").status_code == 200


def test_who_has_not_the_right_cannot_act(house: House, browse: Browse) -> None:
    ids, before = house.seeded.dealers, len(entries(house))
    house.run("DELETE FROM right_grant WHERE \"right\" = 'dealers.act_for' AND dealer_id = %s", ids["north"])
    answer = browse("north").post(f"/dealers/{ids['city']}/act-for")
    house.run("INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'dealers.act_for')", ids["north"])

    assert answer.status_code == 403
    assert "dealers.act_for" in answer.content.decode()
    assert len(entries(house)) == before


def test_who_loses_the_right_is_back_with_the_next_page(house: House, browse: Browse) -> None:
    ids, client = house.seeded.dealers, browse("north")
    client.post(f"/dealers/{ids['city']}/act-for")
    house.run("DELETE FROM right_grant WHERE \"right\" = 'dealers.act_for' AND dealer_id = %s", ids["north"])
    page = client.get("/").content.decode()
    house.run("INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'dealers.act_for')", ids["north"])

    assert "acting-banner" not in page


def test_nobody_acts_for_a_sibling_for_one_above_or_for_himself(house: House, browse: Browse) -> None:
    before = len(entries(house))
    for key in ("south", "owner", "north"):
        client = browse("north")
        assert client.post(f"/dealers/{house.seeded.dealers[key]}/act-for").status_code == 404, key
        assert SESSION_KEY not in client.session
    assert len(entries(house)) == before


def test_acting_begins_and_ends_by_post_only(house: House, browse: Browse) -> None:
    client = browse("north")

    assert client.get(f"/dealers/{house.seeded.dealers['city']}/act-for").status_code == 405
    assert client.get("/act-for/stop").status_code == 405
    assert client.post("/act-for/stop").status_code == 302


def test_going_on_to_another_dealer_ends_the_first(house: House, browse: Browse) -> None:
    ids, client, before = house.seeded.dealers, browse("owner"), len(entries(house))
    client.post(f"/dealers/{ids['north']}/act-for")
    client.post(f"/dealers/{ids['city']}/act-for")
    page = client.get("/").content.decode()
    noted = [(entry["action"], entry["dealer_id"], entry["by_dealer_id"]) for entry in entries(house)[before:]]

    assert "You act for City Net until" in page
    assert noted == [
        ("act_for", ids["north"], ids["owner"]),
        ("act_for_end", ids["north"], ids["owner"]),
        ("act_for", ids["city"], ids["owner"]),
    ]


def test_whoever_acts_may_no_more_than_the_dealer_and_than_his_own_role(house: House, browse: Browse) -> None:
    ids = house.seeded.dealers
    house.run("INSERT INTO role (key, dealer_id) VALUES ('helper', %s)", ids["north"])
    house.run(
        'INSERT INTO role_right (role_id, "right") SELECT id, v FROM role,'
        " unnest(ARRAY['dealers.view', 'dealers.act_for', 'companies.view', 'companies.add']) AS v WHERE key = 'helper'"
    )
    house.run("DELETE FROM right_grant WHERE \"right\" = 'companies.add' AND dealer_id = %s", ids["city"])
    client = browse("north", role="helper")
    at_home = [client.get(page).status_code for page in ("/companies/new", "/logins")]
    client.post(f"/dealers/{ids['city']}/act-for")
    acting = [client.get(page).status_code for page in ("/companies", "/companies/new", "/logins")]
    house.run("INSERT INTO right_grant (dealer_id, \"right\") VALUES (%s, 'companies.add')", ids["city"])

    assert at_home == [200, 403]
    assert acting == [200, 403, 403]


def test_the_log_tells_of_it_in_words_and_has_nothing_to_undo(house: House, browse: Browse) -> None:
    from django.urls import reverse

    client = browse("north")
    client.post(f"/dealers/{house.seeded.dealers['city']}/act-for")
    client.post("/act-for/stop")
    newest = entries(house)[-1]["id"]

    assert "stopped acting for" in client.get("/audit").content.decode()
    assert client.get(reverse("audit-undo", kwargs={"entry_id": newest})).status_code == 200
