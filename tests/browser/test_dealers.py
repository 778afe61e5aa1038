"""Dealers, rights and logins in a real browser: the tree opens, one acts for a dealer, a password is shown once."""

import pytest
from playwright.sync_api import expect

from .conftest import Account, OpenPage, keep
from .test_first_pages import CONTRASTS, LEAST_CONTRAST


def test_the_tree_opens_and_one_acts_for_a_dealer(account: Account, open_page: OpenPage) -> None:
    page = open_page("owner")
    page.goto("/dealers")
    page.get_by_role("link", name="Tree").click()
    north = page.locator("details.tree-branch")
    expect(page.get_by_role("link", name="City Net")).to_have_count(0)
    north.locator("summary .tree-mark").click()
    expect(page.get_by_role("link", name="City Net")).to_be_visible()
    keep(page, "dealers-tree")

    page.get_by_role("link", name="City Net").click()
    page.get_by_role("button", name="Act for this dealer").click()
    expect(page.locator(".acting-banner")).to_contain_text("You act for City Net until")
    expect(page.locator(".house-name")).to_have_text("City Net")
    keep(page, "acting")
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".acting-banner")).to_have_count(0)
    expect(page.locator("h1")).to_have_text("City Net")


def test_a_login_is_made_and_its_password_shown_once(open_page: OpenPage) -> None:
    page = open_page("north")
    page.goto("/logins/new")
    page.get_by_label("User name").fill("vera")
    page.get_by_label("Standard role").select_option("support")
    page.get_by_role("button", name="Create").click()
    password = page.locator("#password-once").inner_text()
    keep(page, "password-once")
    page.get_by_role("link", name="I have it").click()
    expect(page.locator("h1")).to_have_text("vera")
    assert password not in page.content()

    other = open_page()
    other.locator("#id_username").fill("vera")
    other.locator("#id_password").fill(password)
    other.locator("main button[type=submit]").click()
    other.get_by_role("link", name="My rights").click()
    expect(other.locator("tbody tr").filter(has_text="peers.add")).to_contain_text(
        "The role Support does not allow it."
    )


def test_rights_are_taken_with_the_boxes(account: Account, open_page: OpenPage) -> None:
    page = open_page("north")
    page.goto(f"/dealers/{account.seeded.dealers['city']}/tab/rights")
    box = page.locator('input[value="keys.add"]')
    expect(page.locator('input[value="routes.see_common"]')).to_be_disabled()
    box.uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main [role=status]")).to_have_text("The rights of City Net are saved.")
    expect(box).not_to_be_checked()
    keep(page, "rights")
    box.check()
    page.get_by_role("button", name="Save").click()
    expect(box).to_be_checked()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read(account: Account, open_page: OpenPage, scheme: str) -> None:
    page = open_page("north", color_scheme=scheme)
    expect(page.locator(".house")).to_be_visible()
    city = account.seeded.dealers["city"]
    for address in ("/dealers", "/dealers/tree", "/dealers/new", f"/dealers/{city}", f"/dealers/{city}/tab/rights",
                    f"/dealers/{city}/tab/rights-in-effect", f"/dealers/{city}/move", "/logins", "/logins/new", "/roles",
                    "/rights"):  # fmt: skip
        page.goto(address)
        assert page.evaluate(CONTRASTS % LEAST_CONTRAST) == [], address
