"""The walls of the API: every operation of its document, with a key of one dealer, against every relation.

Operations are found in the document, so a new one is asked by itself: what it names in its address must be a row of a noun
(`row_id`, made by `factories.py`) or one of NAMED below; anything else fails until it is told here how to make one.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import urlencode

import pytest

from ..api.conftest import Caller, caller_of
from ..house import House, copy_of, web_account_at
from ..seeding import Seeded
from .addresses import audit_entry, balance_of_customer, call
from .factories import FACTORIES
from .family import HIDDEN, RELATIONS, VISIBLE, Family, make_family, tree_at

pytestmark = pytest.mark.usefixtures("migrated_template")

ROW = "row_id"
NAMED: dict[str, Callable[[Family, int, str], dict[str, object]]] = {
    "call_id": call,
    "entry_id": audit_entry,
    "balance_id": lambda *of: {"balance_id": balance_of_customer(*of)["pk"]},
}
"""What an address names besides rows of nouns, by the name of its parameter."""
SHARED = {"exchange-rates"}
"""What everybody may look at, and only its owner change."""
WITHOUT_RIGHT = {"me", "search"}
PREFIX = "/api/v1"
JSON = "application/json"


class World:
    """The family behind the API, and programs of its people."""

    def __init__(self, family: Family, house: House) -> None:
        self.family = family
        self.house = house
        self.operations = list(operations())

    def object_of(self, noun: str, relation: str) -> int:
        """The object of a noun that belongs to a relation; made once."""
        made = self.family.made
        if (noun, relation) not in made:
            made[noun, relation] = FACTORIES[noun](self.family, self.family.dealers[relation], relation)
        return made[noun, relation]

    def named(self, name: str, noun: str, relation: str) -> object:
        """What else an address names, of a relation; made once."""
        made, what = self.family.made, f"{noun}-{name}"
        if (what, relation) not in made:
            of_relation = NAMED[name](self.family, self.family.dealers[relation], f"{relation}-{noun}-api")
            made[what, relation] = of_relation[name]
        return made[what, relation]

    def address(self, path: str, relation: str) -> str:
        """The address of an operation on the object of a relation."""
        parts = path.removeprefix(PREFIX).split("/")
        noun = parts[1]
        named = []
        for part in parts:
            name = part.strip("{}")
            if not part.startswith("{"):
                named.append(part)
            elif name == ROW:
                named.append(str(self.object_of(noun, relation)))
            else:
                named.append(str(self.named(name, noun, relation)))
        return "/".join(named)


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every operation."""
    from smartswitch.web.api.document import document

    for path, told in document()["paths"].items():
        for method, operation in told.items():
            yield method.upper(), path, operation


@pytest.fixture(scope="module")
def world(postgres: Any, migrated_template: str) -> Iterator[World]:
    with copy_of(postgres, migrated_template) as url:
        database = type("Here", (), {"url": url})
        with tree_at(database) as tree, web_account_at(url):
            family = make_family(tree)
            yield World(family, House(url, Seeded(dealers=family.dealers)))


@pytest.fixture(autouse=True)
def no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """More calls than a program may make."""
    from smartswitch.web.api.keys import rate_limit

    monkeypatch.setattr(rate_limit, "LIMIT", rate_limit.RateLimit(calls_per_s=10_000, burst=1_000_000))


def ask(caller: Caller, method: str, address: str, told: dict[str, Any], **headers: str) -> int:
    """The status of one operation, asked with the least that its description allows."""
    needed = {
        each["name"]: least(each["schema"]) for each in told["parameters"] if each["required"] and each["in"] == "query"
    }
    if needed:
        address = f"{address}?{urlencode(needed)}"
    content = told.get("requestBody", {}).get("content", {})
    if content and JSON not in content:
        return caller.call(method, address, b"none", content_type=next(iter(content)), **headers).status_code
    body = least(content[JSON]["schema"]) if content else None if method in ("GET", "DELETE") else {}
    return caller.call(method, address, body, **headers).status_code


