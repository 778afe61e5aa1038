"""The worker as a process of its own: it works by itself, survives the loss of its connections, and ends when told to."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PATIENCE_S = 40
END_CONNECTIONS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'smartswitch worker' AND datname = current_database()
"""


class RunningWorker:
    """The process and its log."""

    def __init__(self, database_url: str, directory: Path) -> None:
        self._log_path = directory / "worker.log"
        with self._log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "smartswitch.web.worker"],
                stderr=log,
                env={
                    **os.environ,
                    "SMARTSWITCH_DATABASE_URL": database_url,
                    "SMARTSWITCH_STATE_DIRECTORY": str(directory),
                },
            )

    @property
    def log(self) -> str:
        """What it has said."""
        return self._log_path.read_text()


def wait_until(is_so: Callable[[], bool], worker: RunningWorker) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert worker.process.poll() is None, worker.log
        assert time.monotonic() < deadline, worker.log
        time.sleep(0.1)


@pytest.fixture
def worker(database, tmp_path: Path) -> Iterator[RunningWorker]:
    """A worker on the database of this test."""
    running = RunningWorker(database.url, tmp_path)
    yield running
    running.process.kill()
    running.process.wait()


def test_it_works_by_itself_and_ends_when_told_to(tree, worker: RunningWorker):
    wait_until(lambda: tree.value("SELECT count(*) FROM ledger_verdict WHERE ok") > 0, worker)
    wait_until(lambda: "partitions_made" in worker.log, worker)

    worker.process.send_signal(signal.SIGTERM)

    assert worker.process.wait(PATIENCE_S) == 0
    assert "worker_started" in worker.log
    assert "worker_stopped" in worker.log
    assert "ERROR" not in worker.log
    assert tree.value("SELECT count(*) FROM procrastinate_workers") == 0


def test_it_outlives_its_connections(tree, worker: RunningWorker):
    wait_until(lambda: tree.value("SELECT count(*) FROM ledger_verdict") > 0, worker)
    tree.run("DELETE FROM ledger_verdict")

    assert all(tree.values(END_CONNECTIONS))

    tree.run(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
        " VALUES ('default', 'check_last_days', '{\"timestamp\": 0}')"
    )
    wait_until(lambda: tree.value("SELECT count(*) FROM ledger_verdict WHERE checked_at - since > '1 day'") > 0, worker)
