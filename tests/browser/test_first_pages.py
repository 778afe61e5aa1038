"""The first pages in a real browser: log in, look at the day, open a call, in the dark and on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Account, OpenPage, keep, log_in

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LEAST_CONTRAST = 4.5
CONTRASTS = """
() => {
  const channel = (value) => { const s = value / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  canvas.canvas.width = canvas.canvas.height = 1;
  const paint = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const grounds = (element) => {
    const found = [];
    for (let at = element; at; at = at.parentElement) found.unshift(getComputedStyle(at).backgroundColor);
    return ["#fff", ...found];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const isShown = element.checkVisibility() && !element.closest("svg, .visually-hidden, .skip-link");
    const text = walker.currentNode.data.trim().slice(0, 30);
    if (!text || !isShown) continue;
    const style = getComputedStyle(element), under = grounds(element);
    const ground = paint(under), ink = paint([...under, style.color]);
    const [a, b] = [light(ground), light(ink)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < %s) poor.push(`${contrast.toFixed(2)} ${element.className} "${text}"`);
  }
  return [...new Set(poor)];
}
"""


def test_a_dealer_logs_in_and_finds_why_a_call_cost_what_it_cost(account: Account, open_page: OpenPage) -> None:
    page = open_page()
    keep(page, "login")
    log_in(page, "north", "not the password")
    expect(page.get_by_role("alert")).to_contain_text("The user name or the password is wrong.")
    log_in(page, "north")

    expect(page).to_have_title("Dashboard · Smartswitch")
    expect(page.locator(".house")).to_have_text(re.compile(r"North Communications\s+Dealer"))
    expect(page.locator("#live tbody tr")).to_have_count(2)
    expect(page.locator("#calls tbody tr")).to_have_count(10)
    keep(page, "dashboard")

    sold = account.seeded.calls["sold at every level"]
    page.locator(f"#call-{sold}-0 a").click()
    expect(page.locator("h1")).to_contain_text("+447911123456")
    expect(page.get_by_role("heading", name="You pay owner")).to_be_visible()
    expect(page.locator(".why-paid")).to_contain_text("1 s × 0.008 / 60 + 74 s × 0.008 / 60 = 0.01 USD")
    keep(page, "call")


def test_live_calls_count_by_themselves(open_page: OpenPage) -> None:
    page = open_page("north")
    clock = page.locator("#live [data-since]").first
    row = page.locator("#live tbody tr").first.element_handle()
    before = clock.inner_text()
    with page.expect_response("**/live?rows=10"):
        pass
    expect(clock).not_to_have_text(before)

    assert row is not None
    assert row.evaluate("row => row.isConnected"), "the row was made anew: it would flicker"


def test_balances_are_found_while_typing(open_page: OpenPage) -> None:
    page = open_page("north")
    page.get_by_role("link", name="Balances", exact=True).click()
    box = page.get_by_role("searchbox", name="Search balances by name or key")
    box.press_sequentially("city")
    expect(page.locator("#balances tbody tr")).to_have_count(1)
    box.fill("nobody has this")
    expect(page.locator("#balances")).to_contain_text("Nothing has such a name or key")
    box.fill("")
    expect(page.locator("#balances tbody tr")).to_have_count(2)
    page.get_by_role("link", name="Balance", exact=True).last.click()
    expect(page.locator("#balances tbody tr").first).to_contain_text("Office of North")


def test_light_and_dark_follow_the_system_until_one_chooses(open_page: OpenPage) -> None:
    page = open_page("owner", color_scheme="dark")
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    keep(page, "dashboard-dark-owner")
    page.locator("header [data-toggle-theme]").click()
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "light")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("username", ["owner", "north"])
def test_words_can_be_read(account: Account, open_page: OpenPage, username: str, scheme: str) -> None:
    page = open_page(username, color_scheme=scheme)
    expect(page.locator(".house")).to_be_visible()
    for address in ("/", "/balances", "/password", f"/calls/{account.seeded.calls['busy']}",
                    f"/calls/{account.seeded.calls['hostile']}"):  # fmt: skip
        page.goto(address)
        assert page.evaluate(CONTRASTS % LEAST_CONTRAST) == [], address


def test_a_phone_shows_everything_without_scrolling_sideways(account: Account, open_page: OpenPage) -> None:
    page = open_page("city", **PHONE)
    expect(page).to_have_title("Dashboard · Smartswitch")
    for address, name in (("/", "dashboard"), (f"/calls/{account.seeded.calls['hostile']}", "call"), ("/live", "live")):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        keep(page, f"phone-{name}")
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Balances", exact=True).click()
    expect(page.locator("h1")).to_have_text("Balances")


def test_the_keyboard_reaches_everything_and_one_sees_where_it_is(open_page: OpenPage) -> None:
    page = open_page("north")
    expect(page).to_have_title("Dashboard · Smartswitch")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    focused = page.evaluate("[document.activeElement.tagName, getComputedStyle(document.activeElement).outlineStyle]")

    assert focused == ["A", "solid"], "the first thing that one can do here is to look at all live calls"


def test_russian_by_choice(open_page: OpenPage) -> None:
    page = open_page("city")
    page.locator("header").get_by_role("button", name="Language").click()
    page.get_by_role("button", name="Русский").click()
    expect(page.locator("h1")).to_contain_text("Сводка")
    keep(page, "dashboard-russian")


def test_names_sent_by_phones_stay_names(account: Account, open_page: OpenPage) -> None:
    page = open_page("owner")
    for address in ("/", "/live", "/calls", f"/calls/{account.seeded.calls['hostile']}"):
        page.goto(address)
        expect(page.locator("body")).to_contain_text("<script>document.title='taken over'</script>")
        assert "taken over" not in page.title()


def test_a_session_that_is_over_leads_to_the_login_page(open_page: OpenPage) -> None:
    page: Page = open_page("north")
    expect(page).to_have_title("Dashboard · Smartswitch")
    page.context.clear_cookies(name="sessionid")
    page.wait_for_url("**/login?next=*")
    log_in(page, "north")
    expect(page).to_have_title("Dashboard · Smartswitch")
