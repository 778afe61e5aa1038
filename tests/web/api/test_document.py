"""The OpenAPI document: committed as it is made, complete, made without a database; and the page that shows it."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Program

ROOT = Path(__file__).parents[3]
COMMITTED = ROOT / "docs" / "openapi.json"
RENEW = "The API has changed. Look at the difference, then: python -m smartswitch.web.api.document > docs/openapi.json"


@pytest.fixture(scope="module")
def made() -> str:
    """The document of this source, made by a process of its own that has no database."""
    environment = {"PATH": "", "PYTHONPATH": str(ROOT / "src"), "SMARTSWITCH_DATABASE_URL": "postgresql://nobody@[::1]:1/x",
                   "SMARTSWITCH_STATE_DIRECTORY": "/nowhere"}  # fmt: skip
    command = [sys.executable, "-m", "smartswitch.web.api.document"]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True, cwd=ROOT).stdout


def test_the_committed_document_is_that_of_the_source(made: str) -> None:
    assert COMMITTED.read_text(encoding="utf-8") == made, RENEW


def test_every_operation_tells_its_right_its_problems_and_has_a_name_of_its_own(made: str) -> None:
    names = []
    for path, operations in json.loads(made)["paths"].items():
        for method, told in operations.items():
            names.append(told["operationId"])
            assert re.search(r"Needs (no right|the right `[a-z]+\.[a-z_]+`)", told["description"]), (method, path)
            assert {"401", "403", "404", "422", "429"} <= set(told["responses"]), (method, path)
            assert told["security"] == [{"ApiKeyInHeader": []}], (method, path)

    assert len(names) == len(set(names))


@pytest.mark.usefixtures("migrated_template")
def test_every_noun_has_its_operations(made: str) -> None:
    from smartswitch.web.nouns.registry import load_nouns

    paths = json.loads(made)["paths"]

    for noun in load_nouns().values():
        assert "get" in paths[f"/api/v1/{noun.name}"]
        if noun.add_form is not None and "add" in noun.api_writes:
            assert "post" in paths[f"/api/v1/{noun.name}"]
        assert (f"/api/v1/{noun.name}/{{row_id}}" in paths) == noun.has_page


def test_what_is_sent_is_described_exactly(made: str) -> None:
    company = json.loads(made)["components"]["schemas"]["CompaniesNew"]
    limit, key = company["properties"]["credit_limit"], company["properties"]["key"]

    assert company["additionalProperties"] is False
    assert company["required"] == ["key", "currency"]
    assert key["pattern"] == "^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$"
    assert limit["anyOf"][0]["pattern"] == r"^[0-9]{1,12}(\.[0-9]{1,6})?$"
    assert limit["description"].startswith("How far below zero")


def test_the_document_is_served(program: Program, made: str) -> None:
    answer = program().client.get("/api/openapi.json")

    assert (answer.status_code, answer.content.decode()) == (200, made)


def test_the_reference_shows_every_operation_without_script_or_style(browser: Callable[..., Any], made: str) -> None:
    page = browser("city").get("/api/docs").content.decode()
    operations = [told["operationId"] for each in json.loads(made)["paths"].values() for told in each.values()]

    assert all(f'id="{operation}"' in page for operation in operations)
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", page)
    assert "://cdn" not in page


def test_the_reference_is_for_people_who_are_logged_in(program: Program) -> None:
    assert program().client.get("/api/docs").status_code == 302
