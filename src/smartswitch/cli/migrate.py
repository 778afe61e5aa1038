"""`smartswitch migrate`: brings the schema of the database up to date; safe to repeat."""

import click

from smartswitch.cli.output import Unavailable, json_option, print_json
from smartswitch.runtime.config import ConfigurationError, read_config
from smartswitch.runtime.postgres import PostgresError, open_postgres


@click.command(epilog="Example: smartswitch migrate")
@json_option
def migrate(*, as_json: bool) -> None:
    """Bring the database to the schema of this version. A database that is up to date is left as it is."""
    from smartswitch.web.config.migrate import migrate as apply_migrations

    try:
        with open_postgres(read_config()) as url:
            apply_migrations(url)
    except (ConfigurationError, PostgresError) as error:
        raise Unavailable(str(error)) from error
    if as_json:
        print_json({"result": "done"})
    else:
        print("The database has the schema of this version.")
