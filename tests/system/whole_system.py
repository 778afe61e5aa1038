"""`smartswitch up` as a child of a test, with a state directory and ports of its own, and commands beside it.

with running(environment_in(directory), "--demo") as (process, said):
    urlopen(said["web"])
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from smartswitch.cli.supervisor.free_ports import free_port

COMMAND = (sys.executable, "-m", "smartswitch.cli.main")
STOP_LIMIT_S = 40


def environment_in(directory: Path) -> dict[str, str]:
    """Free ports, and a directory for everything else."""
    addresses = {
        f"SMARTSWITCH_{name}_ADDRESS": f"127.0.0.1:{free_port()}" for name in ("SIP", "EVAPI", "RTPENGINE", "WEB")
    }
    return {**os.environ, **addresses, "SMARTSWITCH_STATE_DIRECTORY": str(directory)}


@contextmanager
def running(environment: dict[str, str], *options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The command, and what it said when everything ran."""
    errors = Path(environment["SMARTSWITCH_STATE_DIRECTORY"]) / "up.errors"
    with errors.open("a") as stream:
        process = subprocess.Popen(
            [*COMMAND, "up", *options, "--json"], env=environment, stdout=subprocess.PIPE, stderr=stream, text=True
        )
    try:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line == "}\n":
                break
        assert lines, errors.read_text()
        yield process, json.loads("".join(lines))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_LIMIT_S)
        if process.stdout is not None:
            process.stdout.close()


def command(environment: dict[str, str], *arguments: str) -> Any:
    """What another command says of the same system."""
    answer = subprocess.run(
        [*COMMAND, *arguments, "--json"], env=environment, capture_output=True, text=True, check=False
    )
    assert answer.stdout, answer.stderr
    return json.loads(answer.stdout)
