"""The OpenAPI document: `python -m smartswitch.web.api.document > docs/openapi.json`. It is made without a database.

ninja describes what goes in and comes out; what is the same for all operations (the key, problems, Act-For,
Idempotency-Key) is added here, once.
"""

import json
import os
import sys
from functools import cache
from typing import Any

from smartswitch.web.config.columns import KEY_PATTERN

WRITES = ("post", "patch", "put", "delete")
BODY_WRITES = ("post", "patch", "put")
PROBLEM_OF = {
    "400": "The request cannot be read.",
    "401": "No key, or one that opens nothing (any more).",
    "403": "The key lacks a right; `right` says which.",
    "404": "There is no such thing in this house.",
    "409": "A request with this Idempotency-Key is still being worked on.",
    "415": "The body is not JSON, or not what is wanted here.",
    "422": "Something is wrong with it; `errors` says what, for each field.",
    "429": "The key calls too often; Retry-After says when to come again.",
}
IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key with the same request gives the first answer again, for 48 hours.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}
ACTING = {
    "name": "Act-For",
    "in": "header",
    "required": False,
    "description": "The key of a dealer below: the request acts for it, within the rights of both and the key's scopes."
    " Needs the right `dealers.act_for`; any other dealer is not found.",
    "schema": {"type": "string", "pattern": KEY_PATTERN},
}


@cache
def document_text() -> str:
    """The document as it is committed: sorted, indented, ending with a line break."""
    return json.dumps(document(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def document() -> dict[str, Any]:
    """The OpenAPI document."""
    from django.utils import translation

    from smartswitch.web.api.api import the_api
    from smartswitch.web.api.problems import Problem

    with translation.override("en"):
        found: dict[str, Any] = json.loads(json.dumps(the_api().get_openapi_schema(path_prefix="/api/v1"), default=str))
    found["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    for operations in found["paths"].values():
        for method, operation in operations.items():
            _add_what_is_common(method, operation)
    found["servers"] = [{"url": "/"}]
    return found


def _add_what_is_common(method: str, operation: dict[str, Any]) -> None:
    for status, words in PROBLEM_OF.items():
        if (status == "409" and method not in WRITES) or (status == "415" and method not in BODY_WRITES):
            continue
        operation["responses"][status] = {
            "description": words,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    for parameter in operation["parameters"]:
        parameter["schema"] = _without_null(parameter["schema"])
    operation["parameters"].append(ACTING)
    if method in WRITES:
        operation["parameters"].append(IDEMPOTENCY)


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is there or not; there is no null in an address."""
    values = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    if len(values) != 1:
        return schema
    return {name: value for name, value in schema.items() if name not in ("anyOf", "default")} | values[0]


def main() -> None:
    """Write the document."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartswitch.web.config.settings")
    django.setup()
    sys.stdout.write(document_text())


if __name__ == "__main__":
    main()
