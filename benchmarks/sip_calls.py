"""Calls a second through Kamailio: relaying alone, and asking the real node. SIPp on both sides, one machine.

    python benchmarks/sip_calls.py --rate 1000 --duration 60
    python benchmarks/sip_calls.py --modes relay,echo,switch --json

`relay` is the baseline: the same Kamailio relays and asks nobody. `switch` is the whole switch: each call is held and
charged at four paying levels, durably (PostgreSQL with fsync), and afterwards the ledger is checked and the CDRs are
counted. `echo` asks the least node there can be (`benchmarks/sip/echo_node.py`), which shows what the wire alone costs.
Each mode runs twice: at the rate, for calls a second, and at half of it, for the set-up time that is added.

The callee answers after 20 ms. Calls carry no SDP, so that no media is relayed; with --media they do, and rtpengine makes
ports for both sides of each call.
"""

import argparse
import contextlib
import json
import random
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

from sip_load import HERE, Calls, Result
from sip_switch import running_switch

from smartswitch.runtime.config import Address
from smartswitch.switch import kamailio as kamailio_module
from smartswitch.switch.kamailio import Kamailio, KamailioSettings

NODE_START_S = 3.0
MODES = ("relay", "echo", "switch")


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


def run(mode: str, rate: int, arguments: argparse.Namespace, directory: Path) -> Result:
    """Start what the mode needs, place the calls, stop it, and tell the figures."""
    proxy, target, evapi, caller, control = (Address("127.0.0.1", port) for port in free_ports(5))
    directory.mkdir(mode=0o711)
    settings = KamailioSettings(
        run_directory=directory,
        udp=(proxy,),
        evapi=evapi,
        rtpengine=control,
        flood_exempt_networks=("127.0.0.0/8",),
        udp_children=arguments.children,
        shared_memory_mib=512,
    )
    calls = Calls(
        rate=rate,
        duration_s=arguments.duration,
        directory=directory,
        has_media=arguments.media,
        proxy=proxy,
        caller=caller,
        target=target,
    )
    kamailio = RelayingKamailio(settings, target) if mode == "relay" else Kamailio(settings)
    kamailio.start()
    try:
        if mode == "relay":
            return calls.place(mode, kamailio_pid=kamailio.pid)
        if mode == "echo":
            with running_echo(evapi, target) as node:
                return calls.place(mode, kamailio_pid=kamailio.pid, node_pid=node.pid)
        with running_switch(directory, settings, caller=caller, target=target) as switch:
            result = calls.place(
                mode, kamailio_pid=kamailio.pid, node_pid=switch.node_pid, postgres_pid=switch.postgres_pid
            )
            charged_calls, violations = switch.prove()
            return replace(result, charged_calls=charged_calls, ledger_violations=violations)
    finally:
        kamailio.stop()


def free_ports(count: int) -> list[int]:
    """Ports that are free for UDP and TCP on loopback, below those that the system gives away by itself."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(20_000, 32_000)
        with socket.socket(type=socket.SOCK_STREAM) as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            try:
                tcp.bind(("127.0.0.1", port))
                udp.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found


@contextlib.contextmanager
def running_echo(evapi: Address, target: Address) -> Iterator["subprocess.Popen[bytes]"]:
    """The least node, with time to connect."""
    node = subprocess.Popen(
        [sys.executable, str(HERE / "echo_node.py"), "--evapi", str(evapi), "--target", str(target)]
    )
    try:
        time.sleep(NODE_START_S)
        yield node
    finally:
        node.terminate()
        node.wait(10)


def compared(results: list[Result], rate: int) -> dict[str, object]:
    """Each mode against the baseline: calls a second at the rate, set-up time at half of it."""
    at = {(each.mode, each.offered_calls_per_second): each for each in results}
    relay, relay_at_half = at.get(("relay", rate)), at.get(("relay", rate // 2))
    found: dict[str, object] = {}
    for mode in MODES[1:]:
        full, half = at.get((mode, rate)), at.get((mode, rate // 2))
        if not (relay and relay_at_half and full and half):
            continue
        found[mode] = {
            "ratio": round(full.calls_per_second / max(0.1, relay.calls_per_second), 3),
            "added_setup_p50_ms": round(half.setup_p50_ms - relay_at_half.setup_p50_ms, 2),
            "added_setup_p99_ms": round(half.setup_p99_ms - relay_at_half.setup_p99_ms, 2),
        }
    return found


def print_result(each: Result) -> None:
    """One line for people."""
    ledger = ""
    if each.ledger_violations is not None:
        ledger = f"; {each.charged_calls} charged, {each.ledger_violations} violations of the ledger"
    print(
        f"{each.mode:6} offered {each.offered_calls_per_second}/s: {each.calls_per_second}/s, {each.failed} of "
        f"{each.calls} failed, set-up p50 {each.setup_p50_ms} ms, p99 {each.setup_p99_ms} ms, CPU a call: "
        f"Kamailio {each.kamailio_cpu_us_per_call} us, node {each.node_cpu_us_per_call} us, "
        f"PostgreSQL {each.postgres_cpu_us_per_call} us{ledger}",
        flush=True,
    )


def main() -> None:
    """Run the modes that were asked for and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=1_000, help="calls a second that are offered")
    parser.add_argument("--duration", type=int, default=20, help="seconds")
    parser.add_argument("--children", type=int, default=4, help="Kamailio's UDP workers")
    parser.add_argument("--modes", default="relay,switch", help=f"of {', '.join(MODES)}")
    parser.add_argument("--media", action="store_true", help="relay media through rtpengine as well")
    parser.add_argument("--full-rate-only", action="store_true", help="leave the runs at half the rate out")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(65_536, hard), hard))
    rates = [arguments.rate] if arguments.full_rate_only else [arguments.rate, arguments.rate // 2]
    results = []
    with tempfile.TemporaryDirectory(prefix="smartswitch-bench-") as name:
        Path(name).chmod(0o711)
        for rate in rates:
            for mode in arguments.modes.split(","):
                results.append(run(mode, rate, arguments, Path(name) / f"{mode}-{rate}"))
                if not arguments.json:
                    print_result(results[-1])
    figures = compared(results, arguments.rate)
    if arguments.json:
        print(json.dumps({"results": [asdict(each) for each in results], "against_relay": figures}))
    else:
        print(f"against relay: {figures}")


if __name__ == "__main__":
    main()
