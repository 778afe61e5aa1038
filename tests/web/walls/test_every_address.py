"""The walls: every address, seen from a dealer, against every relation; and every address without the right.

An object of one's own house, of a child's or of a grandchild's is there. One of a sibling, of the dealer above or of a
stranger is not found, however it is asked. A page that is new and not in the tables fails.
"""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from ..house import browser_of, copy_of, web_account_at
from .addresses import ADDRESSES, ObjectPage, OpenPage, OwnPage, PersonalPage, SharedPage
from .factories import FACTORIES
from .family import HIDDEN, RELATIONS, VISIBLE, Family, make_family, tree_at

pytestmark = pytest.mark.usefixtures("migrated_template")

REFUSED = (403,)
NOT_FOUND = (404, 405)
API = "api"
NOUN_PAGES = ("-move", "-one", "-change", "-delete", "-tab", "-in", "-new", "-suggest", "-history", "")


def patterns(found: Any = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every named address of the web account; operations of the API are test_every_operation.py's."""
    for each in (found or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            if each.namespace == API:
                continue
            yield from patterns(each, f"{namespace}{each.namespace}:" if each.namespace else namespace)
        else:
            yield f"{namespace}{each.name}", each


def nouns() -> dict[str, Any]:
    """The registry."""
    from smartswitch.web.nouns.registry import load_nouns

    return load_nouns()


def noun_addresses() -> dict[str, tuple[str, str]]:
    """The names of addresses that follow from nouns, with the noun and the sort of page."""
    return {f"{noun}{page}": (noun, page) for noun in nouns() for page in NOUN_PAGES}


class World:
    """The family behind the web account, and browsers of its people."""

    def __init__(self, family: Family, house: Any) -> None:
        self.family = family
        self.house = house
        self._browsers: dict[str, Any] = {}

    def browser(self, dealer: str = "me") -> Any:
        """A browser in which somebody of a dealer is logged in."""
        if dealer not in self._browsers:
            self._browsers[dealer] = browser_of(self.house, dealer)
        return self._browsers[dealer]

    def object_of(self, noun: str, relation: str) -> int:
        """The object of a noun that belongs to a relation; made once."""
        made = self.family.made
        if (noun, relation) not in made:
            made[noun, relation] = FACTORIES[noun](self.family, self.family.dealers[relation], relation)
        return made[noun, relation]


@pytest.fixture(scope="module")
def world(postgres: Any, migrated_template: str) -> Iterator[World]:
    from ..house import House
    from ..seeding import Seeded

    with copy_of(postgres, migrated_template) as url:
        database = type("Here", (), {"url": url})
        with tree_at(database) as tree, web_account_at(url):
            family = make_family(tree)
            yield World(family, House(url, Seeded(dealers=family.dealers)))


def test_every_address_is_in_a_table() -> None:
    known = {*ADDRESSES, *noun_addresses()}
    unknown = sorted({name for name, _pattern in patterns()} - known)

    assert unknown == [], "write each of these into tests/web/walls/addresses.py"


def test_every_noun_has_a_factory() -> None:
    assert sorted(set(nouns()) - set(FACTORIES)) == [], (
        "write a factory for each of these into tests/web/walls/factories.py"
    )


def test_the_tables_name_nothing_that_is_gone() -> None:
    present = {name for name, _pattern in patterns()}

    assert sorted(set(ADDRESSES) - present) == []
    assert sorted(set(FACTORIES) - set(nouns())) == []


@pytest.mark.parametrize("relation", RELATIONS)
def test_objects_of_nouns(world: World, relation: str) -> None:
    browser = world.browser()
    problems = []
    for name, pattern in patterns():
        if name not in noun_addresses() or name in ADDRESSES:
            continue
        noun_name, page = noun_addresses()[name]
        for address in addresses_of_noun(world, nouns()[noun_name], page, relation, pattern):
            for method in ("get", "post"):
                if method == "post" and relation in VISIBLE:
                    continue
                status = getattr(browser, method)(address).status_code
                if not is_right(status, relation, nouns()[noun_name]):
                    problems.append(f"{method} {address} ({name}, {relation}): {status}")

    assert problems == []


def addresses_of_noun(world: World, noun: Any, page: str, relation: str, pattern: URLPattern) -> list[str]:
    """The addresses of one sort of page that name the object of a relation."""
    text = "/" + str(pattern.pattern)
    if "<int:pk>" not in text:
        return []
    is_in_parent = noun.parent is not None and page in ("-in", "-new")
    pk = world.object_of(noun.parent.noun if is_in_parent else noun.name, relation)
    text = text.replace("<int:pk>", str(pk))
    if "<slug:tab>" not in text:
        return [text]
    return [text.replace("<slug:tab>", tab.name) for tab in noun.tabs] if relation in HIDDEN else []


def is_right(status: int, relation: str, noun: Any) -> bool:
    """Whether the answer keeps the walls: 404 for what is hidden, anything but 404 and faults for what is not. What only
    the owner has is hidden from everybody else."""
    if relation in HIDDEN or noun.is_for_owner:
        return status in NOT_FOUND
    return status < 500 and status != 404


@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("name", [name for name, page in ADDRESSES.items() if isinstance(page, ObjectPage)])
def test_objects_of_other_pages(world: World, name: str, relation: str) -> None:
    from django.urls import reverse

    page = ADDRESSES[name]
    assert isinstance(page, ObjectPage)
    if relation == "own" and not page.is_for_own_dealer:
        return
    arguments = page.make(world.family, world.family.dealers[relation], f"{relation}-{name.replace(':', '-')}")
    browser = browser_of(world.house, "me")  # of its own: to act for a dealer would change what the next one sees
    status = getattr(browser, page.method)(reverse(name, kwargs=arguments)).status_code

    assert status in (page.status if relation in VISIBLE else NOT_FOUND)


@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("name", [name for name, page in ADDRESSES.items() if isinstance(page, PersonalPage)])
def test_what_belongs_to_another_login(world: World, name: str, relation: str) -> None:
    from django.urls import reverse

    page = ADDRESSES[name]
    assert isinstance(page, PersonalPage)
    login = world.family.value(
        "INSERT INTO login (username, password, dealer_id) VALUES (%s, '', %s) RETURNING id",
        f"{name}-{relation}", world.family.dealers[relation],
    )  # fmt: skip
    browser = browser_of(world.house, "me")
    session = browser.session
    session["identity_shown_at"] = int(time.time())
    session.save()

    assert getattr(browser, page.method)(reverse(name, kwargs=page.make(world.family, login))).status_code == 404


@pytest.mark.parametrize("name", [name for name, page in ADDRESSES.items() if isinstance(page, SharedPage)])
def test_what_is_everybodys(world: World, name: str) -> None:
    from django.urls import reverse

    page = ADDRESSES[name]
    assert isinstance(page, SharedPage)
    arguments = page.make(world.family, world.family.dealers["stranger"], name)

    assert world.browser().get(reverse(name, kwargs=arguments)).status_code == 200


def test_pages_of_ones_own(world: World) -> None:
    from django.urls import reverse

    browser = world.browser()
    found = {name: page for name, page in ADDRESSES.items() if isinstance(page, OwnPage)}
    problems = [
        f"{name}: {status}"
        for name, page in found.items()
        if (status := browser.get(reverse(name)).status_code) != page.status
    ]

    assert problems == []


def test_nothing_without_a_login(world: World) -> None:
    browser = browser_of(world.house, None)
    problems = []
    for name, pattern in patterns():
        if isinstance(ADDRESSES.get(name), OpenPage):
            continue
        address = "/" + str(pattern.pattern).replace("<slug:tab>", "x")
        address = re.sub("<int:[a-z_]+>", "1", address)
        address = re.sub("<uuid:[a-z_]+>", "00000000-0000-0000-0000-000000000000", address)
        answer = browser.get(address)
        is_sent_away = answer.status_code == 302 and answer.headers["Location"].startswith("/login")
        if not is_sent_away and answer.status_code != 401:
            problems.append(f"{name}: {answer.status_code}")

    assert problems == []


def test_pages_of_nouns_without_the_right(world: World) -> None:
    """Somebody whose role has no right at all is refused everything of his own house, by name of the right."""
    world.family.run("INSERT INTO role (key, dealer_id) VALUES ('nothing', %s)", world.family.dealers["own"])
    browser = browser_of(world.house, "me", role="nothing")
    problems = []
    for name, pattern in patterns():
        page = ADDRESSES.get(name)
        if isinstance(page, OpenPage) or (page is not None and page.right is None):
            continue
        if page is not None:
            if isinstance(page, ObjectPage | SharedPage):
                continue
            address = "/" + str(pattern.pattern)
        else:
            noun_name, sort = noun_addresses()[name]
            address = next(
                iter(addresses_of_noun(world, nouns()[noun_name], sort, "own", pattern)), "/" + str(pattern.pattern)
            )
        if "<" in address:
            continue
        status = browser.get(address).status_code
        if status not in REFUSED:
            problems.append(f"{address} ({name}): {status}")

    assert problems == []
