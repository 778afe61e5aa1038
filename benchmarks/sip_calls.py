"""Calls a second through Kamailio: alone, and asking a node about every call. SIPp on both sides, one machine.

    python benchmarks/sip_calls.py --rate 1000 --duration 30
    python benchmarks/sip_calls.py --node-command "smartswitch node" --json

`relay` is the baseline: the same Kamailio relays without asking anybody. `node` asks a node: by default the least one
(`benchmarks/sip/echo_node.py`), or any command, which gets SMARTSWITCH_EVAPI_ADDRESS and SMARTSWITCH_BENCH_TARGET.
The ratio of the two and the added set-up time are what counts; the callee answers after 20 ms in both.
"""

import argparse
import csv
import json
import os
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from smartswitch.runtime.config import Address
from smartswitch.switch import kamailio as kamailio_module
from smartswitch.switch.kamailio import Kamailio, KamailioSettings

HERE = Path(__file__).parent / "sip"
TALK_MS = 1_000
NODE_START_S = 3.0
SIPP_GRACE_S = 40


@dataclass(frozen=True, slots=True)
class Result:
    """One run. Set-up time is from INVITE to 200 as the caller saw it, ms."""

    mode: str
    offered_calls_per_second: int
    calls: int
    failed: int
    calls_per_second: float
    setup_p50_ms: float
    setup_p99_ms: float
    kamailio_cpu_us_per_call: float
    node_cpu_us_per_call: float


class RelayingKamailio(Kamailio):
    """The baseline: the generated settings, and relay.cfg instead of the configuration that asks."""

    def __init__(self, settings: KamailioSettings, target: Address) -> None:
        super().__init__(settings)
        self._target = target

    def _render(self) -> None:
        super()._render()
        directory = kamailio_module.CONFIGURATION_DIRECTORY
        relay = (HERE / "relay.cfg").read_text()
        relay = relay.replace("CONFIGURATION_DIRECTORY", str(directory)).replace("RELAY_TARGET", str(self._target))
        (self.settings.run_directory / "relay.cfg").write_text(relay)
        local = self.configuration_path.read_text()
        configuration = f'include_file "{directory / "kamailio.cfg"}"'
        relaying = f'include_file "{self.settings.run_directory / "relay.cfg"}"'
        self.configuration_path.write_text(local.replace(configuration, relaying))


def run(mode: str, arguments: argparse.Namespace, directory: Path) -> Result:
    """Start what the mode needs, place the calls, stop it, and tell the figures."""
    proxy, target, evapi = (Address("127.0.0.1", arguments.first_port + n) for n in (0, 1, 2))
    run_directory = directory / mode
    run_directory.mkdir()
    settings = KamailioSettings(
        run_directory=run_directory,
        udp=(proxy,),
        evapi=evapi,
        flood_exempt_networks=("127.0.0.0/8",),
        udp_children=arguments.children,
        shared_memory_mib=512,
    )
    kamailio = RelayingKamailio(settings, target) if mode == "relay" else Kamailio(settings)
    kamailio.start()
    node = None
    try:
        if mode == "node":
            node = start_node(arguments.node_command, evapi, target)
        return place_calls(mode, arguments, run_directory, proxy=proxy, target=target, kamailio=kamailio, node=node)
    finally:
        if node is not None:
            node.terminate()
            node.wait(10)
        kamailio.stop()


def start_node(command: str | None, evapi: Address, target: Address) -> "subprocess.Popen[bytes]":
    """Start the node and give it time to connect."""
    words = shlex.split(command) if command else [sys.executable, str(HERE / "echo_node.py")]
    if command is None:
        words += ["--evapi", str(evapi), "--target", str(target)]
    environment = {
        **os.environ,
        "SMARTSWITCH_EVAPI_ADDRESS": str(evapi),
        "SMARTSWITCH_BENCH_TARGET": str(target),
    }
    node = subprocess.Popen(words, env=environment)
    time.sleep(NODE_START_S)
    return node


