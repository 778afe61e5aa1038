"""The embedded PostgreSQL: durable, private, restartable, and never stopped by who did not start it."""

import asyncio
import os
import signal
import stat
from pathlib import Path

import asyncpg
import psycopg
import pytest

from smartswitch.runtime import postgres_install
from smartswitch.runtime.config import read_config
from smartswitch.runtime.postgres import EmbeddedPostgres, PostgresServer, open_postgres
from smartswitch.runtime.postgres_url import with_database, with_role


def select(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def test_the_server_is_durable_and_listens_on_no_network(postgres: PostgresServer) -> None:
    expected = {
        "fsync": "on",
        "synchronous_commit": "on",
        "listen_addresses": "",
        "jit": "off",
        "max_connections": "100",
    }

    assert {name: select(postgres.url, f"SHOW {name}") for name in expected} == expected


def test_both_database_libraries_connect(postgres: PostgresServer) -> None:
    async def user_seen_by_asyncpg() -> object:
        connection = await asyncpg.connect(postgres.url)
        try:
            return await connection.fetchval("SELECT current_user")
        finally:
            await connection.close()

    assert asyncio.run(user_seen_by_asyncpg()) == "postgres"
    assert select(postgres.url, "SELECT current_user") == "postgres"


def test_a_database_is_copied_from_a_template_and_dropped(postgres: PostgresServer) -> None:
    original = postgres.create_database("original")
    with psycopg.connect(original) as connection:
        connection.execute("CREATE TABLE word AS SELECT 'owner' AS text")

    copy = postgres.create_database("copy", template="original")

    assert select(copy, "SELECT text FROM word") == "owner"
    with psycopg.connect(copy):  # Somebody still connected does not prevent the drop.
        postgres.drop_database("copy")
    postgres.drop_database("original")
    assert not postgres.has_database("copy")
    assert not postgres.has_database("original")


def test_a_role_needs_no_password(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE ROLE trusted_role LOGIN")

    assert select(postgres.database_url("postgres", "trusted_role"), "SELECT current_user") == "trusted_role"


def test_only_its_user_can_reach_the_socket_and_the_data(postgres_directory: Path) -> None:
    with EmbeddedPostgres(postgres_directory):
        private = [postgres_directory / "socket", postgres_directory / "data"]
        assert [stat.S_IMODE(path.stat().st_mode) for path in private] == [0o700, 0o700]


def test_committed_rows_survive_kill_9_and_an_immediate_restart(postgres_directory: Path) -> None:
    with EmbeddedPostgres(postgres_directory) as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE word AS SELECT 'owner' AS text")
        os.kill(server.process_id, signal.SIGKILL)
        server.start()
        assert select(server.url, "SELECT text FROM word") == "owner"


def test_a_second_object_uses_the_running_server_and_leaves_it_running(postgres_directory: Path) -> None:
    with EmbeddedPostgres(postgres_directory) as first:
        with EmbeddedPostgres(postgres_directory) as second:
            assert second.process_id == first.process_id
        assert first.is_running()
    assert not first.is_running()


def test_a_server_whose_starter_is_gone_is_adopted_and_stopped(postgres_directory: Path) -> None:
    orphan = EmbeddedPostgres(postgres_directory)
    orphan.start()
    (postgres_directory / "started_by").write_text("999999999 1")

    with EmbeddedPostgres(postgres_directory) as adopter:
        assert adopter.is_running()

    assert not orphan.is_running()


def test_a_long_directory_still_gives_a_socket(postgres_directory: Path) -> None:
    deep = postgres_directory / ("d" * 60) / ("e" * 60)
    for directory in deep.parents[0], postgres_directory:
        directory.mkdir(exist_ok=True)
        directory.chmod(0o711)

    with EmbeddedPostgres(deep) as server:
        assert select(server.url, "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_a_directory_that_the_servers_user_cannot_reach_is_refused_with_a_way_out(postgres_directory: Path) -> None:
    postgres_directory.chmod(0o700)

    with pytest.raises(postgres_install.InstallError, match=r"chmod o\+x"):
        EmbeddedPostgres(postgres_directory / "state").start()

    assert stat.S_IMODE(postgres_directory.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")
def test_programs_in_a_private_directory_are_copied(postgres_directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = postgres_install._wheel_directory()
    private = postgres_directory / "private" / "site-packages"
    private.mkdir(parents=True)
    (private / wheel.name).symlink_to(wheel)
    (private / f"{wheel.name}.libs").symlink_to(wheel.parent / f"{wheel.name}.libs")
    private.parent.chmod(0o700)
    monkeypatch.setattr(postgres_install, "_wheel_directory", lambda: private / wheel.name)

    with EmbeddedPostgres(postgres_directory / "postgres") as server:
        assert select(server.url, "SELECT 1") == 1
        assert (postgres_directory / "postgres" / "programs").exists()


def test_the_embedded_database_is_made_once_and_keeps_its_rows(postgres_directory: Path) -> None:
    config = read_config({"SMARTSWITCH_STATE_DIRECTORY": str(postgres_directory)})

    with open_postgres(config) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE word AS SELECT 'owner' AS text")
    with open_postgres(config) as url:
        assert select(url, "SELECT text FROM word") == "owner"


def test_an_external_database_is_used_as_it_is_given(postgres: PostgresServer) -> None:
    config = read_config({"SMARTSWITCH_DATABASE_URL": postgres.url})

    with open_postgres(config) as url:
        assert url == postgres.url


SOCKET_URL = "postgresql://postgres@/smartswitch?host=/run/db"
NETWORK_URL = "postgresql://u:p@db:5432/smartswitch?sslmode=require"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (SOCKET_URL, "postgresql://postgres@/other?host=/run/db"),
        (NETWORK_URL, "postgresql://u:p@db:5432/other?sslmode=require"),
    ],
)
def test_a_url_is_pointed_at_another_database(url: str, expected: str) -> None:
    assert with_database(url, "other") == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (SOCKET_URL, "postgresql://web@/smartswitch?host=/run/db"),
        (NETWORK_URL, "postgresql://u:p@db:5432/smartswitch?sslmode=require&options=-c%20role%3Dweb"),
    ],
)
def test_a_url_is_given_a_role(url: str, expected: str) -> None:
    assert with_role(url, "web") == expected
