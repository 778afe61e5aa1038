"""API keys: made by a person, shown once, never more than he may, ended at once."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from smartswitch.core.rights import REGISTRY

from ..house import House
from .conftest import Caller, Program

Browser = Callable[..., Any]
NEW = {"name": "Web shop", "scopes": ["calls.view", "companies.view"], "expires_at": ""}


def secret_in(page: str) -> str:
    found = re.search(r'value="(ss_[\w-]{43})"', page)
    assert found is not None
    return found[1]


def test_a_person_makes_a_key_and_sees_it_once(house: House, browser: Browser) -> None:
    person = browser("city")
    answer = person.post("/keys/new", NEW)
    secret = secret_in(answer.content.decode())
    row = house.row("SELECT * FROM api_key ORDER BY id DESC LIMIT 1")
    shown_later = person.get("/keys").content.decode() + person.get(f"/keys/{row['id']}").content.decode()
    me = Caller(secret).get("/me").json()

    assert answer.status_code == 200
    assert (row["name"], row["scopes"], row["prefix"]) == ("Web shop", NEW["scopes"], secret[:9])
    assert secret not in shown_later
    assert secret not in str(row)
    assert (me["key"], me["dealer"], me["rights"]) == ("Web shop", "city", NEW["scopes"])


def test_the_audit_tells_of_the_key_and_not_its_secret(house: House, browser: Browser) -> None:
    from smartswitch.web.api.keys.secret import sha256_of

    secret = secret_in(browser("city").post("/keys/new", NEW).content.decode())
    Caller(secret).get("/me")
    entries = house.row("SELECT array_agg(after::text) AS told, count(*) AS n FROM audit_entry"
                        " WHERE table_name = 'api_key' AND row_id = (SELECT max(id)::text FROM api_key)")  # fmt: skip

    assert entries["n"] == 1
    assert '"secret_sha256": "(secret)"' in entries["told"][0]
    assert sha256_of(secret) not in str(entries)


def test_nobody_gives_a_key_what_he_has_not(house: House, browser: Browser) -> None:
    before = house.row("SELECT count(*) AS n FROM api_key")
    answer = browser("city").post("/keys/new", NEW | {"scopes": ["routes.see_common"]})

    assert answer.status_code == 422
    assert "You have not got these rights yourself: see the routes that the parent shares." in answer.content.decode()
    assert house.row("SELECT count(*) AS n FROM api_key") == before


def test_rights_are_said_in_the_readers_language(browser: Browser) -> None:
    russian = browser("city", accept_language="ru")

    page = russian.get("/keys/new").content.decode()
    refused = russian.post("/keys/new", NEW | {"scopes": ["routes.see_common"]}).content.decode()
    empty = russian.post("/keys/new", NEW | {"scopes": []}).content.decode()

    assert "вносить платежи" in page
    assert [right.label for right in REGISTRY.values() if right.label in page] == []
    assert "Этих прав нет у вас самих: видеть общие маршруты" in refused
    assert "Обязательное поле." in empty


def test_services_refuse_what_a_form_let_through(house: House, viewer: Callable[[str], Any]) -> None:
    from dataclasses import replace

    from smartswitch.web.api.keys.services import KEYS
    from smartswitch.web.nouns.writing import Refused

    person = viewer("city")
    for by, scopes, field in (
        (person, ["routes.see_common"], "scopes"),
        (replace(person, origin="api"), ["calls.view"], ""),
        (replace(person, own_dealer_id=house.seeded.dealers["north"]), ["calls.view"], ""),
    ):
        with pytest.raises(Refused) as refused:
            KEYS.add(by=by, values={"name": "x", "scopes": scopes, "expires_at": None})
        assert list(refused.value.problems) == [field]


def test_a_key_cannot_make_keys(house: House, program: Program) -> None:
    caller = program("city")
    before = house.row("SELECT count(*) AS n FROM api_key")

    assert caller.post("/keys", {"name": "x", "scopes": ["calls.view"]}).status_code == 405
    assert house.row("SELECT count(*) AS n FROM api_key") == before


def test_scopes_narrow_and_never_widen(house: House, program: Program) -> None:
    caller = program("city", "companies.view", "routes.see_common")

    assert caller.get("/me").json()["rights"] == ["companies.view"]
    assert caller.get("/companies").status_code == 200
    assert caller.get("/balances").status_code == 403
    assert caller.get("/balances").json()["right"] == "balances.view"


@pytest.mark.parametrize(
    "end",
    [
        "UPDATE api_key SET revoked_at = now() WHERE id = %s",
        "UPDATE api_key SET expires_at = now() - interval '1 s' WHERE id = %s",
        "UPDATE login SET is_active = false WHERE id = (SELECT login_id FROM api_key WHERE id = %s)",
        "DELETE FROM api_key WHERE id = %s",
    ],
)
def test_a_key_that_has_ended_opens_nothing(house: House, program: Program, end: str) -> None:
    caller = program("city")
    before = caller.get("/me").status_code
    house.run(end, caller.key_id)
    answer = caller.get("/me")

    assert (before, answer.status_code) == (200, 401)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ss_", "Bearer ss_nothing", "Basic c3M6eA==", "bearer x" * 500,
                                    "Bearer ss_\udce4"])  # fmt: skip
def test_what_is_no_key_opens_nothing(house: House, header: str) -> None:
    from django.test import Client

    answer = Client(SERVER_NAME="localhost").get("/api/v1/me", HTTP_AUTHORIZATION=header)

    assert answer.status_code == 401


def test_a_session_does_not_count_and_a_key_opens_no_pages(browser: Browser, program: Program) -> None:
    caller = program("city")

    assert browser("city").get("/api/v1/me").status_code == 401
    assert browser("city").post("/api/v1/companies", "{}", content_type="application/json").status_code == 401
    assert caller.client.get("/companies", headers={"Authorization": f"Bearer {caller.secret}"}).status_code == 302
    assert not caller.client.cookies


def test_use_is_noted_once_a_minute(house: House, program: Program) -> None:
    caller = program("city")
    used = "SELECT last_used_at FROM api_key WHERE id = %s"
    caller.get("/me")
    first = house.row(used, caller.key_id)["last_used_at"]
    caller.get("/me")
    second = house.row(used, caller.key_id)["last_used_at"]
    house.run("UPDATE api_key SET last_used_at = now() - interval '61 s' WHERE id = %s", caller.key_id)
    caller.get("/me")
    third = house.row(used, caller.key_id)["last_used_at"]

    assert first is not None
    assert first == second
    assert third > first


def test_a_key_is_revoked_in_the_browser_and_by_the_api(house: House, browser: Browser, program: Program) -> None:
    one, other, boss = program("city"), program("city"), program("city")
    question = browser("city").get(f"/keys/{one.key_id}/revoke")
    browser("city").post(f"/keys/{one.key_id}/revoke")
    answer = boss.post(f"/keys/{other.key_id}/revoke")

    assert "Revoke a program?" in question.content.decode()
    assert (answer.status_code, answer.json()["state"]) == (200, "revoked")
    assert (one.get("/me").status_code, other.get("/me").status_code) == (401, 401)


@pytest.mark.parametrize("dealer", ["south"])
def test_a_stranger_finds_no_keys(house: House, browser: Browser, program: Program, dealer: str) -> None:
    key = program("city").key_id
    stranger = program(dealer)

    assert stranger.get(f"/keys/{key}").status_code == 404
    assert stranger.delete(f"/keys/{key}").status_code == 404
    assert stranger.post(f"/keys/{key}/revoke").status_code == 404
    assert browser(dealer).post(f"/keys/{key}/revoke").status_code == 404
    assert browser(dealer).get(f"/keys/{key}").status_code == 404
    assert house.row("SELECT revoked_at FROM api_key WHERE id = %s", key)["revoked_at"] is None


def test_a_child_does_not_see_the_keys_of_its_parent(program: Program) -> None:
    north = program("north")

    assert program("city").get(f"/keys/{north.key_id}").status_code == 404
    assert north.get(f"/keys/{program('city').key_id}").status_code == 200


def test_a_moment_that_is_over_is_refused(browser: Browser) -> None:
    over = (timezone.now() - timedelta(days=1)).isoformat()
    answer = browser("city").post("/keys/new", NEW | {"expires_at": over})

    assert answer.status_code == 422
    assert "This moment is over" in answer.content.decode()


def test_who_calls_too_often_is_told_when_to_come_again(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    from smartswitch.web.api.keys import rate_limit

    now = [1000.0]
    limit = rate_limit.RateLimit(calls_per_s=0.5, burst=2, clock=lambda: now[0])
    monkeypatch.setattr(rate_limit, "LIMIT", limit)
    caller, other = program("city"), program("city")
    statuses = [caller.get("/me").status_code for _ in range(2)]
    refused = caller.get("/me")
    of_other = other.get("/me").status_code
    now[0] += 2
    again = caller.get("/me").status_code

    assert (statuses, refused.status_code, of_other, again) == ([200, 200], 429, 200, 200)
    assert refused.headers["Retry-After"] == "2"
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["detail"] == "This key calls too often. Come again in 2 s."


def test_the_memory_of_the_limit_is_bounded() -> None:
    from smartswitch.web.api.keys.rate_limit import MOST_KEYS, RateLimit

    limit = RateLimit()
    for key in range(MOST_KEYS + 10):
        limit.wait_s(key)

    assert len(limit._buckets) == MOST_KEYS
