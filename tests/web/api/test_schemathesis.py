"""Requests that nobody thought of, made from the document: no fault of ours, and every answer as the document says.

Each operation is asked with values that fit its description and with values that do not, against the real application and
database, with a key that has all rights. What a reference names, or an id finds, is often not there: 404 and 422 are right.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as of_openapi

from ..house import House
from .conftest import caller_of

DOCUMENT = Path(__file__).parents[3] / "docs" / "openapi.json"
EXAMPLES = int(os.environ.get("SMARTSWITCH_API_EXAMPLES", "10"))
"""Of each operation; for a longer hunt set the variable."""
CHECKS = [
    checks.not_a_server_error,
    of_openapi.status_code_conformance,
    of_openapi.content_type_conformance,
    of_openapi.response_schema_conformance,
    of_openapi.negative_data_rejection,
]
OUT_OF_REACH = 10**12
"""Ids of the key and its login, so that no request that is made up ends them."""
IDS_THAT_EXIST = 5


def without_keys() -> dict[str, Any]:
    """The document without its word on keys and on acting, else requests are made without a key, and for dealers that are
    not there, too; test_keys.py and test_acting.py look at those."""
    document: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    del document["components"]["securitySchemes"]
    for operations in document["paths"].values():
        for told in operations.values():
            del told["security"]
            told["parameters"] = [each for each in told["parameters"] if each["name"] != "Act-For"]
    return document


# A simulation waits for a node, and there is none here; test_simulation.py asks one.
schema = schemathesis.openapi.from_dict(without_keys()).exclude(operation_id="simulation_read")


class Quiet(WSGIRequestHandler):
    """Tests are quiet."""

    def log_message(self, *_arguments: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    """The application behind a real HTTP server."""
    from django.core.wsgi import get_wsgi_application
    from django.db import connections

    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=Quiet) as server:

        def serve() -> None:
            server.serve_forever(poll_interval=0.05)
            connections.close_all()

        thread = Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def secret(house: House) -> str:
    """A key that may do everything in North's house."""
    caller = caller_of(house, "north")
    house.run(
        "WITH moved AS (UPDATE login SET id = id + %s WHERE username = %s RETURNING id)"
        " UPDATE api_key SET id = id + %s, login_id = (SELECT id FROM moved) WHERE id = %s",
        OUT_OF_REACH, caller.username, OUT_OF_REACH, caller.key_id,
    )  # fmt: skip
    assert caller.secret is not None
    return caller.secret


@pytest.fixture(autouse=True)
def no_limit(patient_limit: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """More calls than a program may make."""
    from smartswitch.web.api.keys import rate_limit

    monkeypatch.setattr(rate_limit, "LIMIT", rate_limit.RateLimit(calls_per_s=10_000, burst=1_000_000))


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_nothing_that_is_sent_is_our_fault(case: schemathesis.Case, address: str, secret: str) -> None:
    row_id = case.path_parameters.get("row_id")
    if isinstance(row_id, int) and row_id % 2 == 0:
        case.path_parameters["row_id"] = 1 + abs(row_id) % IDS_THAT_EXIST
    headers = {"Authorization": f"Bearer {secret}"}
    response = case.call(base_url=address, headers=headers)
    case.validate_response(response, checks=CHECKS, headers=headers)
    assert response.status_code not in (401, 429)
