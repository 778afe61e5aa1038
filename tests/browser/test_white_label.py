"""A dealer gives the web account his own name, colour and logo, and people who come by his host name see nothing else."""

import re
import struct
import zlib
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from .conftest import PASSWORD, Account, OpenPage, keep, log_in
from .test_first_pages import CONTRASTS, LEAST_CONTRAST

GREEN = "rgb(11, 110, 79)"
HOST = "portal.localhost"
"""Browsers know that names below localhost lead to the same computer."""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def logo(width: int = 240, height: int = 60) -> bytes:
    """Stripes in green and gold."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = b"".join(
        b"\0" + b"".join(b"\x0b\x6e\x4f" if (x + y) // 20 % 2 else b"\xe0\xb0\x30" for x in range(width))
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def portal(account: Account) -> str:
    """The address of the account under South's own host name. No other test looks at South."""
    from smartswitch.web.login.creation import create_login

    create_login(account.database_url, username="south", password=PASSWORD, dealer_key="south")
    return f"http://{HOST}:{urlsplit(account.address).port}"


def ground(page: Page, selector: str) -> str:
    return str(page.locator(selector).first.evaluate("each => getComputedStyle(each).backgroundColor"))


def test_a_dealer_runs_it_under_his_own_name(account: Account, portal: str, open_page: OpenPage) -> None:
    page = open_page("south")
    page.get_by_role("link", name="Settings", exact=True).click()
    page.get_by_label("Product name").fill("South Voice")
    page.get_by_label("Colour", exact=True).fill("#ffa500")
    expect(page.locator("[data-brand-warning]")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#field-colour")).to_contain_text("The nearest that will do is #a56a00.")

    assert [said for said in account.complaints if "422" not in said] == []
    account.complaints.clear()

    page.get_by_label("Colour", exact=True).fill("#0b6e4f")
    expect(page.locator("[data-brand-warning]")).to_be_hidden()
    expect(page.locator("[data-brand-name]")).to_have_text("South Voice")
    assert ground(page, ".brand-preview-button") == GREEN
    page.get_by_role("textbox", name="Host name").fill(HOST)
    page.get_by_label("Help for customers").fill("help@south.example.com")
    page.get_by_label("Logo", exact=True).set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": logo()}
    )
    expect(page.locator("[data-brand-logo]")).to_have_attribute("src", re.compile("^data:image/png;base64,"))
    page.get_by_label("Help for customers").blur()
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    keep(page, "settings-preview")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("status").filter(has_text="The settings are saved.")).to_be_visible()
    expect(page).to_have_title("Settings · South Voice")
    assert ground(page, ".noun-form .btn-primary") == GREEN
    keep(page, "settings")

    guest = open_page()
    guest.goto(f"{portal}/login")
    expect(guest).to_have_title("Log in · South Voice")
    expect(guest.locator("body")).not_to_contain_text("Smartswitch")
    expect(guest.get_by_role("img", name="South Voice")).to_be_visible()
    assert guest.get_by_role("img", name="South Voice").evaluate("each => each.naturalWidth") == 240
    assert ground(guest, "main .btn-primary") == GREEN
    keep(guest, "white-label-login")
    log_in(guest, "south")
    expect(guest).to_have_title("Dashboard · South Voice")
    expect(guest).to_have_url(f"{portal}/")
    keep(guest, "white-label-dashboard")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_words_can_be_read(portal: str, open_page: OpenPage, scheme: str) -> None:
    page = open_page("south", color_scheme=scheme)
    expect(page).to_have_title("Dashboard · South Voice")
    for address in ("/", "/settings", "/calls"):
        page.goto(address)
        assert page.evaluate(CONTRASTS % LEAST_CONTRAST) == [], address
    keep(page, f"white-label-{scheme}")


def test_the_settings_fit_a_phone(portal: str, open_page: OpenPage) -> None:
    page = open_page("south", **PHONE)
    expect(page).to_have_title("Dashboard · South Voice")
    page.goto("/settings")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    keep(page, "phone-settings")


def test_another_house_sees_nothing_of_it(open_page: OpenPage) -> None:
    page = open_page("city")
    expect(page).to_have_title("Dashboard · Smartswitch")
    expect(page.locator("link[href^='/brand']")).to_have_count(0)
