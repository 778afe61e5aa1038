"""The command line as a whole: its list, its help, and how quickly it answers."""

import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from smartswitch.cli.main import COMMANDS, smartswitch

HELP_LIMIT_S = 0.15
HEAVY_MODULES = ("django", "asyncpg", "psycopg", "rich", "phonenumbers", "asyncio", "smartswitch.core")


def test_the_list_names_every_command() -> None:
    result = CliRunner().invoke(smartswitch, ["--help"])

    assert result.exit_code == 0
    for name, (_, line) in COMMANDS.items():
        assert name in result.output
        assert line in result.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    result = CliRunner().invoke(smartswitch, [name, "--help"])

    assert result.exit_code == 0
    assert f"smartswitch {name}" in result.output
    assert "Example" in result.output


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in ("scenario", "rate")])
def test_every_command_speaks_json(name: str) -> None:
    assert "--json" in CliRunner().invoke(smartswitch, [name, "--help"]).output


def test_a_misspelt_command_is_answered_with_the_nearest_one() -> None:
    result = CliRunner().invoke(smartswitch, ["check-rout"])

    assert result.exit_code == 2
    assert "There is no command 'check-rout'. Did you mean 'check-route'?" in result.output


def test_the_list_imports_nothing_heavy() -> None:
    program = (
        "import sys; from smartswitch.cli.main import smartswitch\n"
        "smartswitch(['--help'], standalone_mode=False)\n"
        f"sys.exit(' '.join(name for name in {HEAVY_MODULES!r} if name in sys.modules) or 0)"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert result.stderr == ""
    assert result.returncode == 0


def test_help_answers_at_once() -> None:
    def seconds_of_a_start() -> float:
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "smartswitch.cli.main", "--help"], capture_output=True, check=True)
        return time.perf_counter() - started

    assert min(seconds_of_a_start() for _ in range(5)) < HELP_LIMIT_S