def least(schema: dict[str, Any]) -> Any:
    """The smallest value that a schema describes: of an object what it needs."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name:
        return least(schemas()[name])
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("examples"):
        return schema["examples"][0]
    if schema.get("type") == "object":
        return {each: least(schema["properties"][each]) for each in schema.get("required", ())}
    return {"integer": schema.get("minimum", 1), "boolean": True, "array": []}.get(schema.get("type", ""), "1")


@cache
def schemas() -> dict[str, Any]:
    """What the document names."""
    from smartswitch.web.api.document import document

    found: dict[str, Any] = document()["components"]["schemas"]
    return found


def test_whatever_is_named_can_be_made(world: World) -> None:
    named = {part.strip("{}") for _m, path, _t in world.operations for part in path.split("/") if part.startswith("{")}

    assert named <= {ROW, *NAMED}, "say in NAMED how to make one"


@pytest.mark.parametrize("relation", RELATIONS)
def test_objects(world: World, relation: str) -> None:
    caller = caller_of(world.house, "me")
    problems = []
    for method, path, told in world.operations:
        if "{" not in path or (relation in VISIBLE and method != "GET"):
            continue
        address = world.address(path, relation)
        status = ask(caller, method, address, told)
        if status not in expected(path, method, relation):
            problems.append(f"{told['operationId']} {address} ({relation}): {status}")

    assert problems == [], "\n".join(problems)


def expected(path: str, method: str, relation: str) -> tuple[int, ...]:
    """What an operation on the object of a relation answers."""
    noun = load_nouns_by_name().get(path.removeprefix(PREFIX).split("/")[1])
    if noun is not None and noun.name in SHARED:
        return (200,) if method == "GET" else (404,)
    if relation in VISIBLE and not (noun is not None and noun.is_for_owner):
        return (200,)
    return (404,)


def load_nouns_by_name() -> dict[str, Any]:
    """The registry."""
    from smartswitch.web.nouns.registry import load_nouns

    return load_nouns()


def test_lists_hold_what_is_visible_and_nothing_else(world: World) -> None:
    from smartswitch.web.nouns.registry import load_nouns

    caller = caller_of(world.house, "me")
    problems = []
    for noun in load_nouns().values():
        if not noun.has_page or noun.is_for_owner or noun.name in SHARED:
            continue
        made = {relation: world.object_of(noun.name, relation) for relation in RELATIONS}
        listed = {row["id"] for row in caller.get(f"/{noun.name}?size=200").json()["items"]}
        problems += [f"{noun.name}: {relation} is missing" for relation in VISIBLE if made[relation] not in listed]
        problems += [f"{noun.name}: {relation} is shown" for relation in HIDDEN if made[relation] in listed]

    assert problems == []


@pytest.mark.parametrize("relation", HIDDEN)
def test_nothing_is_listed_or_put_into_what_is_hidden(world: World, relation: str) -> None:
    from smartswitch.web.nouns.registry import load_nouns

    caller = caller_of(world.house, "me")
    for noun in load_nouns().values():
        if noun.parent is not None:
            field, parent = f"{noun.parent.field}_id", world.object_of(noun.parent.noun, relation)
            assert caller.get(f"/{noun.name}?{field}={parent}").status_code == 404
            assert caller.post(f"/{noun.name}", {field: parent}).status_code in (404, 405, 422)


def test_nothing_without_a_key(world: World) -> None:
    caller = Caller(None)
    problems = {
        told["operationId"]: status
        for method, path, told in world.operations
        if (status := ask(caller, method, world.address(path, "own"), told)) != 401
    }

    assert problems == {}


@pytest.mark.parametrize("relation", [*HIDDEN, "owner", "own"])
def test_nothing_is_done_for_a_dealer_that_is_not_below(world: World, relation: str) -> None:
    """The header Act-For, on every operation, with an object that the dealer who is named could see itself."""
    caller = caller_of(world.house, "me")
    key = world.family.value("SELECT key FROM dealer WHERE id = %s", world.family.dealers[relation])
    seen = "own" if relation == "owner" else relation
    problems = {
        told["operationId"]: status
        for method, path, told in world.operations
        if (status := ask(caller, method, world.address(path, seen), told, **{"Act-For": key})) != 404
    }

    assert problems == {}


@pytest.mark.parametrize("relation", ["own", "child"])
def test_whoever_acts_sees_no_more_than_the_dealer_for_whom_he_acts(world: World, relation: str) -> None:
    """For `child`: what belongs to it is found, what belongs to the dealer of the key is not."""
    caller = caller_of(world.house, "me")
    problems = []
    for method, path, told in world.operations:
        noun = load_nouns_by_name().get(path.removeprefix(PREFIX).split("/")[1])
        if "{" not in path or method != "GET" or (noun is not None and (noun.is_for_owner or noun.name in SHARED)):
            continue
        status = ask(caller, method, world.address(path, relation), told, **{"Act-For": "child"})
        if status != (200 if relation == "child" else 404):
            problems.append(f"{told['operationId']} ({relation}): {status}")

    assert problems == [], "\n".join(problems)


def test_nothing_without_the_right(world: World) -> None:
    """A key of somebody whose role has no right is refused everything."""
    world.family.run("INSERT INTO role (key, dealer_id) VALUES ('nothing', %s)", world.family.dealers["own"])
    caller = caller_of(world.house, "me", role="nothing")
    problems = {
        told["operationId"]: status
        for method, path, told in world.operations
        if (status := ask(caller, method, world.address(path, "own"), told)) != 403
        and told["operationId"] not in WITHOUT_RIGHT
    }

    assert problems == {}
