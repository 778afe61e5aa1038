"""Who requires a second factor, of whom, and how somebody else takes it away."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.core.exceptions import PermissionDenied

from .conftest import House


@pytest.fixture
def requires(house: House):
    """`requires("north")`: this dealer requires a second factor until the test ends."""

    def require(dealer: str) -> None:
        house.run("UPDATE dealer SET requires_second_factor = true WHERE key = %s", dealer)

    yield require
    house.run("UPDATE dealer SET requires_second_factor = false")


def login_of(username: str):
    from smartswitch.web.rights.models import Login

    return Login.objects.get(username=username)


@pytest.mark.parametrize(
    ("dealer", "asked"),
    [("owner", {"owner", "north", "city", "south"}), ("north", {"north", "city"}), ("city", {"city"})],
)
def test_it_counts_for_a_dealer_and_everybody_below(house, person, requires, dealer, asked) -> None:
    requires(dealer)
    led = {each for each in ("owner", "north", "city", "south")
           if person(each).client.get("/").headers.get("Location") == "/security/second-factor"}  # fmt: skip

    assert led == asked


def test_who_must_enrol_can_do_nothing_else_until_he_did(person, requires) -> None:
    requires("north")
    anna = person("city")
    for address in ("/", "/calls", "/balances", "/security", "/sessions", "/password", "/security/mail"):
        assert anna.client.get(address).headers["Location"] == "/security/second-factor", address
    piece = anna.client.get("/live", headers={"HX-Request": "true"})
    assert (piece.headers["HX-Redirect"], piece.content) == ("/security/second-factor", b"")
    assert "A second factor is required" in anna.client.get("/security/second-factor").content.decode()

    anna.add_app()
    assert anna.client.get("/").status_code == 200


def test_the_last_factor_stays_where_one_is_required(house, person, requires) -> None:
    anna = person("north")
    anna.add_app()
    requires("owner")
    page = anna.client.get("/security").content.decode()
    address = page[page.index("/security/remove/") :].split('"')[0]

    assert anna.client.post(address).headers["Location"] == "/security"
    assert "Add another one before you remove this" in anna.client.get("/security").content.decode()


def test_a_dealer_requires_it_on_his_page(house, person) -> None:
    owner = person("owner")
    assert "It counts at once" in owner.client.get("/security/requirement").content.decode()
    assert owner.client.post("/security/requirement", {"required": "yes"}).status_code == 302
    with psycopg.connect(house.url) as connection:
        asked = "SELECT key FROM dealer WHERE requires_second_factor"
        assert connection.execute(asked).fetchall() == [("owner",)]
        owner.add_app()
        owner.client.post("/security/requirement", {"required": "no"})
        assert connection.execute(asked).fetchall() == []


def test_who_may_not_change_logins_may_not_require_it(house, person) -> None:
    house.run("INSERT INTO role (key, dealer_id) SELECT 'watcher', id FROM dealer WHERE key = 'owner'")
    watcher = person("owner", role="watcher")

    assert watcher.client.post("/security/requirement", {"required": "yes"}).status_code == 403
    with psycopg.connect(house.url) as connection:
        assert connection.execute("SELECT count(*) FROM dealer WHERE requires_second_factor").fetchone() == (0,)


def test_somebody_with_the_right_takes_a_lost_factor_away(house, person, viewer) -> None:
    from allauth.mfa.models import Authenticator

    from smartswitch.web.login.second_factor import is_enrolled, reset_second_factor

    anna, southerner = person("north"), person("south")
    anna.add_app()
    southerner.add_app()
    owner = viewer("owner")
    reset_second_factor(by=owner, login=login_of(anna.username))

    assert not is_enrolled(login_of(anna.username))
    assert Authenticator.objects.filter(user__username=southerner.username).count() == 2
    from django.db import connection

    connection.commit()
    assert anna.client.get("/").status_code == 302
    with psycopg.connect(house.url) as session:
        told = session.execute(
            "SELECT action, before ->> 'type' FROM audit_entry WHERE table_name = 'mfa_authenticator' AND actor = %s"
            " ORDER BY before ->> 'type'", [owner.username]).fetchall()  # fmt: skip
    assert told == [("delete", "recovery_codes"), ("delete", "totp")]


def test_without_the_right_or_for_oneself_nothing_is_taken_away(house, person, viewer) -> None:
    from smartswitch.web.login.second_factor import FactorRefusedError, is_enrolled, reset_second_factor

    anna = person("north")
    anna.add_app()
    house.run("DELETE FROM right_grant WHERE \"right\" = 'logins.change'")
    north = viewer("north")
    with pytest.raises(PermissionDenied):
        reset_second_factor(by=north, login=login_of(anna.username))
    owner = viewer("owner")
    with pytest.raises(FactorRefusedError):
        reset_second_factor(by=owner, login=login_of(owner.username))
    assert is_enrolled(login_of(anna.username))


def test_the_wall_hides_factors_sessions_and_links_of_other_houses(house, person, viewer) -> None:
    from allauth.mfa.models import Authenticator
    from allauth.usersessions.models import UserSession

    anna = person("north")
    anna.add_app()
    anna.client.get("/")
    for dealer, count in (("owner", 2), ("north", 2), ("city", 0), ("south", 0)):
        viewer(dealer)
        assert Authenticator.objects.filter(user__username=anna.username).count() == count, dealer
        assert UserSession.objects.filter(user__username=anna.username).exists() is bool(count), dealer
        assert Authenticator.objects.filter(user__username=anna.username).update(last_used_at=None) == count, dealer


def test_the_command_line_is_the_last_resort(house, person, monkeypatch) -> None:
    from click.testing import CliRunner

    from smartswitch.cli.main import smartswitch

    anna = person("north")
    anna.add_app()
    monkeypatch.setenv("SMARTSWITCH_DATABASE_URL", house.url)
    runner = CliRunner()
    done = runner.invoke(smartswitch, ["login", "reset-second-factor", anna.username])
    again = runner.invoke(smartswitch, ["login", "reset-second-factor", anna.username])
    nobody = runner.invoke(smartswitch, ["login", "reset-second-factor", "nobody"])

    assert (done.exit_code, done.output) == (
        0, f"{anna.username} has no second factor any more, and is logged out everywhere.\n")  # fmt: skip
    assert "had no second factor" in again.output
    assert (nobody.exit_code != 0, "there is no login 'nobody'" in nobody.output) == (True, True)
    assert anna.client.get("/").status_code == 302
    assert anna.log_in().headers["Location"] == "/"


def test_who_acts_for_a_dealer_below_still_shows_his_own_second_factor(house, person) -> None:
    owner = person("owner")
    owner.add_app()
    session = owner.client.session
    until = datetime.now(UTC) + timedelta(minutes=30)
    session["acting_for"] = {"dealer_id": house.seeded.dealers["city"], "until": until.isoformat()}
    session.save()
    assert "You act for" in owner.client.get("/security").content.decode()

    assert "on</span>" in owner.client.get("/security").content.decode()
    assert owner.client.post("/reauthenticate", {"password": "correct horse battery"}).status_code == 200
    assert owner.client.post("/reauthenticate", {"code": owner.code()}).status_code == 302
    assert "this one" in owner.client.get("/sessions").content.decode()


def test_a_login_that_is_removed_takes_everything_with_it(house, person, viewer) -> None:
    anna = person("north")
    anna.add_app()
    viewer("owner")
    login_id = login_of(anna.username).pk
    login_of(anna.username).delete()

    from django.db import connection

    connection.commit()
    with psycopg.connect(house.url) as session:
        for table in ("mfa_authenticator", "usersessions_usersession"):
            left = session.execute(f"SELECT count(*) FROM {table} WHERE user_id = %s", [login_id]).fetchone()
            assert left == (0,), table
    assert anna.client.get("/").status_code == 302
