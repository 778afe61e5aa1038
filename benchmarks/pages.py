"""Pages of the web account before a big database: how long the server takes for each, for people at three levels.

    python benchmarks/pages.py [--times 20] [--keep DIRECTORY] [--only TEXT] [--json]

The database is that of `big_house.py` (1,000 dealers, 100,000 customers, a million calls); `--keep` keeps it for the next
run. The server is the one that `smartswitch up` starts, on loopback; requests come one after another, so that a time is
that of the server and not of a queue. The baseline of the same run is /health: one `SELECT 1`. The bar is p95 <= 100 ms.
Everybody's time zone is one in which the day is nearly over, for a dashboard shows a day; and as the worker does every
minute, calls are added up by quarters of an hour before.
What a page costs in CPU, in the server and in PostgreSQL, says the same on a machine that has other work to do.
"""

import argparse
import http.client
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from big_house import PASSWORD, PEOPLE, make_big_house
from page_table import PAGES, Page

from smartswitch.runtime.postgres import EmbeddedPostgres

DATABASE = "big"
BAR_MS = 100
START_TIMEOUT_S = 60
LATE_HOUR, MOST_HOURS_AHEAD = 23, 14
HTMX = {"HX-Request": "true"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What one page took for one person."""

    person: str
    path: str
    p50_ms: float
    p95_ms: float
    longest_ms: float
    web_cpu_ms: float
    database_cpu_ms: float
    size: int


class Browser:
    """One person's browser: a connection that stays open, and cookies."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookies: dict[str, str] = {}

    def request(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, bytes]:
        """One request; the status and the body."""
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                cookie, _, content = value.partition(";")[0].partition("=")
                self._cookies[cookie] = content
        return answer.status, answer.read()

    def log_in(self, username: str) -> None:
        """Fill in the form as a person would."""
        _, form = self.request("GET", "/login")
        token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert token is not None
        body = f"csrfmiddlewaretoken={token[1].decode()}&username={username}&password={PASSWORD.replace(' ', '+')}"
        status, _ = self.request("POST", "/login", body, **{"Content-Type": "application/x-www-form-urlencoded"})
        assert status == http.client.FOUND, f"{username} cannot log in: {status}"


@dataclass(frozen=True, slots=True)
class Machines:
    """The process of the web server and that of PostgreSQL, and the port and address at which they answer."""

    web: int
    database: int
    port: int
    url: str

    def cpu_s(self) -> tuple[float, float]:
        """The CPU time that each has used, with its children that live."""
        return _cpu_s(self.web), _cpu_s(self.database)


def _late_zone(hour: int) -> str:
    """A time zone in which it is eleven in the evening at this hour (UTC); the names of these zones turn the sign about."""
    ahead = LATE_HOUR - hour
    return f"Etc/GMT{-ahead if ahead <= MOST_HOURS_AHEAD else 24 - ahead:+d}"


def _make_it_late(url: str) -> None:
    """Make the day of all dealers a whole one, and let the calls be added up."""
    zone = _late_zone(datetime.now(UTC).hour)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE dealer SET time_zone = %s", [zone])
        connection.execute("SELECT roll_up_calls('2 minutes')")
        connection.execute("VACUUM (ANALYZE) dealer, calls_of_quarter, money_of_quarter")


def _cpu_s(process: int) -> float:
    """The processor time of a process, and of its children, those that ended as well."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if process in (int(entry.name), int(fields[1])):
            ticks += int(fields[11]) + int(fields[12])
        if process == int(entry.name):
            ticks += int(fields[13]) + int(fields[14])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(machines: Machines, *, times: int, only: str) -> Iterator[Figure]:
    """Every page for every person."""
    with psycopg.connect(machines.url) as connection:
        for person, key in PEOPLE.items():
            browser = Browser(machines.port)
            browser.log_in(person)
            row = connection.execute("SELECT id FROM dealer WHERE key = %s", [key]).fetchone()
            assert row is not None
            for page in PAGES:
                path = page.path
                if only not in path or (page.is_for_owner and person != "owner"):
                    continue
                if page.found_by is not None:
                    found = connection.execute(f"{page.found_by} LIMIT 1", {"dealer": row[0]}).fetchone()
                    if found is None or found[0] is None:
                        continue
                    path = path.format(found[0])
                yield _measured(machines, browser, person, page, path, times)


def _measured(machines: Machines, browser: Browser, person: str, page: Page, path: str, times: int) -> Figure:
    headers = HTMX if page.is_piece else {}

    def ask() -> int:
        status, body = browser.request("GET", path, **headers)
        assert status in (http.client.OK, http.client.NO_CONTENT), f"{person} {path}: {status}"
        return len(body)

    size = ask()  # The first one fills caches.
    taken_ms = []
    cpu_before = machines.cpu_s()
    for _ in range(times):
        begun = time.perf_counter()
        ask()
        taken_ms.append((time.perf_counter() - begun) * 1000)
    web_s, database_s = (after - before for after, before in zip(machines.cpu_s(), cpu_before, strict=True))
    p95 = statistics.quantiles(taken_ms, n=20, method="inclusive")[-1]
    return Figure(
        person=person,
        path=page.path + (" (piece)" if page.is_piece else ""),
        p50_ms=round(statistics.median(taken_ms), 1),
        p95_ms=round(p95, 1),
        longest_ms=round(max(taken_ms), 1),
        web_cpu_ms=round(web_s / times * 1000, 1),
        database_cpu_ms=round(database_s / times * 1000, 1),
        size=size,
    )


@contextmanager
def web_account(url: str, state: Path) -> Iterator[tuple[int, int]]:
    """The server, as `smartswitch up` starts it; its process and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {
        **os.environ,
        "SMARTSWITCH_DATABASE_URL": url,
        "SMARTSWITCH_STATE_DIRECTORY": str(state),
        "SMARTSWITCH_WEB_ADDRESS": f"127.0.0.1:{port}",
    }
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--blocking-threads", "4", "smartswitch.web.config.wsgi:application",
    ]  # fmt: skip
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            _wait_until_it_answers(port, server)
            yield server.pid, port
        finally:
            server.terminate()


