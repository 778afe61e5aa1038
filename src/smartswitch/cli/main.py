"""The `smartswitch` command: a list of subcommands, each imported only when it is used.

Rule: nothing heavy is imported here, so that `smartswitch --help` answers at once. Exit statuses are the same for every
command: 0 done, 1 done and the answer is bad news (a refusal, a violation of the ledger), 2 the input cannot be used.
"""

import importlib
from difflib import get_close_matches
from importlib.metadata import version

import click

from smartswitch.runtime.compiled import StaleBuildError, check_build, is_compiled

COMMANDS = {
    "up": ("smartswitch.cli.up:up", "Run the whole system on this host."),
    "migrate": ("smartswitch.cli.migrate:migrate", "Bring the database to the schema of this version."),
    "load": ("smartswitch.cli.load:load", "Load dealers, peers, packs and routes from a TOML file."),
    "balance": ("smartswitch.cli.balance:balance", "Show balances: amount, held, limit, live calls."),
    "login": ("smartswitch.cli.login:login", "Give people access to the web account."),
    "topup": ("smartswitch.cli.topup:topup", "Put money on a balance, or take it off."),
    "calls": ("smartswitch.cli.calls:calls", "List the last calls with their charges."),
    "explain": ("smartswitch.cli.explain:explain", "Tell why a call cost what it cost, level by level."),
    "check-route": ("smartswitch.cli.check_route:check_route", "Tell what a call to a number would do, and why."),
    "check-ledger": ("smartswitch.cli.proofs.check_ledger:check_ledger", "Prove that every entry and balance agree."),
    "check-audit": ("smartswitch.cli.proofs.check_audit:check_audit", "Prove that nobody altered the audit log."),
    "rate": ("smartswitch.cli.rate:rate", "Price a list of calls from CSV files."),
    "scenario": ("smartswitch.cli.scenario:scenario", "Play a business case from a TOML file."),
}
"""Every subcommand: where it lives, and its one line in the list."""


class LazyGroup(click.Group):
    """A group that imports a subcommand when it is called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table, which is the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one subcommand; None when there is no such name."""
        if cmd_name not in COMMANDS:
            return None
        module_name, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(module_name), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module_name}.{attribute} is not a click command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand; a misspelt name is answered with the nearest one."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            near = get_close_matches(name, COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else f" Try one of: {', '.join(COMMANDS)}."
            ctx.fail(f"There is no command {name!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the subcommands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


def _show_version(context: click.Context, _parameter: click.Parameter, is_wanted: bool) -> None:  # noqa: FBT001 - click's
    if is_wanted:
        click.echo(f"smartswitch {version('smartswitch')} ({'compiled' if is_compiled() else 'plain Python'})")
        context.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help="Show the version and exit.",
)
def smartswitch() -> None:
    """A soft switch with a hierarchy of dealers.

    Every command has --help with an example, and --json for programs. The database is the embedded one in the state
    directory, or the one that SMARTSWITCH_DATABASE_URL names.
    """


def main() -> None:
    """Run the command line; the entry point of the installed script."""
    try:
        check_build()
    except StaleBuildError as error:
        click.echo(f"smartswitch: {error}", err=True)
        raise SystemExit(2) from error
    smartswitch(prog_name="smartswitch")


if __name__ == "__main__":
    main()
