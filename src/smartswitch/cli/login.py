"""`smartswitch login`: who may log in to the web account, and for which dealer."""

import asyncio
import sys
from collections.abc import Callable
from getpass import getuser
from typing import TypeVar

import click

from smartswitch.cli.output import BadInput, Unavailable, json_option, print_json, print_table
from smartswitch.runtime.config import ConfigurationError, read_config
from smartswitch.runtime.postgres import PostgresError, open_postgres

T = TypeVar("T")

password_option = click.option(
    "--password-stdin", "from_stdin", is_flag=True, help="Read the password from standard input instead of making one."
)


@click.group()
def login() -> None:
    """Give people access to the web account: a name and a password, each for one dealer."""


@login.command(epilog="Example: smartswitch login add anna --dealer north")
@click.argument("username")
@click.option(
    "--dealer", "dealer_key", required=True, help="The dealer for whom the person works; owner sees everything."
)
@click.option("--role", help="A role of that dealer; without one the person may do all that the dealer may.")
@click.option("--name", "person", default="", help="What the person is called.")
@click.option(
    "--currency", default="USD", show_default=True, help="Of the owner's money, if this first login makes the owner."
)
@password_option
@json_option
def add(
    *, username: str, dealer_key: str, role: str | None, person: str, currency: str, from_stdin: bool, as_json: bool
) -> None:
    """Make the login USERNAME. A password is made and printed once, unless it comes from standard input.

    In a new installation, which has no dealer yet, a login of the dealer owner makes the owner, too: everything else can
    then be made in the web account.
    """
    from smartswitch.cli.loading.first_owner import OWNER, make_first_owner
    from smartswitch.web.login.creation import create_login

    password, is_new = _password(from_stdin=from_stdin)

    def make(url: str) -> None:
        if dealer_key == OWNER:
            asyncio.run(make_first_owner(url, currency=currency, actor=_actor()))
        create_login(
            url,
            username=username,
            password=password,
            dealer_key=dealer_key,
            role=role,
            person=person,
            actor=_actor(),
        )

    _at_database(make)
    _tell(username, password if is_new else None, as_json=as_json)


@login.command(epilog="Example: smartswitch login password anna")
@click.argument("username")
@password_option
@json_option
def password(*, username: str, from_stdin: bool, as_json: bool) -> None:
    """Give the login USERNAME a new password. Whoever is logged in with it has to log in again."""
    from smartswitch.web.login.creation import replace_password

    chosen, is_new = _password(from_stdin=from_stdin)
    _at_database(lambda url: replace_password(url, username=username, password=chosen, actor=_actor()))
    _tell(username, chosen if is_new else None, as_json=as_json)


@login.command("reset-second-factor", epilog="Example: smartswitch login reset-second-factor anna")
@click.argument("username")
@json_option
def reset_second_factor(*, username: str, as_json: bool) -> None:
    """Take all second factors from the login USERNAME, whose owner lost them, and end its sessions.

    Make sure who asks: the password alone opens the login then, until a second factor is added again.
    """
    from smartswitch.web.login.creation import remove_second_factors

    count = _at_database(lambda url: remove_second_factors(url, username=username, actor=_actor()))
    if as_json:
        print_json({"login": username, "removed": count})
    elif count:
        print(f"{username} has no second factor any more, and is logged out everywhere.")
    else:
        print(f"{username} had no second factor; it is logged out everywhere.")


@login.command("list", epilog="Example: smartswitch login list")
@json_option
def list_all(*, as_json: bool) -> None:
    """List the logins."""
    from smartswitch.web.login.creation import list_logins

    rows = _at_database(list_logins)
    if as_json:
        print_json(
            [
                {
                    "login": row.username,
                    "name": row.person,
                    "dealer": row.dealer,
                    "role": row.role,
                    "active": row.is_active,
                }
                for row in rows
            ]
        )
        return
    print_table(
        ("login", "name", "dealer", "role", "active"),
        [(row.username, row.person, row.dealer, row.role or "", "yes" if row.is_active else "no") for row in rows],
    )


def _at_database(work: Callable[[str], T]) -> T:
    from smartswitch.cli.party.table import PartyFileError
    from smartswitch.web.login.creation import LoginError

    try:
        with open_postgres(read_config()) as url:
            return work(url)
    except (LoginError, PartyFileError) as error:
        raise BadInput(str(error)) from error
    except (ConfigurationError, PostgresError) as error:
        raise Unavailable(str(error)) from error


def _password(*, from_stdin: bool) -> tuple[str, bool]:
    """The password, and whether it was made here."""
    from smartswitch.web.login.creation import new_password

    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n"), False
    return new_password(), True


def _actor() -> str:
    return f"command line: {getuser()}"


def _tell(username: str, made_password: str | None, *, as_json: bool) -> None:
    if as_json:
        print_json({"login": username, "password": made_password})
    elif made_password is None:
        print(f"{username} can log in with the password given.")
    else:
        print(f"{username} can log in with the password {made_password}, which is not shown again.")
