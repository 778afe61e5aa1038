"""Turns a database URL into what Django wants to be told of a database."""

from typing import Any

from psycopg.conninfo import conninfo_to_dict

WEB_ROLE = "smartswitch_web"
FOR_PAGES = "-c max_parallel_workers_per_gather=0"
"""What a page asks takes milliseconds; to start workers that help costs more, and takes their cores from other pages."""
KEPT_OPEN_S = 60 * 60
"""How old a connection of the web account grows. What PostgreSQL learns of tables and policies it learns for each connection
anew, which makes the first pages on it several times as slow."""


def database_settings(url: str, *, role: str | None = None) -> dict[str, Any]:
    """Django's settings for the database at `url`; sessions act as `role` (SET ROLE), or as who connects.

    `URL` is not Django's: by it other connections are made to the same database (the charging plane's, for payments).
    """
    parts = conninfo_to_dict(url)
    options = {name: parts[name] for name in parts if name not in ("dbname", "user", "password", "host", "port")}
    if role is not None:
        options["assume_role"] = role
        options["options"] = f"{options.get('options', '')} {FOR_PAGES}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname", ""),
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": str(parts.get("port", "")),
        "OPTIONS": options,
        "CONN_MAX_AGE": KEPT_OPEN_S,
        "CONN_HEALTH_CHECKS": True,
        "URL": url,
    }


class SchemaRouter:
    """Migrations run over the connection of the schema's owner and no other."""

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        return db == "owner"