def place_calls(
    mode: str,
    arguments: argparse.Namespace,
    directory: Path,
    *,
    proxy: Address,
    target: Address,
    kamailio: Kamailio,
    node: "subprocess.Popen[bytes] | None",
) -> Result:
    """Run SIPp on both sides and read its figures."""
    calls = arguments.rate * arguments.duration
    caller_port = arguments.first_port + 3
    common = ["-i", "127.0.0.1", "-nostdin", "-t", "u1", "-buff_size", "4194304"]
    with (directory / "callee.out").open("wb") as output:
        callee = subprocess.Popen(
            ["sipp", "-sf", str(HERE / "callee.xml"), "-p", str(target.port), *common], stdout=output, stderr=output
        )
    kamailio_before, node_before = cpu_us(children_of(kamailio.pid)), cpu_us([node.pid] if node else [])
    caller = [
        *("sipp", str(proxy), "-sf", str(HERE / "caller.xml"), "-p", str(caller_port), *common),
        *("-r", str(arguments.rate), "-m", str(calls), "-d", str(TALK_MS), "-l", str(min(15_000, arguments.rate * 20))),
        *("-trace_stat", "-stf", str(directory / "stat.csv"), "-fd", "1"),
        *("-trace_rtt", "-rtt_freq", "1", "-trace_err", "-error_file", str(directory / "errors")),
        *("-timeout", f"{arguments.duration + SIPP_GRACE_S}s"),
    ]
    started = time.monotonic()
    with (directory / "caller.out").open("wb") as output:
        process = subprocess.Popen(caller, cwd=directory, stdout=output, stderr=output)
        wait_or_kill(process, arguments.duration + SIPP_GRACE_S + 10)
    elapsed = time.monotonic() - started
    kamailio_used = cpu_us(children_of(kamailio.pid)) - kamailio_before
    node_used = cpu_us([node.pid] if node else []) - node_before
    callee.terminate()
    wait_or_kill(callee, 2)
    return read_result(
        mode, arguments.rate, directory, elapsed_s=elapsed, kamailio_cpu_us=kamailio_used, node_cpu_us=node_used
    )


def wait_or_kill(process: "subprocess.Popen[bytes]", timeout_s: float) -> None:
    """Wait for the end of a process, and end it when it does not come."""
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def read_result(
    mode: str, rate: int, directory: Path, *, elapsed_s: float, kamailio_cpu_us: int, node_cpu_us: int
) -> Result:
    """Read SIPp's statistics and response times."""
    last = list(csv.DictReader((directory / "stat.csv").read_text().splitlines(), delimiter=";"))[-1]
    successful, failed = int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"])
    setup_ms = sorted(
        float(line.split(";")[1])
        for path in directory.glob("*_rtt.csv")
        for line in path.read_text().splitlines()[1:]
        if ";" in line
    )
    calls = max(1, successful + failed)
    return Result(
        mode=mode,
        offered_calls_per_second=rate,
        calls=successful + failed,
        failed=failed,
        calls_per_second=round(successful / max(0.001, elapsed_s - TALK_MS / 1000), 1),
        setup_p50_ms=round(statistics.median(setup_ms), 2) if setup_ms else 0.0,
        setup_p99_ms=round(setup_ms[int(len(setup_ms) * 0.99)], 2) if setup_ms else 0.0,
        kamailio_cpu_us_per_call=round(kamailio_cpu_us / calls, 1),
        node_cpu_us_per_call=round(node_cpu_us / calls, 1),
    )


def children_of(pid: int | None) -> list[int]:
    """Return a process and its children."""
    if pid is None:
        return []
    return [pid, *(int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())]


def cpu_us(pids: list[int]) -> int:
    """Return the CPU time these processes have used, in microseconds."""
    ticks = 0
    for pid in pids:
        words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(words[11]) + int(words[12])
    return ticks * 1_000_000 // os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Run the modes that were asked for and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=1_000, help="calls a second that are offered")
    parser.add_argument("--duration", type=int, default=20, help="seconds")
    parser.add_argument("--children", type=int, default=4, help="Kamailio's UDP workers")
    parser.add_argument("--first-port", type=int, default=25_060, help="four neighbouring free ports on loopback")
    parser.add_argument("--node-command", help="a node to measure instead of the least one")
    parser.add_argument("--modes", default="relay,node")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", type=Path, help="an empty directory for SIPp's and Kamailio's files")
    arguments = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(65_536, hard), hard))
    with tempfile.TemporaryDirectory(prefix="smartswitch-bench-") as name:
        directory = arguments.keep or Path(name)
        results = [run(mode, arguments, directory) for mode in arguments.modes.split(",")]
    by_mode = {each.mode: each for each in results}
    ratio = added = None
    if {"relay", "node"} <= by_mode.keys():
        relay, node = by_mode["relay"], by_mode["node"]
        ratio = round(node.calls_per_second / max(0.1, relay.calls_per_second), 3)
        added = {
            "p50_ms": round(node.setup_p50_ms - relay.setup_p50_ms, 2),
            "p99_ms": round(node.setup_p99_ms - relay.setup_p99_ms, 2),
        }
    if arguments.json:
        print(json.dumps({"results": [asdict(each) for each in results], "ratio": ratio, "added_setup": added}))
        return
    for each in results:
        print(
            f"{each.mode:6} offered {each.offered_calls_per_second}/s: {each.calls_per_second}/s, {each.failed} of "
            f"{each.calls} failed, set-up p50 {each.setup_p50_ms} ms, p99 {each.setup_p99_ms} ms, CPU a call: "
            f"Kamailio {each.kamailio_cpu_us_per_call} us, node {each.node_cpu_us_per_call} us"
        )
    if added is not None:
        print(f"ratio {ratio}; added set-up p50 {added['p50_ms']} ms, p99 {added['p99_ms']} ms")


if __name__ == "__main__":
    main()
