"""A real browser before the real server: Chromium, and the web account on loopback behind a seeded database.

Screenshots for people to look at are kept in tests/artefacts/, which git ignores.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from shutil import which
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from ..web.seeding import Seeded, seed_now

PASSWORD = "correct horse battery"
CHROMIUM = ("chromium", "chromium-browser")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip
ARTEFACTS = Path(__file__).parents[1] / "artefacts"
START_TIMEOUT_S = 30
_numbers = count(1)
Made = TypeVar("Made")


@dataclass
class Account:
    """A running web account."""

    address: str
    database_url: str
    seeded: Seeded
    complaints: list[str] = field(default_factory=list)
    """What browsers said on their consoles: errors, and breaches of the content security policy."""


@pytest.fixture(scope="session")
def account(postgres: Any, migrated_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """The server that `smartswitch up` starts, with people at every level."""
    name = f"browser_{os.getpid()}"
    url = postgres.create_database(name, template=migrated_template)
    seeded = apart(lambda: seed_now(url, trickle=40))
    with serving(url, seeded, state=tmp_path_factory.mktemp("state"), people=("owner", "north", "city")) as account:
        yield account
    postgres.drop_database(name)


@contextmanager
def serving(url: str, seeded: Seeded, *, state: Path, people: Sequence[str]) -> Iterator[Account]:
    """A server before a seeded database, with a login of the same name for each of the dealers."""
    from smartswitch.web.login.creation import create_login

    for dealer in people:
        apart(lambda key=dealer: create_login(url, username=key, password=PASSWORD, dealer_key=key))
    port = free_port()
    environment = {
        **os.environ,
        "SMARTSWITCH_DATABASE_URL": url,
        "SMARTSWITCH_STATE_DIRECTORY": str(state),
        "SMARTSWITCH_WEB_ADDRESS": f"127.0.0.1:{port}",
    }
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--blocking-threads", "4", "smartswitch.web.config.wsgi:application",
    ]  # fmt: skip
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            wait_until_it_answers(f"http://127.0.0.1:{port}/health", server)
            yield Account(f"http://127.0.0.1:{port}", url, seeded)
        finally:
            server.terminate()


def apart(work: Callable[[], Made]) -> Made:
    """Do it in a thread of its own: Playwright has an event loop in this one, which asyncio and Django refuse to share."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(work).result()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_it_answers(address: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                assert answer.status == 200
                return
        except OSError:
            assert time.monotonic() < deadline, f"{address} does not answer"
            time.sleep(0.1)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    program = next((path for name in CHROMIUM if (path := which(name))), None)
    assert program is not None, "there is no chromium; tools/apt-packages.txt has it"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield chromium
        chromium.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(account: Account, browser: Browser) -> Iterator[OpenPage]:
    """`open_page("north", color_scheme="dark")`: a page in a browser of its own, logged in; complaints fail the test."""
    contexts: list[BrowserContext] = []
    account.complaints.clear()

    def open_one(username: str | None = None, **options: Any) -> Page:
        settings = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", **options}
        context = browser.new_context(base_url=account.address, **settings)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: account.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: account.complaints.append(str(error)))
        page.on("dialog", lambda dialog: account.complaints.append(f"a dialog: {dialog.message}"))
        page.goto("/login")
        if username is not None:
            log_in(page, username)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert account.complaints == []


def log_in(page: Page, username: str, password: str = PASSWORD) -> None:
    """Fill in the form and send it."""
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill(password)
    page.locator("main button[type=submit]").click()


def keep(page: Page, name: str) -> None:
    """Keep a picture of the whole page for people to look at. To hide the caret takes a style that the policy forbids."""
    ARTEFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True, caret="initial")
