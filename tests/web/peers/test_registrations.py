"""Which phones are registered: seen in one's own house only, and what phones say of themselves stays text."""

from datetime import UTC, datetime, timedelta
from html import escape, unescape
from typing import Any
from unicodedata import normalize

import pytest

from ..house import Browse, House
from ..naughty import STRANGERS
from .conftest import NEW_USER, Make

REGISTER = (
    "INSERT INTO location (ruid, username, contact, received, expires, last_modified, user_agent)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s)"
)


def register(
    house: House, peer_id: int, *, agent: str = "Desk 1.0", contact: str = "sip:r@10.0.0.5:5060", ends_in_s: int = 300
) -> None:
    """What Kamailio writes when a phone has registered; its moments are UTC without a zone."""
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    house.run(
        REGISTER, f"ruid-{peer_id}-{ends_in_s}", f"peer-{peer_id}", contact, "sip:198.51.100.7:40000",
        now + timedelta(seconds=ends_in_s), now, agent,
    )  # fmt: skip


@pytest.fixture
def phone(house: House, make: Make) -> Any:
    made = make("city", NEW_USER)
    yield made
    house.run("DELETE FROM location")


def test_a_phone_that_is_registered_is_shown_with_what_it_says(house: House, browse: Browse, phone: Any) -> None:
    register(house, phone["id"])
    page = browse("city").get(f"/peers/{phone['id']}").content.decode()
    table = browse("city").get("/peers?kind=user").content.decode()

    assert "sip:r@10.0.0.5:5060" in page
    assert "sip:198.51.100.7:40000" in page
    assert "Desk 1.0" in page
    assert ">until " in table


def test_the_moment_is_that_of_kamailio_in_the_zone_of_the_viewer(house: House, browse: Browse, phone: Any) -> None:
    house.run("UPDATE dealer SET time_zone = 'Asia/Kolkata' WHERE key = 'city'")
    house.run(
        REGISTER,
        "r",
        f"peer-{phone['id']}",
        "sip:r@10.0.0.5",
        None,
        "2090-01-02 03:04:05",
        "2020-01-01",
        "",
    )
    page = browse("city").get(f"/peers/{phone['id']}").content.decode()
    house.run("UPDATE dealer SET time_zone = 'UTC' WHERE key = 'city'")

    assert '<time datetime="2090-01-02T08:34:05+05:30">2090-01-02 08:34:05</time>' in page


def test_a_registration_that_ran_out_is_none(house: House, browse: Browse, phone: Any) -> None:
    register(house, phone["id"], ends_in_s=-1)
    page = browse("city").get(f"/peers/{phone['id']}").content.decode()

    assert "No phone is registered at the moment." in page
    assert "Desk 1.0" not in page


def test_the_function_answers_for_peers_that_the_session_sees(house: House, phone: Any) -> None:
    import psycopg

    register(house, phone["id"])

    def seen(**settings: object) -> int:
        with psycopg.connect(house.url) as session:
            session.execute("SET ROLE smartswitch_web")
            for name, value in settings.items():
                session.execute("SELECT set_config(%s, %s, true)", [f"smartswitch.{name}", str(value)])
            rows = session.execute("SELECT * FROM registrations_of(ARRAY[%s::bigint])", [phone["id"]]).fetchall()
        return len(rows)

    dealers = house.seeded.dealers
    shop = house.row("SELECT id FROM company WHERE key = 'corner-shop'")["id"]
    other = house.row("SELECT id FROM peer WHERE key = 'prepaid-card'")["id"]

    assert [seen(dealer=dealers[key]) for key in ("owner", "north", "city", "south")] == [1, 1, 1, 0]
    assert seen() == 0
    assert seen(dealer=dealers["city"], company=shop) == 1
    assert seen(dealer=dealers["city"], peer=phone["id"]) == 1
    assert seen(dealer=dealers["city"], peer=other) == 0


def test_the_web_account_cannot_read_the_table_itself(house: House) -> None:
    import psycopg

    with psycopg.connect(house.url) as session:
        session.execute("SET ROLE smartswitch_web")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("SELECT * FROM location")


def test_what_strangers_phones_say_is_text(house: House, browse: Browse, phone: Any) -> None:
    client = browse("city")
    for text in STRANGERS:
        said = normalize("NFC", text[:80])
        house.run("DELETE FROM location")
        register(house, phone["id"], agent=said, contact=f"sip:{said}@10.0.0.5")
        answer = client.get(f"/peers/{phone['id']}")
        page = answer.content.decode()

        assert answer.status_code == 200
        assert escape(said) in page, said
        assert said in unescape(page)
        for mark in ("<script>alert", "<img src=x", "<svg onload", "<iframe", "<x hx-get"):
            assert mark not in page
