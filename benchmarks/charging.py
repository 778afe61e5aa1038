"""Charging alone: whole calls a second through the engine on a durable PostgreSQL, and what they cost.

    python benchmarks/charging.py [--calls 40000] [--json] [--plot charging.png]

A whole call is authorize + answer + settle at 4 paying levels, with the owner's cost, one CDR and five charges, each
command answered after its commit with fsync on. ``spread`` has 100 top-level dealers, ``hot`` one; then the depth goes
from 1 to 10 and the dealers from 10 to 100,000. The baseline of the same run is the usual way to do it: one transaction
for each command, by 8 connections.
"""

import argparse
import asyncio
import gc
import json
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Barrier
from pathlib import Path

import asyncpg
import uvloop
from charging_load import Load, make_facts_portable, make_load, run_calls

from smartswitch.charging.batch_read import lock_batch
from smartswitch.charging.batch_rows import FinishedRows, batch_rows
from smartswitch.charging.batch_write import write_batch
from smartswitch.charging.decisions import decide
from smartswitch.charging.engine import ChargingEngine, Tell
from smartswitch.charging.ledger_check import check_ledger
from smartswitch.charging.pool import open_pool
from smartswitch.charging.rows import RowWriter
from smartswitch.protocol.charging import Command
from smartswitch.runtime.compiled import is_compiled
from smartswitch.runtime.postgres import EmbeddedPostgres
from smartswitch.web.config.migrate import migrate

AT_ONCE = 4_500
DEPTHS = (1, 2, 4, 6, 8, 10)
DEALERS = (10, 100, 1_000, 10_000, 100_000)
BASELINE_CONNECTIONS = 8
AT_ONCE_A_NODE = 500
"""Two nodes share the two cores with PostgreSQL: with more under way commands wait longer than their three seconds."""
ROUNDS = 5
"""The machine is shared: one round says little."""


