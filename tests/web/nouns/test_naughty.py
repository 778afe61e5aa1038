"""Every text field of every noun's forms is given what breaks careless programs, one field at a time, the others valid.

It is kept and shown as text, or refused in words; never run, never a fault. The free words of a row are then looked for
wherever they stand: on the table, the page, the form, the history and in the file. So is what phones say of themselves.
"""

import csv
import io
from html import escape
from html.parser import HTMLParser
from itertools import count
from typing import Any

import pytest

from ..house import Browse, House
from ..naughty import NAUGHTY, STRANGERS, share_of
from ..walls.factories import FACTORIES
from ..walls.test_every_address import World, nouns, world
from .test_manners import OWNERS_ONLY, table_of

__all__ = ["world"]

MARKS = ("<script>alert", "<img src=x", "<svg onload", "<iframe", "<x hx-get", '<a href="javascript')
FREE_WORDS = ("name", "note")
"""Fields that take nearly anything: each is given all strings. Others read something, and share the strings among them."""
SHARES, SHARES_OF_NEW = 8, 16
"""A form for a new row has the fields of the form for a change, and a few more."""
TEXT_INPUTS = ("text", "search", "email", "url", "number", "password", "tel", "date", "datetime-local", "")
ALWAYS = {
    "webhooks": {"url": "https://example.com/hook"},
    "holidays": {"day": "2031-02-03"},
    "prices": {"code": "44123"},
}
"""What a form for a new row needs, where it does not follow from the row that is there."""
REFUSED = 422
_numbers = count(1)


class FormReader(HTMLParser):
    """The fields of the forms on a page as a browser would send them, and which of them one types into."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, Any] = {}
        self.texts: list[str] = []
        self._select = self._textarea = ""
        self._is_ours = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name, value = told.get("name") or "", told.get("value") or ""
        if tag == "main":
            self._is_ours = True
        elif not self._is_ours:
            return
        elif tag == "input" and name and name != "csrfmiddlewaretoken":
            self._input(name, value, told)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in told or self._select not in self.values):
            self.values[self._select] = value
        elif tag == "textarea":
            self._textarea = name
            self.values[name] = ""
            self.texts.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.values[self._textarea] += data

    def _input(self, name: str, value: str, told: dict[str, str | None]) -> None:
        kind = told.get("type") or ""
        if kind in ("checkbox", "radio"):
            if "checked" in told:
                self.values[name] = [*self.values.get(name, []), value or "on"]
        else:
            self.values[name] = value
            if kind in TEXT_INPUTS:
                self.texts.append(name)


def check(answer: Any, where: str, text: str) -> None:
    """Done, or refused in words; and nothing of the text came alive."""
    page = answer.content.decode()
    assert answer.status_code in (200, 302, REFUSED), (where, text[:40], answer.status_code)
    assert not [mark for mark in MARKS if mark in page], (where, text[:40])


def strings_for(field: str, number: int, *, is_new: bool) -> tuple[str, ...]:
    """The strings that a field is given."""
    if field in FREE_WORDS and not is_new:
        return NAUGHTY
    return share_of(number, SHARES_OF_NEW if is_new else SHARES)


@pytest.mark.parametrize("name", sorted(FACTORIES))
def test_every_text_field(world: World, name: str, settings_directory: None) -> None:
    noun, pk = nouns()[name], world.object_of(name, "own")
    browser = world.browser("owner" if name in (*OWNERS_ONLY, "exchange-rates") else "me")
    inside = table_of(world, noun)
    if noun.change_form is not None:
        fill(world, noun, browser, f"/{name}/{pk}/change", {})
    if noun.add_form is not None:
        for kind in [each.name for each in noun.variants] or [""]:
            fill(world, noun, browser, f"{inside}/new{f'?kind={kind}' if kind else ''}", ALWAYS.get(name, {}))
    assert browser.get(inside).status_code == 200


def fill(world: World, noun: Any, browser: Any, address: str, more: dict[str, str]) -> None:
    """Give each field of a form its strings."""
    form = FormReader(browser.get(address).content.decode())
    is_new = "/new" in address
    for number, field in enumerate(form.texts):
        for text in strings_for(field, number, is_new=is_new):
            typed = {**form.values, **more, field: text}
            if is_new and field not in ("key", "username"):
                typed |= {each: f"naughty-{next(_numbers)}" for each in ("key", "username") if each in form.values}
            answer = browser.post(address, typed)
            check(answer, f"{address} {field}", text)
            if noun.name == "prices" and not is_new and answer.status_code == 302:
                address = price_address(world)
            if field in FREE_WORDS and not is_new and answer.status_code == 302 and is_markup(text):
                look_for(world, noun, browser, text)


def price_address(world: World) -> str:
    """The form of another price: one that was changed is another row from then on."""
    pk = FACTORIES["prices"](world.family, world.family.dealers["own"], f"again-{next(_numbers)}")
    return f"/prices/{pk}/change"


def is_markup(text: str) -> bool:
    """Whether a page or a spreadsheet could take the text for more than words."""
    return text.startswith(("=", "@")) or any(mark in text for mark in MARKS)


def look_for(world: World, noun: Any, browser: Any, text: str) -> None:
    """The words stand on every page of the row, as words; and in the file, as no formula."""
    pk, inside = world.object_of(noun.name, "own"), table_of(world, noun)
    addresses = [inside, f"/{noun.name}/{pk}/change"]
    if noun.parent is None and noun.has_page:
        addresses += [f"/{noun.name}/{pk}", f"/{noun.name}/{pk}/history"]
    for address in addresses:
        answer = browser.get(address)
        check(answer, address, text)
        assert escape(text) in answer.content.decode(), (address, text)
    lines = b"".join(browser.get(f"{inside}?export=csv").streaming_content).decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(lines)) for cell in row]
    assert [cell for cell in cells if text in cell], (inside, text)
    assert not [cell for cell in cells if cell.startswith(("=", "@"))], inside


@pytest.fixture
def settings_directory(tmp_path: Any) -> Any:
    """Where keys for secrets are made."""
    from django.test import override_settings

    with override_settings(STATE_DIRECTORY=tmp_path):
        yield


CALLS = """
INSERT INTO cdr SELECT (jsonb_populate_record(NULL::cdr, to_jsonb(c) || jsonb_build_object(
    'leg', t.n, 'caller_name', t.said, 'user_agent', t.said, 'caller', left(t.said, 100)))).*
