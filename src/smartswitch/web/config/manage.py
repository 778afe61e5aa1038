"""Django's commands: `python -m smartswitch.web.config.manage COMMAND`. `migrate` acts as the schema's owner."""

import os
import sys

from django.core.management import execute_from_command_line

OWNER_COMMANDS = ("migrate", "showmigrations", "sqlmigrate", "dbshell", "inspectdb", "sqlflush")


def main(arguments: list[str]) -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartswitch.web.config.settings")
    if (
        arguments[1:]
        and arguments[1] in OWNER_COMMANDS
        and not any(word.startswith("--database") for word in arguments)
    ):
        arguments = [*arguments, "--database=owner"]
    execute_from_command_line(arguments)


if __name__ == "__main__":
    main(sys.argv)
