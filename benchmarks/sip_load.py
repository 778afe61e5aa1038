"""SIPp on both sides for benchmarks/sip_calls.py: places calls through a Kamailio and reads the figures."""

import csv
import os
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from smartswitch.runtime.config import Address

HERE = Path(__file__).parent / "sip"
TALK_MS = 1_000
SIPP_GRACE_S = 40
MOST_CALLS_AT_ONCE = 15_000
NO_BODY = "Content-Length: 0\n"
SDP_BODY = """Content-Type: application/sdp
    Content-Length: [len]

    v=0
    o=user1 53655765 2353687637 IN IP[local_ip_type] [local_ip]
    s=-
    c=IN IP[media_ip_type] [media_ip]
    t=0 0
    m=audio [media_port] RTP/AVP 8
    a=rtpmap:8 PCMA/8000"""


@dataclass(frozen=True, slots=True)
class Result:
    """One run. Set-up time is from INVITE to 200 as the caller saw it, ms.

    `charged_calls` is how many CDRs say "answered", `ledger_violations` what the check of the ledger found: None where there
    is no ledger.
    """

    mode: str
    offered_calls_per_second: int
    calls: int
    failed: int
    calls_per_second: float
    setup_p50_ms: float
    setup_p99_ms: float
    kamailio_cpu_us_per_call: float
    node_cpu_us_per_call: float
    postgres_cpu_us_per_call: float
    charged_calls: int | None = None
    ledger_violations: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What is to be placed: how many a second, for how long, from where to where."""

    rate: int
    duration_s: int
    directory: Path
    has_media: bool
    proxy: Address
    caller: Address
    target: Address

    def place(
        self, mode: str, *, kamailio_pid: int | None, node_pid: int | None = None, postgres_pid: int | None = None
    ) -> Result:
        """Run SIPp on both sides and read its figures."""
        common = ("-i", "127.0.0.1", "-nostdin", "-t", "u1", "-buff_size", "4194304")
        answering = ["sipp", "-sf", self._scenario("callee"), "-p", str(self.target.port), *common]
        calling = [
            *("sipp", str(self.proxy), "-sf", self._scenario("caller"), "-p", str(self.caller.port), *common),
            *("-r", str(self.rate), "-m", str(self.rate * self.duration_s), "-d", str(TALK_MS)),
            *("-l", str(min(MOST_CALLS_AT_ONCE, self.rate * 20))),
            *("-trace_stat", "-stf", str(self.directory / "stat.csv"), "-fd", "1"),
            *("-trace_rtt", "-rtt_freq", "1", "-trace_err", "-error_file", str(self.directory / "errors")),
            *("-timeout", f"{self.duration_s + SIPP_GRACE_S}s"),
        ]
        pids = (kamailio_pid, node_pid, postgres_pid)
        before = [cpu_us(children_of(pid)) for pid in pids]
        started = time.monotonic()
        with (self.directory / "sipp.out").open("wb") as output:
            callee = subprocess.Popen(answering, cwd=self.directory, stdout=output, stderr=output)
            caller = subprocess.Popen(calling, cwd=self.directory, stdout=output, stderr=output)
            wait_or_kill(caller, self.duration_s + SIPP_GRACE_S + 10)
        elapsed_s = time.monotonic() - started
        used = [cpu_us(children_of(pid)) - start for pid, start in zip(pids, before, strict=True)]
        callee.terminate()
        wait_or_kill(callee, 2)
        return self._result(mode, elapsed_s, used)

    def _scenario(self, name: str) -> str:
        path = self.directory / f"{name}.xml"
        path.write_text((HERE / f"{name}.xml").read_text().replace("{{body}}", SDP_BODY if self.has_media else NO_BODY))
        return str(path)

    def _result(self, mode: str, elapsed_s: float, cpu_used_us: list[int]) -> Result:
        last = list(csv.DictReader((self.directory / "stat.csv").read_text().splitlines(), delimiter=";"))[-1]
        successful, failed = int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"])
        setup_ms = sorted(
            float(line.split(";")[1])
            for path in self.directory.glob("*_rtt.csv")
            for line in path.read_text().splitlines()[1:]
            if ";" in line
        )
        kamailio, node, postgres = (round(used / max(1, successful + failed), 1) for used in cpu_used_us)
        return Result(
            mode=mode,
            offered_calls_per_second=self.rate,
            calls=successful + failed,
            failed=failed,
            calls_per_second=round(successful / max(0.001, elapsed_s - TALK_MS / 1000), 1),
            setup_p50_ms=round(statistics.median(setup_ms), 2) if setup_ms else 0.0,
            setup_p99_ms=round(setup_ms[int(len(setup_ms) * 0.99)], 2) if setup_ms else 0.0,
            kamailio_cpu_us_per_call=kamailio,
            node_cpu_us_per_call=node,
            postgres_cpu_us_per_call=postgres,
        )


def wait_or_kill(process: "subprocess.Popen[bytes]", timeout_s: float) -> None:
    """Wait for the end of a process, and end it when it does not come."""
    try:
        process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


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
