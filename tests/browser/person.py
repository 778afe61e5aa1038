"""A person before the browser: follows links, fills in forms, presses buttons, and waits for what the page says.

Fields are found by their labels and buttons by their words, as people find them. `actions` counts what hands have done.
"""

from dataclasses import dataclass, field

from playwright.sync_api import Browser, Locator, Page, expect

from .conftest import log_in

PATIENCE_MS = 20_000


@dataclass
class Person:
    """Somebody with a browser of his own, logged in. What browsers complain of is in `complaints`."""

    username: str
    page: Page
    complaints: list[str] = field(default_factory=list)
    actions: int = 0

    @classmethod
    def coming(cls, browser: Browser, address: str, username: str, password: str) -> "Person":
        """Open a browser and log in."""
        context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900}, locale="en-GB")
        context.set_default_timeout(PATIENCE_MS)
        person = cls(username, context.new_page())
        person.page.on("console", lambda said: person._hears(said.text) if said.type == "error" else None)
        person.page.on("pageerror", lambda error: person._hears(str(error)))
        person.page.goto("/login")
        log_in(person.page, username, password)
        person.sees(person.page.locator(".house"))
        person.actions = 3
        return person

    @property
    def main(self) -> Locator:
        """The page without menu and header."""
        return self.page.locator("main")

    def sees(self, what: Locator) -> Locator:
        """Wait until it is there."""
        expect(what).to_be_visible(timeout=PATIENCE_MS)
        return what

    def reads(self, where: Locator, *texts: str) -> None:
        """Wait until all these texts stand there."""
        for text in texts:
            expect(where).to_contain_text(text, timeout=PATIENCE_MS)

    def opens(self, entry: str) -> None:
        """Choose an entry of the menu."""
        self._click(self.page.locator("#menu").get_by_role("link", name=entry, exact=True))
        expect(self.page.locator("#menu .active")).to_contain_text(entry, timeout=PATIENCE_MS)

    def follows(self, link: str) -> None:
        """Follow a link (or what looks like a button and is one)."""
        self._click(self.page.locator(".page-wrapper").get_by_role("link", name=link, exact=True).first)

    def presses(self, button: str) -> None:
        """Press a button of the page."""
        self._click(self.page.locator(".page-wrapper").get_by_role("button", name=button, exact=True))

    def fills(self, **values: str) -> None:
        """Fill in fields by the beginnings of their names: `price_per_minute="3"` fills in *Price per minute*."""
        for name, value in values.items():
            self.types(name.replace("_", " ").capitalize(), value)

    def types(self, label: str, value: str) -> None:
        """Fill in the field with this label."""
        self.actions += 1
        self.main.get_by_label(label, exact=True).fill(value)

    def chooses(self, label: str, value: str) -> None:
        """Choose from the list with this label."""
        self.actions += 1
        self.main.get_by_label(label, exact=True).select_option(label=value)

    def saves(self, button: str = "Create") -> None:
        """Send the form, and read that it is saved."""
        self.presses(button)
        self.reads(self.main.get_by_role("status").first, "is saved.")

    def _hears(self, complaint: str) -> None:
        self.complaints.append(f"{self.page.url}: {complaint}")

    def _click(self, what: Locator) -> None:
        self.actions += 1
        what.click()
