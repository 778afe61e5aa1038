"""Fixtures that every suite may use: a real PostgreSQL, and a fresh migrated database in it.

`postgres` is started once a session (once a worker under xdist). `database` is a copy of a migrated template, made for
one test and dropped after it. To use another server than the embedded one, set SMARTSWITCH_TEST_DATABASE_URL to a URL
whose role may create databases and roles.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from smartswitch.runtime.compiled import StaleBuildError, check_build
from smartswitch.runtime.postgres import EmbeddedPostgres, PostgresServer

_numbers = count(1)


def pytest_configure() -> None:
    """Nobody tests what was compiled from another source than the one he reads."""
    try:
        check_build()
    except StaleBuildError as error:
        raise pytest.UsageError(str(error)) from error


@dataclass(frozen=True, slots=True)
class Database:
    """One test's own database."""

    server: PostgresServer
    name: str

    @property
    def url(self) -> str:
        """The URL for the role that owns the schema."""
        return self.server.database_url(self.name)

    def url_for(self, role: str) -> str:
        """The URL for a process's role, with the grants that the migrations gave it."""
        return self.server.database_url(self.name, role)


@pytest.fixture
def postgres_directory() -> Iterator[Path]:
    """An empty directory in which an embedded PostgreSQL may be made; pytest's own are closed to its user."""
    directory = Path(tempfile.mkdtemp(prefix="smartswitch-test-"))
    directory.chmod(0o711)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL for the whole session."""
    external_url = os.environ.get("SMARTSWITCH_TEST_DATABASE_URL")
    if external_url:
        yield PostgresServer(external_url)
        return
    directory = Path(tempfile.mkdtemp(prefix="smartswitch-test-"))
    try:
        with EmbeddedPostgres(directory) as server:
            yield server
    finally:
        shutil.rmtree(directory)


@pytest.fixture(scope="session")
def migrated_template(postgres: PostgresServer) -> Iterator[str]:
    """The name of a database with the schema and no rows, to be copied and not to be written."""
    from smartswitch.web.config.migrate import migrate

    name = f"template_{os.getpid()}"
    postgres.drop_database(name)
    migrate(postgres.create_database(name))
    yield name
    postgres.drop_database(name)


@pytest.fixture
def database(postgres: PostgresServer, migrated_template: str) -> Iterator[Database]:
    """A fresh migrated database for one test."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    postgres.create_database(name, template=migrated_template)
    yield Database(server=postgres, name=name)
    postgres.drop_database(name)
