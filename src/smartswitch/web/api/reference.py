"""The reference of the API as a page: every operation with its parameters, fields and answers, made from the document.

The page is written by the server. The viewers that come with ninja need inline scripts and styles, which our content
security policy forbids; a reference that is read needs no script at all.
"""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from smartswitch.web.api.document import document as make_document
from smartswitch.web.api.document import document_text
from smartswitch.web.api.door import JSON

FIRST_ERROR = "400"
ORIGIN = "https://your-switch"
METHOD_COLOURS = {"get": "blue", "post": "green", "patch": "yellow", "put": "yellow", "delete": "red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A parameter, or a field of a body."""

    name: str
    kind: str
    is_needed: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An operation, as it is shown."""

    id: str
    method: str
    colour: str
    path: str
    summary: str
    text: str
    parameters: tuple[Field, ...]
    sent: tuple[Field, ...]
    answered: tuple[Field, ...]
    statuses: tuple[tuple[str, str], ...]
    example: str


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The reference."""
    origin = f"{request.scheme}://{request.get_host()}"
    operations = _operations_html(get_language())
    return render(request, "api/reference.html", {"groups": _groups(), "operations": operations, "origin": origin})


@require_safe
def document(_request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return HttpResponse(document_text(), content_type="application/json")


@cache
def _operations_html(language: str) -> SafeString:
    """The operations as the page tells them in a language: half a thousand tables, the same for everybody."""
    with translation.override(language):
        return render_to_string("api/operations.html", {"groups": _groups()})


@cache
def _groups() -> tuple[tuple[str, tuple[Operation, ...]], ...]:
    """The operations by the noun or area to which they belong."""
    found = make_document()
    groups: dict[str, list[Operation]] = {}
    for path, operations in found["paths"].items():
        for method, told in operations.items():
            groups.setdefault(told["tags"][0], []).append(_operation(found, method, path, told))
    return tuple((tag, tuple(operations)) for tag, operations in sorted(groups.items()))


def _operation(found: dict[str, Any], method: str, path: str, told: dict[str, Any]) -> Operation:
    sent = _fields(found, _schema(told.get("requestBody", {})))
    good = next((status for status in told["responses"] if status < FIRST_ERROR), "")
    return Operation(
        id=told["operationId"],
        method=method.upper(),
        colour=METHOD_COLOURS[method],
        path=path,
        summary=told["summary"],
        text=told.get("description", ""),
        parameters=tuple(
            Field(
                name=each["name"],
                kind=_kind(found, each["schema"]),
                is_needed=each["required"],
                text=each.get("description", ""),
            )
            for each in told["parameters"]
        ),
        sent=sent,
        answered=_fields(found, _schema(told["responses"][good])),
        statuses=tuple((status, each["description"]) for status, each in sorted(told["responses"].items())),
        example=_example(method, path, sent, next(iter(told.get("requestBody", {}).get("content", {})), JSON)),
    )


def _schema(holder: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = holder.get("content", {}).get(JSON, {}).get("schema", {})
    return schema


def _fields(found: dict[str, Any], schema: dict[str, Any]) -> tuple[Field, ...]:
    whole = _resolved(found, schema)
    needed = whole.get("required", ())
    return tuple(
        Field(name=name, kind=_kind(found, each), is_needed=name in needed, text=each.get("description", ""))
        for name, each in whole.get("properties", {}).items()
    )


def _resolved(found: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return found["components"]["schemas"][name] if name else schema


def _kind(found: dict[str, Any], schema: dict[str, Any]) -> str:
    """The type of a value in a few words."""
    if "anyOf" in schema:
        return " or ".join(_kind(found, each) for each in schema["anyOf"])
    if "$ref" in schema:
        inner = _resolved(found, schema)
        return "{" + ", ".join(inner.get("properties", {})) + "}"
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_kind(found, schema.get('items', {}))}"
    bounds = [f"{word} {schema[name]}" for name, word in BOUNDS.items() if name in schema]
    return ", ".join([schema.get("format") or schema.get("type", "any"), *bounds])


BOUNDS = {"minimum": "from", "maximum": "to", "maxLength": "at most", "pattern": "like"}


def _example(method: str, path: str, sent: tuple[Field, ...], media_type: str) -> str:
    lines = [f"curl -X {method.upper()} -H 'Authorization: Bearer ss_...'"]
    if method != "get":
        lines.append("  -H 'Idempotency-Key: 3f8a...'")
    if sent:
        body = {field.name: "..." for field in sent if field.is_needed} or {sent[0].name: "..."}
        lines += ["  -H 'Content-Type: application/json'", f"  -d '{json.dumps(body)}'"]
    if media_type != JSON:
        lines += [f"  -H 'Content-Type: {media_type}'", "  --data-binary @file"]
    return " \\\n".join([*lines, f"  {ORIGIN}{path}"])