class OneByOne:
    """The baseline: every command is a transaction of its own, with the same locks, decisions and statements."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._writer = RowWriter("baseline")
        self._tasks: set[asyncio.Task[None]] = set()

    def enqueue(self, command: Command, tell: Tell) -> None:
        """Carry out one command, as the engine would."""
        task = asyncio.get_running_loop().create_task(self._transact(command, tell))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _transact(self, command: Command, tell: Tell) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            state = await lock_batch(connection, [command])
            reply = decide(state, command)
            finished = FinishedRows(self._writer)
            finished.take(state)
            await write_batch(connection, batch_rows(state, finished, node="baseline", writer=self._writer))
        tell(reply)


class Bench:
    """One database, and the figures so far."""

    def __init__(self, pool: asyncpg.Pool, url: str, postmaster: int, calls: int) -> None:
        self.pool = pool
        self.url = url
        self.postmaster = postmaster
        self.calls = calls
        self.figures: dict[str, object] = {}

    async def load(self, *, depth: int, top_dealers: int, peers: int = 10_000) -> Load:
        """Parties for one measurement."""
        async with self.pool.acquire() as connection:
            await connection.execute("SET statement_timeout = 0")
            return await make_load(connection, depth=depth, top_dealers=top_dealers, peers=peers)

    async def measure(self, load: Load, *, calls: int | None = None, rounds: int = 1) -> dict[str, float]:
        """Whole calls a second (the median of the rounds, and the best), and CPU microseconds a call."""
        calls = calls or self.calls
        engine = ChargingEngine(self.pool, node="benchmark")
        await engine.start()
        gc.collect()
        gc.freeze()
        await run_calls(engine, load, calls=calls // 10, at_once=AT_ONCE)
        python_s, postgres_s = self._python_s(), self._postgres_s()
        rates = [await run_calls(engine, load, calls=calls, at_once=AT_ONCE) for _ in range(rounds)]
        figures = {
            "calls_per_second": round(statistics.median(rates)),
            "best": round(max(rates)),
            "python_us": round((self._python_s() - python_s) / calls / rounds * 1e6),
            "postgres_us": round((self._postgres_s() - postgres_s) / calls / rounds * 1e6),
        }
        await engine.stop()
        return figures

    async def baseline(self, load: Load) -> dict[str, float]:
        """The same calls, one transaction for each command, by a few connections."""
        calls = max(500, self.calls // 20)
        async with open_pool(self.url, size=BASELINE_CONNECTIONS) as pool:
            rate = await run_calls(OneByOne(pool), load, calls=calls, at_once=BASELINE_CONNECTIONS)
        return {"calls_per_second": round(rate)}

    async def two_nodes(self, load: Load) -> dict[str, float]:
        """Whole calls a second by two processes, each with an engine of its own, on the one database."""
        make_facts_portable()
        spawn = multiprocessing.get_context("spawn")
        start = spawn.Barrier(2)
        with ProcessPoolExecutor(2, mp_context=spawn, initializer=_take_barrier, initargs=(start,)) as nodes:
            loop = asyncio.get_running_loop()
            runs = [loop.run_in_executor(nodes, _run_node, self.url, load, self.calls // 2) for _ in range(2)]
            spans = await asyncio.gather(*runs)
        elapsed_s = max(end for _, end in spans) - min(begin for begin, _ in spans)
        return {"calls_per_second": round(self.calls // 2 * 2 / elapsed_s)}

    def _python_s(self) -> float:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    def _postgres_s(self) -> float:
        """CPU time of the postmaster and its children that live."""
        ticks = 0
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if self.postmaster in (int(entry.name), int(fields[1])):
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


_barrier: Barrier | None = None


def _take_barrier(barrier: Barrier) -> None:
    global _barrier  # noqa: PLW0603 - a process of the pool is handed it once, at its start
    _barrier = barrier


def _run_node(url: str, load: Load, calls: int) -> tuple[float, float]:
    """One node: warm up, wait for the other, run; gives the moments of begin and end."""

    async def node() -> tuple[float, float]:
        gc.set_threshold(50_000, 20, 50)
        async with open_pool(url) as pool:
            engine = ChargingEngine(pool, node=f"benchmark-{os.getpid()}")
            await engine.start()
            await run_calls(engine, load, calls=calls // 10, at_once=AT_ONCE_A_NODE)
            gc.collect()
            gc.freeze()
            assert _barrier is not None
            await asyncio.to_thread(_barrier.wait, 60)
            begin = time.monotonic()
            await run_calls(engine, load, calls=calls, at_once=AT_ONCE_A_NODE)
            end = time.monotonic()
            await engine.stop()
            return begin, end

    return uvloop.run(node())


async def run(url: str, postmaster: int, calls: int, *, is_short: bool) -> dict[str, object]:
    """All measurements."""
    gc.set_threshold(50_000, 20, 50)
    async with open_pool(url) as pool:
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(
                """INSERT INTO balance (id, dealer_id, kind, party, currency) VALUES (9000001, 1, 'dealer', 'owner', 'USD');
                   INSERT INTO dealer (id, key, currency, balance_id) VALUES (1, 'owner', 'USD', 9000001)"""
            )
        bench = Bench(pool, url, postmaster, calls)
        spread = await bench.load(depth=4, top_dealers=100)
        hot = await bench.load(depth=4, top_dealers=1)
        figures = bench.figures
        figures["spread"] = await bench.measure(spread, rounds=ROUNDS)
        figures["hot"] = await bench.measure(hot, rounds=ROUNDS)
        figures["spread_two_nodes"] = await bench.two_nodes(spread)
        figures["hot_two_nodes"] = await bench.two_nodes(hot)
        figures["baseline"] = await bench.baseline(spread)
        if not is_short:
            figures["depth"] = {
                depth: await bench.measure(await bench.load(depth=depth, top_dealers=100), calls=calls // 2)
                for depth in DEPTHS
            }
            figures["dealers"] = {
                dealers: await bench.measure(
                    await bench.load(depth=4, top_dealers=dealers // 3 or 1, peers=max(10_000, dealers // 3)),
                    calls=calls // 2,
                )
                for dealers in DEALERS
            }
        started = time.perf_counter()
        async with pool.acquire() as connection:
            await connection.execute("SET statement_timeout = 0")
            violations = [
                one for one in await check_ledger(connection) if one.check in ("holds", "live_calls", "limits")
            ]
            charges = await connection.fetchval("SELECT count(*) FROM charge")
        assert not violations, violations
        figures["ledger_check"] = {"charges": charges, "seconds": round(time.perf_counter() - started, 1)}
    return figures


def plot(figures: dict[str, object], path: str) -> None:
    """Cost of a call against depth and against the number of dealers."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    picture, axes = pyplot.subplots(1, 2, figsize=(10, 4))
    for axis, name, scale in ((axes[0], "depth", "linear"), (axes[1], "dealers", "log")):
        series = figures[name]
        sizes = list(series)
        for part, label in (("python_us", "Python"), ("postgres_us", "PostgreSQL")):
            axis.plot(sizes, [series[size][part] for size in sizes], marker="o", label=label)
        axis.set(xlabel=name, ylabel="CPU µs a whole call", xscale=scale, ylim=(0, None))
        axis.legend()
    picture.tight_layout()
    picture.savefig(path)


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=40_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--short", action="store_true", help="Only spread, hot and the baseline.")
    parser.add_argument("--plot", metavar="FILE.png")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o711)
        with EmbeddedPostgres(directory) as server:
            url = server.create_database("benchmark")
            migrate(url)
            figures = uvloop.run(run(url, server.process_id, arguments.calls, is_short=arguments.short))
    if arguments.plot:
        plot(figures, arguments.plot)
    if arguments.json:
        print(json.dumps({"compiled": is_compiled(), **figures}, indent=2))
        return
    print(f"compiled: {'yes' if is_compiled() else 'no'}")
    for name, value in figures.items():
        rows = value.items() if name in ("depth", "dealers") else [("", value)]
        for size, row in rows:
            print(f"{name:>16} {size!s:>7} " + "  ".join(f"{key} {number:,}" for key, number in row.items()))


if __name__ == "__main__":
    main()
