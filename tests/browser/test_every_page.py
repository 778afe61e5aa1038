"""Every page of the web account in a real browser, as the owner, as a dealer, and as a dealer who has nothing yet.

Pictures of all are kept in tests/artefacts/pages/, for people to look at.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from ..web.furnishing import FURNISHED, furnish
from ..web.seeding import seed_now
from .conftest import ARTEFACTS, Account, OpenPage, apart, log_in, serving
from .page_addresses import addresses
from .page_faults import DESKTOP, faults_of

PICTURES = ARTEFACTS / "pages"
PEOPLE = ("owner", "north", "young")
FOR_OWNER = ("terminator", "address-rules", "exchange-rates")
"""Pages that only the owner has. All others are made alike for everybody: what a screen reader meets is asked of one."""
LEAST_PAGES = {"owner": 130, "north": 110, "young": 20}


@pytest.fixture(scope="module")
def furnished(postgres: Any, migrated_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """A house in which nothing is missing."""
    name = f"every_page_{os.getpid()}"
    url = postgres.create_database(name, template=migrated_template)
    seeded = apart(lambda: seed_now(url, trickle=60, parties=FURNISHED))
    furnish(url)
    with serving(url, seeded, state=tmp_path_factory.mktemp("state"), people=PEOPLE) as account:
        yield account
    postgres.drop_database(name)


@pytest.fixture
def walk(furnished: Account, browser: Browser) -> Iterator[Any]:
    """`walk("north")`: a page of somebody who is logged in."""
    context = browser.new_context(
        base_url=furnished.address, viewport=DESKTOP, locale="en-GB", reduced_motion="reduce", color_scheme="light"
    )
    page = context.new_page()
    page.on("console", lambda said: furnished.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: furnished.complaints.append(str(error)))

    def begin(username: str) -> Page:
        page.goto("/login")
        log_in(page, username)
        page.wait_for_url("**/")
        return page

    yield begin
    context.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("username", PEOPLE)
def test_every_page(furnished: Account, walk: OpenPage, username: str) -> None:
    page = walk(username)
    found = apart(lambda: addresses(furnished.database_url, furnished.seeded, username))
    PICTURES.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    for name, address in found.items():
        furnished.complaints.clear()
        answer = page.goto(address, wait_until="load")
        page.screenshot(path=PICTURES / f"{username}-{name}.png", full_page=True)
        wrong = faults_of(page, is_heard=username == "north" or name.startswith(FOR_OWNER)) + furnished.complaints
        if answer is None or answer.status != 200:
            wrong.append(f"the answer is {answer and answer.status}")
        faults += [f"{name} ({address}): {each}" for each in wrong]

    furnished.complaints.clear()
    assert not faults, "\n".join(faults)
    assert len(found) >= LEAST_PAGES[username], "pages have gone; this is about all of them"
