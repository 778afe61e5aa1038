"""The second factor in a real browser: an app, a key (Chromium's virtual authenticator), recovery codes, sessions."""

import re
import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Page, expect

from .conftest import PASSWORD, Account, OpenPage, keep, log_in
from .test_first_pages import CONTRASTS, LEAST_CONTRAST, PHONE

STEP_S = 30
KEY = {
    "protocol": "ctap2", "transport": "usb", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
    "automaticPresenceSimulation": True,
}  # fmt: skip
_numbers = count(1)


@pytest.fixture
def newcomer(account: Account) -> Callable[..., str]:
    """`newcomer("north")`: a login of that dealer that nobody used yet."""
    from smartswitch.web.login.creation import create_login

    def make(dealer: str) -> str:
        username = f"anna-{next(_numbers)}"
        create_login(
            account.database_url, username=username, password=PASSWORD, dealer_key=dealer, person="Anna Fischer"
        )
        return username

    return make


@pytest.fixture
def by_name(account: Account, open_page: OpenPage) -> Callable[..., Page]:
    """`by_name()` is a page at localhost: keys belong to names, and a number is none."""

    def open_one(username: str | None = None, **options: Any) -> Page:
        page = open_page(**options)
        page.goto(account.address.replace("127.0.0.1", "localhost") + "/login")
        if username is not None:
            log_in(page, username)
            expect(page.locator(".house")).to_be_visible()
        return page

    return open_one


@pytest.fixture
def required_by_south(account: Account) -> Iterator[None]:
    """South requires a second factor."""
    set_requirement = "UPDATE dealer SET requires_second_factor = %s WHERE key = 'south'"
    with psycopg.connect(account.database_url, autocommit=True) as connection:
        connection.execute(set_requirement, [True])
        yield
        connection.execute(set_requirement, [False])