FROM (SELECT * FROM cdr WHERE result = 'answered' ORDER BY created_at DESC LIMIT 1) AS c,
    unnest(%s::text[]) WITH ORDINALITY AS t (said, n)
"""
LIVE = """
UPDATE open_leg SET facts = (facts::jsonb || jsonb_build_object(
    'caller_name', %s::text, 'user_agent', %s::text, 'caller', %s::text))::text
"""
REGISTERED = """
INSERT INTO location (ruid, username, contact, user_agent, expires)
SELECT 'naughty-' || n, 'peer-' || p.id, left('sip:' || t.said, 500), left(t.said, 250), now() + interval '1 day'
FROM peer AS p, unnest(%s::text[]) WITH ORDINALITY AS t (said, n) WHERE p.key = 'shop-phone'
"""


def test_what_phones_say_of_themselves(house: House, browse: Browse) -> None:
    said = [text for text in STRANGERS if "\ud800" not in text]
    house.run(CALLS, said)
    house.run(REGISTERED, said)
    peer = house.row("SELECT id FROM peer WHERE key = 'shop-phone'")["id"]
    client = browse("owner")
    for address in ("/calls", "/calls?page=2", "/", f"/peers/{peer}", "/peers"):
        check(client.get(address), address, "what phones said")
    assert escape(said[0]) in client.get(f"/peers/{peer}").content.decode()
    call = house.row("SELECT call_id FROM cdr WHERE user_agent = %s", said[0])["call_id"]
    page = client.get(f"/calls/{call}")
    check(page, "a call with many legs", "what phones said")
    assert escape(said[0]) in page.content.decode()


def test_what_phones_say_while_they_call(house: House, browse: Browse) -> None:
    client = browse("owner")
    for text in STRANGERS[:: len(STRANGERS) // 35]:
        house.run(LIVE, text, text, text[:100])
        check(client.get("/live"), "/live", text)
        if is_markup(text):
            assert escape(text[:20]) in client.get("/live").content.decode(), text
