"""What docs/operate says is so: every variable, event, command, file and link that it names exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from smartswitch.runtime.config import read_config

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "operate").glob("*.md"))
CONFIGURATION = (ROOT / "docs" / "operate" / "configuration.md").read_text()


def test_every_variable_is_explained():
    source = (ROOT / "src/smartswitch/runtime/config.py").read_text()
    known = {f"SMARTSWITCH_{name}" for name in re.findall(r'settings\.\w+\(\s*"([A-Z_]+)"', source)}
    known |= {"SMARTSWITCH_DATABASE_URL"}
    rows = re.findall(r"^\| `(SMARTSWITCH_\w+)` \|", CONFIGURATION, re.M)

    assert sorted(rows) == sorted(known)


def test_defaults_are_those_of_the_code():
    rows = dict(re.findall(r"^\| `SMARTSWITCH_(\w+_ADDRESS|LOG_LEVEL)` \|.*\| `([^`]*)` \|$", CONFIGURATION, re.M))
    config = read_config({})

    assert rows == {
        "SIP_ADDRESS": str(config.sip_address),
        "EVAPI_ADDRESS": str(config.evapi_address),
        "RTPENGINE_ADDRESS": str(config.rtpengine_address),
        "WEB_ADDRESS": str(config.web_address),
        "LOG_LEVEL": config.log_level,
    }


def test_what_the_units_know_is_explained_with_its_default():
    units = "\n".join(path.read_text() for path in (ROOT / "deploy" / "systemd").glob("*.service"))
    rows = re.findall(r"^\| (`(?:KAMAILIO|RTPENGINE|GRANIAN)_.*?) \|.*\| (.*?) \|$", CONFIGURATION, re.M)
    explained = {
        name: default.strip("`")
        for names, defaults in rows
        for name, default in zip(names.replace("`", "").split(", "), defaults.split(", "), strict=True)
    }
    set_by_units = dict(re.findall(r"\b((?:KAMAILIO|RTPENGINE|GRANIAN)_\w+)=([^\s$]*)", units))

    assert explained == {name: value or "none" for name, value in set_by_units.items()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_files_exist(page: Path):
    text = page.read_text()

    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert (page.parent / link).exists(), link
    for file in re.findall(r"\b(?:deploy|tools|benchmarks)/[\w./-]*\w\.\w+", text):
        assert (ROOT / file).exists(), file


def test_every_event_in_the_table_is_one_that_is_logged():
    source = "\n".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", (ROOT / "docs/operate/logs.md").read_text(), re.M)
    events = [event for row in rows for event in re.findall(r"\w+", row)]

    assert len(events) > 10
    assert [event for event in events if f'"{event}"' not in source] == []


def test_every_check_of_the_ledger_is_explained():
    from smartswitch.charging.ledger_check import CHECKS

    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", (ROOT / "docs/operate/ledger.md").read_text(), re.M)

    assert sorted(check for row in rows for check in re.findall(r"\w+", row)) == sorted(CHECKS)


def test_every_command_exists():
    text = "\n".join(page.read_text() for page in PAGES)
    named = set(re.findall(r"(?:`|^ +)smartswitch ([a-z][a-z-]+)", text, re.M))
    listed = subprocess.run(
        [sys.executable, "-m", "smartswitch.cli.main", "--help"], capture_output=True, text=True, check=True
    )

    assert {"migrate", "check-ledger", "load", "login", "topup"} <= named
    assert named <= set(re.findall(r"^  ([a-z-]+) ", listed.stdout, re.M))
