"""A form that is looked through while it is typed writes nothing: every view that shows such a form asks for that first."""

import re
from pathlib import Path

from ..house import Browse, House

WEB = Path(__file__).parents[3] / "src" / "smartswitch" / "web"
LOOKED_THROUGH = re.compile(r'include "nouns/form_body.html"|extends "nouns/form.html"')


def test_every_view_with_such_a_form_checks_a_field_before_it_writes() -> None:
    templates = [path for path in WEB.rglob("templates/**/*.html") if LOOKED_THROUGH.search(path.read_text())]
    names = {path.relative_to(path.parents[1]).as_posix() for path in templates}
    views = [path.read_text() for path in WEB.rglob("views.py")]
    showing = {name: [text for text in views if f'"{name}"' in text] for name in names}

    assert {"nouns/form.html", "balances/pay.html", "dealers/move.html", "peers/password.html"} <= names
    assert [name for name, found in showing.items() if not found] == []
    assert [
        name for name, found in showing.items() if any("checked_field(request, form)" not in text for text in found)
    ] == []


def test_a_field_that_is_left_writes_nothing(house: House, browse: Browse) -> None:
    company = {"key": "new-shop", "currency": "USD", "credit_limit": "0"}
    for field, status in (("key", 200), ("no-such-field", 404)):
        assert browse("city").post(f"/companies/new?validate={field}", company).status_code == status
        assert house.row("SELECT count(*) AS n FROM company WHERE key = 'new-shop'")["n"] == 0


def test_a_move_that_was_only_looked_at_moves_nothing(house: House, browse: Browse) -> None:
    city, north = house.seeded.dealers["city"], house.seeded.dealers["north"]
    typed = {"parent": "south", "pack": "", "confirmed": "yes"}

    assert browse("owner").post(f"/dealers/{city}/move?validate=parent", typed).status_code == 200
    assert house.row("SELECT parent_id FROM dealer WHERE id = %s", city) == {"parent_id": north}