def code_of(seed: str, *, ahead: int = 0) -> str:
    """What an app with this seed shows."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return format_hotp_value(hotp_value(seed.replace(" ", ""), int(time.time()) // STEP_S + ahead))


def go(page: Page, address: str) -> None:
    page.goto(re.match(r"https?://[^/]+", page.url)[0] + address)


def plug_in_key(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})


def add_app(page: Page) -> str:
    """Add an authenticator app; its seed."""
    go(page, "/security/app")
    seed = page.locator("code.seed").inner_text()
    page.locator("#id_code").fill(code_of(seed))
    page.get_by_role("button", name="Add the app").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    return seed


def test_an_app_is_added_by_its_qr_code_and_asked_for(newcomer, by_name) -> None:
    anna = newcomer("north")
    page = by_name(anna)
    page.locator("header").get_by_role("button", name="Your login").click()
    page.get_by_role("link", name="Security").click()
    expect(page.locator("h1")).to_have_text("Security")
    keep(page, "security-without-second-factor")

    go(page, "/security/app")
    drawing = page.get_by_alt_text("QR code for the authenticator app")
    expect(drawing).to_be_visible()
    assert drawing.evaluate("image => image.complete && image.naturalWidth > 0")
    keep(page, "second-factor-app")
    seed = add_app(page)
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    keep(page, "recovery-codes")
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("h1")).to_have_text("Security")

    other = by_name()
    log_in(other, anna)
    expect(other.get_by_role("heading", name="Second factor")).to_be_visible()
    other.locator("#id_code").fill("123")
    other.get_by_role("button", name="Continue").click()
    expect(other.locator(".invalid-feedback")).to_contain_text("This code is wrong")
    keep(other, "second-step-wrong")
    other.locator("#id_code").fill(code_of(seed, ahead=1))
    other.get_by_role("button", name="Continue").click()
    expect(other.locator(".house")).to_be_visible()


def test_a_key_is_added_and_opens_the_login(newcomer, by_name) -> None:
    anna = newcomer("north")
    page = by_name(anna)
    plug_in_key(page)
    go(page, "/security/key")
    page.locator("#id_name").fill("Blue key")
    keep(page, "second-factor-key")
    page.get_by_role("button", name="Add a key").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    go(page, "/security")
    expect(page.locator("main")).to_contain_text("Blue key")
    keep(page, "security-with-key")

    page.context.clear_cookies()
    go(page, "/login")
    log_in(page, anna)
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    keep(page, "second-step")
    page.get_by_role("button", name="Use a security key or passkey").click()
    expect(page.locator(".house")).to_be_visible()


def test_a_key_of_somebody_else_opens_nothing(account: Account, newcomer, by_name) -> None:
    anna, boris = newcomer("north"), newcomer("north")
    page = by_name(anna)
    plug_in_key(page)
    go(page, "/security/key")
    page.get_by_role("button", name="Add a key").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()

    other = by_name(boris)
    plug_in_key(other)
    go(other, "/security/key")
    other.get_by_role("button", name="Add a key").click()
    expect(other.get_by_role("heading", name="Recovery codes")).to_be_visible()
    other.context.clear_cookies()
    go(other, "/login")
    log_in(other, anna)
    other.get_by_role("button", name="Use a security key or passkey").click()
    expect(other.get_by_text("The key did not answer, or it is not one of this login.")).to_be_visible()
    go(other, "/")
    expect(other).to_have_url(re.compile("/login"))


def test_who_must_have_a_second_factor_is_led_to_it(newcomer, by_name, required_by_south) -> None:
    page = by_name()
    log_in(page, newcomer("south"))
    expect(page.get_by_role("heading", name="Add a second factor")).to_be_visible()
    keep(page, "second-factor-required")
    go(page, "/calls")
    expect(page.get_by_role("heading", name="Add a second factor")).to_be_visible()
    page.get_by_role("link", name="Authenticator app on your phone").click()
    add_app(page)
    go(page, "/")
    expect(page.locator(".house")).to_be_visible()


def test_sessions_are_listed_and_ended(newcomer, open_page: OpenPage) -> None:
    anna = newcomer("north")
    page, other = open_page(anna), open_page(anna)
    expect(page.locator(".house")).to_be_visible()
    expect(other.locator(".house")).to_be_visible()
    page.goto("/security")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text(re.compile(r"Chrome on Linux\s+this one\s+127\.0\.0\.1"))
    keep(page, "security-sessions")
    rows.last.get_by_role("button", name="End").click()
    expect(page.get_by_role("status")).to_contain_text("The session is ended.")
    expect(rows).to_have_count(1)
    keep(page, "sessions")
    other.goto("/calls")
    expect(other).to_have_url(re.compile("/login"))


def test_one_is_asked_again_after_a_while(account: Account, newcomer, open_page: OpenPage) -> None:
    page = open_page(newcomer("north"))
    expect(page.locator(".house")).to_be_visible()
    page.goto("/reauthenticate?next=/security/mail")
    keep(page, "reauthenticate")
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Mail address")).to_be_visible()
    keep(page, "mail-address")


def test_who_forgot_his_password_is_told_what_to_do(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("link", name="Forgot your password?").click()
    expect(page.locator("main")).to_contain_text("Ask the dealer who serves you")
    keep(page, "forgot-without-mail")


def test_the_owner_requires_it(newcomer, open_page: OpenPage) -> None:
    page = open_page(newcomer("owner"))
    page.goto("/security")
    expect(page.locator("main")).to_contain_text("Everybody at")
    keep(page, "security-owner")
    page.get_by_role("link", name="Require a second factor").click()
    expect(page.locator("main")).to_contain_text("It counts at once")
    keep(page, "second-factor-requirement")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_of_these_pages_can_be_read(newcomer, open_page: OpenPage, scheme: str) -> None:
    page = open_page(newcomer("owner"), color_scheme=scheme)
    expect(page.locator(".house")).to_be_visible()
    add_app(page)
    for address in ("/security", "/security/codes", "/security/second-factor", "/security/key", "/security/requirement",
                    "/reauthenticate", "/sessions"):  # fmt: skip
        page.goto(address)
        assert page.evaluate(CONTRASTS % LEAST_CONTRAST) == [], address
    keep(page, f"sessions-{scheme}")
    page.goto("/security")
    keep(page, f"security-{scheme}")


def test_a_phone_shows_these_pages_without_scrolling_sideways(newcomer, open_page: OpenPage) -> None:
    page = open_page(newcomer("owner"), **PHONE)
    expect(page).to_have_title("Dashboard · Smartswitch")
    for address, name in (("/security", "security"), ("/security/app", "app"), ("/security/key", "key"),
                          ("/sessions", "sessions"), ("/reauthenticate", "reauthenticate")):  # fmt: skip
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        keep(page, f"phone-{name}")
