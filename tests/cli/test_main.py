"""The command line as a whole: its list, its help, and that asking for help costs nothing."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from smartswitch.cli.main import COMMANDS, smartswitch

HEAVY_MODULES = ("django", "asyncpg", "psycopg", "rich", "phonenumbers", "asyncio", "smartswitch.core")


def test_the_list_names_every_command() -> None:
    result = CliRunner().invoke(smartswitch, ["--help"])

    assert result.exit_code == 0
    for name, (_, line) in COMMANDS.items():
        assert name in result.output
        assert line in result.output


def leaves() -> list[tuple[str, ...]]:
    """Every command that does something, by its words: a group stands for its subcommands."""
    context = click.Context(smartswitch)
    found: list[tuple[str, ...]] = []
    for name in COMMANDS:
        command = smartswitch.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            found += [(name, below) for below in command.list_commands(context)]
        else:
            found.append((name,))
    return found


@pytest.mark.parametrize("words", leaves(), ids=" ".join)
def test_every_command_has_help_with_an_example_and_speaks_json(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(smartswitch, [*words, "--help"])

    assert result.exit_code == 0
    assert f"smartswitch {' '.join(words)}" in result.output
    assert "Example" in result.output
    assert "--json" in result.output


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