def _wait_until_it_answers(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        assert server.poll() is None, "the server ended"
        try:
            if Browser(port).request("GET", "/health")[0] == http.client.OK:
                return
        except OSError:
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)


def run(directory: Path, *, times: int, only: str) -> list[Figure]:
    """Seed if need be, start, measure."""
    directory.mkdir(exist_ok=True)
    directory.chmod(0o711)
    with EmbeddedPostgres(directory) as server, tempfile.TemporaryDirectory() as state:
        url = server.database_url(DATABASE)
        if not server.has_database(DATABASE):
            url = make_big_house(server, DATABASE)
        _make_it_late(url)
        with web_account(url, Path(state)) as (process, port):
            machines = Machines(web=process, database=server.process_id, port=port, url=url)
            return list(measure(machines, times=times, only=only))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument(
        "--keep", metavar="DIRECTORY", type=Path, help="Keep the seeded database here for the next run."
    )
    parser.add_argument("--only", metavar="TEXT", default="", help="Only pages whose address contains this.")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        figures = run(arguments.keep or Path(name), times=arguments.times, only=arguments.only)
    if arguments.json:
        print(json.dumps([{name: getattr(each, name) for name in Figure.__slots__} for each in figures], indent=2))
        return
    print(f"{'':6} {'page':42} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8} {'CPU: web':>9} {'database':>9} {'bytes':>9}")
    for each in figures:
        times = f"{each.p50_ms:8.1f} {each.p95_ms:8.1f} {each.longest_ms:8.1f}"
        cpu = f"{each.web_cpu_ms:9.1f} {each.database_cpu_ms:9.1f}"
        missed = "" if each.p95_ms <= BAR_MS else f"  above {BAR_MS} ms"
        print(f"{each.person:6} {each.path:42} {times} {cpu} {each.size:9,}{missed}")


if __name__ == "__main__":
    main()
