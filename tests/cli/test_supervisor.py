"""Keeping children alive: starting, ready, dying, starting again, stopping in order."""

import os
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from smartswitch.cli.supervisor.children import ChildError, ProgramChild
from smartswitch.cli.supervisor.free_ports import PortError, free_address, free_even_port, free_port, is_free
from smartswitch.cli.supervisor.supervisor import Supervisor, next_pause_s
from smartswitch.runtime.config import Address

DEADLINE_S = 10


def program(name: str, code: str, directory: Path, *, ready_words: str = "") -> ProgramChild:
    return ProgramChild(name, [sys.executable, "-uc", code], directory / f"{name}.log", ready_words=ready_words)


def wait_until(question: str, is_true: object) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not is_true():  # type: ignore[operator]  # a question is called
        assert time.monotonic() < deadline, question
        time.sleep(0.02)


def is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    ("last_pause_s", "lived_s", "pause_s"),
    [(None, 0, 1), (1, 0, 2), (2, 59, 4), (16, 1, 30), (30, 1, 30), (30, 60, 1), (None, 500, 1)],
)
def test_pauses_double_until_a_child_has_lived(last_pause_s: int | None, lived_s: int, pause_s: int) -> None:
    assert next_pause_s(last_pause_s=last_pause_s, lived_s=lived_s) == pause_s


def test_a_child_is_ready_when_it_says_so(tmp_path: Path) -> None:
    child = program(
        "a", "import time; time.sleep(0.3); print('I am up'); time.sleep(60)", tmp_path, ready_words="I am up"
    )

    child.launch()
    child.wait_until_ready()

    assert child.pid is not None
    assert (tmp_path / "a.log").read_text() == "I am up\n"
    child.stop()
    assert child.pid is None


def test_a_child_that_ends_at_once_tells_its_last_words(tmp_path: Path) -> None:
    child = program("a", "import sys; sys.exit('no such luck')", tmp_path, ready_words="ready")

    child.launch()
    with pytest.raises(ChildError, match="a ended while starting:\nno such luck"):
        child.wait_until_ready()

    child.stop()


def test_a_program_that_is_missing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    child = ProgramChild("a", ["no-such-program"], tmp_path / "a.log")

    with pytest.raises(ChildError, match="a: no-such-program cannot be started: No such file or directory"):
        child.launch()

    child.stop()


def test_a_child_that_ignores_sigterm_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smartswitch.cli.supervisor.children.STOP_TIMEOUT_S", 0.2)
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(60)"
    child = program("a", code, tmp_path, ready_words="deaf")
    child.launch()
    child.wait_until_ready()
    process_id = child.pid
    assert process_id is not None

    child.stop()

    assert not is_alive(process_id)


def test_what_dies_is_started_again_and_all_stop_in_order(tmp_path: Path) -> None:
    told: list[str] = []
    supervisor = Supervisor(told.append)
    children = [program(name, "import time; time.sleep(60)", tmp_path) for name in ("first", "second")]
    stopped: list[str] = []
    for child in children:
        stop = child.stop
        child.stop = lambda name=child.name, stop=stop: (stopped.append(name), stop())  # type: ignore[method-assign]  # watched
    supervisor.start(children)
    keeper = threading.Thread(target=supervisor.keep)
    keeper.start()
    before = children[1].pid
    assert before is not None
    stopped.clear()

    os.kill(before, 9)
    wait_until("started again", lambda: children[1].pid not in (None, before))

    assert told == ["second ended; it is started again in 1 s"]
    stopped.clear()
    supervisor.request_stop()
    keeper.join(DEADLINE_S)
    supervisor.stop()
    assert stopped == ["second", "first"]
    assert all(child.pid is None for child in children)


def test_a_default_port_in_use_gives_way() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        wanted = Address("127.0.0.1", taken.getsockname()[1])

        found = free_address(wanted, "SMARTSWITCH_SIP_ADDRESS", {})

        assert found.host == "127.0.0.1"
        assert found.port != wanted.port
        with pytest.raises(PortError, match=f"SMARTSWITCH_SIP_ADDRESS=127.0.0.1:{wanted.port} is in use"):
            free_address(wanted, "SMARTSWITCH_SIP_ADDRESS", {"SMARTSWITCH_SIP_ADDRESS": str(wanted)})


def test_a_free_address_is_taken_as_it_is() -> None:
    wanted = Address("127.0.0.1", free_port())

    assert free_address(wanted, "SMARTSWITCH_SIP_ADDRESS", {"SMARTSWITCH_SIP_ADDRESS": str(wanted)}) == wanted


def test_ports_for_media_are_even() -> None:
    port = free_even_port()

    assert port % 2 == 0
    assert is_free(Address("127.0.0.1", port))
