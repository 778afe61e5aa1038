"""Whose brand people see: by host name before the login, by their dealer after it; and hosts that are nobody's."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ..house import House, browser_of, hashed_password
from ..query_count import counted
from .conftest import post
from .drawings import PAGE, png

PORTAL = "portal.example.com"


def title_of(answer: Any) -> str:
    found = re.search(r"<title>(.*?)</title>", answer.content.decode())
    assert found is not None
    return found.group(1)


@pytest.fixture
def portal(give) -> None:
    """North has a brand with everything."""
    logo = SimpleUploadedFile("logo", png(40, 10))
    give(
        "north", product_name="North <Talk>", host_name=PORTAL, colour="#0b6e4f", support="help@example.com", logo=logo
    )


def test_the_host_name_gives_the_brand_before_the_login(portal, come_by) -> None:
    branded, plain = come_by(PORTAL).get("/login"), come_by("localhost").get("/login")

    assert title_of(branded) == "Log in · North &lt;Talk&gt;"
    assert title_of(plain) == "Log in · Smartswitch"
    page = branded.content.decode()
    assert "Smartswitch" not in page
    assert "help@example.com" in page
    assert "/brand.css?v=" in page
    assert "/brand/logo?v=" in page
    assert "/brand" not in plain.content.decode()


@pytest.mark.parametrize(("dealer", "product"), [
    ("north", "North &lt;Talk&gt;"), ("city", "North &lt;Talk&gt;"), ("south", "Smartswitch"), ("owner", "Smartswitch"),
])  # fmt: skip
def test_after_the_login_it_is_that_of_the_nearest_dealer_above(portal, come_by, dealer, product) -> None:
    titles = {title_of(come_by(host, dealer).get("/")) for host in (PORTAL, "localhost")}

    assert titles == {f"Dashboard · {product}"}


def test_a_brand_is_taken_as_a_whole(portal, give, come_by) -> None:
    give("city", product_name="City Voice")
    page = come_by("localhost", "city").get("/").content.decode()

    assert "City Voice" in page
    for of_north in ("North", "help@example.com", "/brand.css", "/brand/logo"):
        assert of_north not in page


def test_customers_see_the_brand_of_their_dealer(portal, come_by) -> None:
    for customer in ({"company": "corner-shop"}, {"peer": "shop-phone"}):
        assert title_of(come_by("localhost", "city", **customer).get("/")) == "Dashboard · North &lt;Talk&gt;"


def test_the_owner_names_the_product_for_all_who_have_no_brand(give, come_by) -> None:
    give("owner", product_name="Example Exchange")

    assert title_of(come_by("localhost").get("/login")) == "Log in · Example Exchange"
    assert title_of(come_by("localhost", "city").get("/")) == "Dashboard · Example Exchange"


def test_who_acts_for_a_dealer_below_keeps_his_own_brand(house: House, portal, give, viewer) -> None:
    from django.test import RequestFactory

    from smartswitch.web.brand.of_request import brand_of
    from smartswitch.web.login.viewer import read_viewer

    give("city", product_name="City Voice")
    person = viewer("north")
    request = RequestFactory().get("/")
    request.viewer = read_viewer(person.login_id, "n", "", for_dealer=house.seeded.dealers["city"])

    assert (request.viewer.dealer_key, brand_of(request).product_name) == ("city", "North <Talk>")


def test_a_change_is_seen_at_once(portal, give, come_by) -> None:
    client = come_by(PORTAL, "city")
    before = title_of(client.get("/"))
    give("north", product_name="Other", host_name="other.example.com")

    assert before == "Dashboard · North &lt;Talk&gt;"
    assert title_of(come_by("localhost", "city").get("/")) == "Dashboard · Other"
    assert come_by(PORTAL).get("/login").status_code == 400
    assert come_by("other.example.com").get("/login").status_code == 200


def test_pages_ask_for_their_brand_once_in_a_while_only(portal, come_by) -> None:
    client = come_by(PORTAL, "north")
    client.get("/live")
    with counted() as queries:
        client.get("/live")

    assert [query for query in queries if "brand" in query] == []


@pytest.mark.parametrize("host", [
    "evil.example.com", f"{PORTAL}.evil.example.com", f"evil.{PORTAL}", "example.com", f"{PORTAL}@evil.example.com", "*", "",
    f"{PORTAL}:8080:9", f"{PORTAL}/x", f"{PORTAL}\\x", "%00", "a" * 300, "portal.example.com,evil.example.com", "[::]",
])  # fmt: skip
def test_unknown_hosts_are_refused(portal, come_by, host) -> None:
    answer = come_by(host).get("/login")

    assert answer.status_code == 400
    assert "North" not in answer.content.decode()


def test_known_hosts_may_carry_a_port_and_a_dot(portal, come_by) -> None:
    for host in (f"{PORTAL}:8443", f"{PORTAL}.", PORTAL.upper()):
        assert title_of(come_by(host).get("/login")) == "Log in · North &lt;Talk&gt;"


def test_a_host_of_another_request_header_means_nothing(portal, house: House) -> None:
    client = browser_of(house, None, host="localhost", x_forwarded_host=PORTAL, forwarded=f"host={PORTAL}")

    assert title_of(client.get("/login")) == "Log in · Smartswitch"


@pytest.mark.parametrize(("origin", "status"), [
    (f"https://{PORTAL}", 302), ("https://localhost", 403), ("https://evil.example.com", 403), ("null", 403),
])  # fmt: skip
def test_forms_are_taken_from_the_same_host_only(portal, house: House, origin, status) -> None:
    from django.test import Client

    name = house.login("north")
    assert hashed_password()
    client = Client(
        enforce_csrf_checks=True, SERVER_NAME="localhost",
        headers={"host": PORTAL, "x-forwarded-proto": "https", "referer": f"https://{PORTAL}/login"},
    )  # fmt: skip
    client.get("/login")
    token = client.cookies["csrftoken"].value
    answer = client.post(
        "/login",
        {"username": name, "password": "correct horse battery", "csrfmiddlewaretoken": token},
        headers={"origin": origin},
    )

    assert answer.status_code == status


def test_the_stylesheet_and_the_logo(portal, come_by) -> None:
    client = come_by(PORTAL)
    page = client.get("/login").content.decode()
    css, logo = (re.search(rf'"({re.escape(path)}\?v=[0-9a-f]+)"', page) for path in ("/brand.css", "/brand/logo"))
    assert css is not None
    assert logo is not None
    rules, picture, old = client.get(css[1]), client.get(logo[1]), client.get("/brand/logo?v=0")

    assert rules.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "--tblr-primary: #0b6e4f;" in rules.content.decode()
    assert (picture.content, picture.headers["Content-Type"]) == (png(40, 10), "image/png")
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert picture.headers["Cache-Control"] == rules.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert old.headers["Cache-Control"] == "no-cache"
    for answer in (rules, picture):
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers
    assert {come_by("localhost").get(each).status_code for each in (css[1], logo[1])} == {404}


def test_the_policy_of_pages_is_the_same_with_a_brand(portal, come_by) -> None:
    from smartswitch.web.ui.security_headers import POLICY

    page = come_by(PORTAL, "north").get("/settings")

    assert page.headers["Content-Security-Policy"] == POLICY
    assert "style=" not in page.content.decode()


def test_the_language_of_a_person_of_the_brand_and_of_the_browser(give, come_by) -> None:
    give("north", product_name="North Talk", host_name=PORTAL, language="ru")
    english = {"accept_language": "en"}
    client = come_by(PORTAL, **english)
    of_brand = client.get("/login")
    client.post("/language", {"language": "en"})
    chosen = client.get("/login")
    of_browser = [come_by("localhost", accept_language=each).get("/login") for each in ("ru", "en")]

    assert [page.headers["Content-Language"] for page in (of_brand, chosen, *of_browser)] == ["ru", "en", "ru", "en"]
    assert '<html lang="ru">' in of_brand.content.decode()
    assert come_by("localhost", "city", **english).get("/").headers["Content-Language"] == "ru"


@pytest.mark.parametrize(("asked", "dealer", "trusted"), [
    ("localhost", "city", "localhost"), (PORTAL, "north", PORTAL), (PORTAL, "city", PORTAL), (PORTAL, "owner", None),
    (PORTAL, "south", "south.example.com"), ("south.example.com", "city", PORTAL),
    ("south.example.com", "south", "south.example.com"),
])  # fmt: skip
def test_a_link_with_a_secret_leads_to_no_host_of_another_house(
    house: House, portal, give, asked, dealer, trusted
) -> None:
    give("south", product_name="South", host_name="south.example.com")
    row = house.row("SELECT trusted_host(%s, %s) AS host", asked, house.seeded.dealers[dealer])

    assert row["host"] == trusted


def test_names_stay_names(give, come_by) -> None:
    hostile = PAGE.decode()[:40]
    give("north", product_name=hostile, support="<img src=x onerror=alert(1)>")
    page = come_by("localhost", "north").get("/").content.decode()

    assert hostile not in page
    assert "<img src=x" not in page
    assert post(come_by("localhost", "north"), product_name="North").status_code == 302
