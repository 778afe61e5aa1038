"""Programs that use the API: each with a key of some dealer's login."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ..house import House, browser_of

Program = Callable[..., Any]


class Caller:
    """Speaks JSON to the API with one key."""

    def __init__(self, secret: str | None, *, key_id: int = 0, username: str = "") -> None:
        from django.test import Client

        self.secret = secret
        self.key_id = key_id
        self.username = username
        self.client = Client(SERVER_NAME="localhost", raise_request_exception=False)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One call; `body` is sent as JSON, or, if it is bytes, as it is."""
        if self.secret is not None:
            headers["Authorization"] = f"Bearer {self.secret}"
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        content_type = headers.pop("content_type", "application/json")
        return self.client.generic(method, f"/api/v1{path}", sent, content_type=content_type, headers=headers)

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.call("DELETE", path, **headers)


@pytest.fixture(autouse=True)
def patient_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a full bucket."""
    from smartswitch.web.api.keys import rate_limit

    monkeypatch.setattr(rate_limit, "LIMIT", rate_limit.RateLimit())


@pytest.fixture(autouse=True)
def state_directory(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Where the key of encrypted secrets is kept."""
    monkeypatch.setenv("SMARTSWITCH_STATE_DIRECTORY", str(tmp_path))
    return tmp_path


@pytest.fixture
def program(house: House) -> Program:
    """`program("city")` uses the API with a key that has all rights; `program("city", "calls.view")` with that one."""
    return lambda dealer=None, *scopes, **options: caller_of(house, dealer, *scopes, **options)


def caller_of(house: House, dealer: str | None, *scopes: str, role: str | None = None) -> Caller:
    """A program with a new key; without a dealer, one that has none."""
    from smartswitch.core.rights import ALL_RIGHTS
    from smartswitch.web.api.keys.secret import new_secret, prefix_of, sha256_of

    if dealer is None:
        return Caller(None)
    secret = new_secret()
    username = house.login(dealer, role=role)
    house.run(
        "INSERT INTO api_key (dealer_id, login_id, name, prefix, secret_sha256, scopes)"
        " SELECT dealer_id, id, 'a program', %s, %s, %s FROM login WHERE username = %s",
        prefix_of(secret), sha256_of(secret), sorted(scopes or ALL_RIGHTS), username,
    )  # fmt: skip
    row = house.row("SELECT id FROM api_key WHERE secret_sha256 = %s", sha256_of(secret))
    return Caller(secret, key_id=row["id"], username=username)


@pytest.fixture
def shop(house: House) -> dict[str, Any]:
    """A company of City."""
    return house.row("SELECT * FROM company WHERE key = 'corner-shop'")


@pytest.fixture
def bakery(house: House) -> Iterator[dict[str, Any]]:
    """What a program may send for a new company; whatever was made of it is gone afterwards."""
    yield {"key": "bakery", "name": "Bakery Ltd", "currency": "USD", "credit_limit": "12.50", "pack": "city-retail"}
    house.run("DELETE FROM company WHERE key LIKE 'bakery%%'")
    house.run("DELETE FROM balance WHERE party LIKE 'bakery%%'")


@pytest.fixture
def browser(house: House) -> Callable[..., Any]:
    """A browser with a session."""
    return lambda dealer, **options: browser_of(house, dealer, **options)
