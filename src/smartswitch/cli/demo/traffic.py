"""The demonstration's calls: two carriers that answer with an echo, a shop that calls all day, a card that runs dry.

SIPp plays all four, on loopback, through the real switch. The numbers called follow from a seed, so that every
installation shows the same mixture: most calls talk, some are busy, some have to be hunted to the second carrier, a few
go to numbers that nobody has a price for. Without SIPp the switch works as well, with no calls and nobody to answer.
"""

import random
import shutil
from importlib.resources import files
from pathlib import Path

from smartswitch.cli.demo.hierarchy import DemoPorts
from smartswitch.cli.demo.packs import demo_codes
from smartswitch.cli.supervisor.children import ProgramChild
from smartswitch.cli.supervisor.free_ports import free_even_port
from smartswitch.runtime.config import Address

SEED = 20260105
LINES = 400
SHOP_CALL_EVERY_MS = 3_000
CARD_CALL_EVERY_MS = 90_000
SHORTEST_TALK_MS, LONGEST_TALK_MS = 4_000, 70_000
CARD_TALK_MS = 600_000
UNKNOWN_EVERY = 12
"""One in so many numbers belongs to nobody."""
UNKNOWN_NUMBER = "999123456789"
SHOP_NUMBER, CARD_NUMBER = "442079460018", "442079460019"
DEAR_CODE = "2447"
SILENCE_BYTES = b"\xff" * 16_000
"""Two seconds of silence in PCMU (ITU-T G.711), played in a circle."""


def has_sipp() -> bool:
    """Say whether SIPp is installed."""
    return shutil.which("sipp") is not None


def traffic_children(ports: DemoPorts, switch: Address, directory: Path) -> list[ProgramChild]:
    """The four machines, carriers first; their files go to ``directory``."""
    directory.mkdir(parents=True, exist_ok=True)
    voice = directory / "silence.ulaw"
    voice.write_bytes(SILENCE_BYTES)
    return [
        _carrier("carrier-a", ports.carrier_a, directory, refused_digit="7"),
        _carrier("carrier-b", ports.carrier_b, directory, refused_digit="none"),
        _caller("corner-shop", ports.shop, switch, directory, voice, lines=_shop_lines(), every_ms=SHOP_CALL_EVERY_MS),
        _caller("prepaid-card", ports.card, switch, directory, voice, lines=_card_lines(), every_ms=CARD_CALL_EVERY_MS),
    ]


def _carrier(name: str, port: int, directory: Path, *, refused_digit: str) -> ProgramChild:
    scenario = _scenario("carrier", directory / f"{name}.xml", refused_digit=refused_digit)
    arguments = ["-rtp_echo", *_common(name, scenario, port, directory)]
    return ProgramChild(name, ["sipp", *arguments], directory / f"{name}.log")


def _caller(
    name: str, port: int, switch: Address, directory: Path, voice: Path, *, lines: list[str], every_ms: int
) -> ProgramChild:
    scenario = _scenario("caller", directory / f"{name}.xml", voice=str(voice))
    injection = directory / f"{name}.csv"
    injection.write_text("\n".join(("SEQUENTIAL", *lines)) + "\n", encoding="ascii")
    rate = ["-r", "1", "-rp", str(every_ms), "-inf", str(injection)]
    arguments = [str(switch), *rate, *_common(name, scenario, port, directory)]
    return ProgramChild(name, ["sipp", *arguments], directory / f"{name}.log")


def _common(name: str, scenario: Path, port: int, directory: Path) -> list[str]:
    return [
        *("-sf", str(scenario), "-i", "127.0.0.1", "-p", str(port), "-mi", "127.0.0.1"),
        *("-mp", str(free_even_port()), "-nostdin", "-cid_str", f"%u-{name}-%p@%s"),
        *("-trace_err", "-error_file", str(directory / f"{name}.errors"), "-ringbuffer_files", "1"),
    ]


def _scenario(name: str, path: Path, **values: str) -> Path:
    text = files("smartswitch.cli").joinpath("demo", "sipp", f"{name}.xml").read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace("{{" + key + "}}", value)
    path.write_text(text, encoding="utf-8")
    return path


def _shop_lines() -> list[str]:
    chance = random.Random(SEED)  # noqa: S311 - a mixture of calls, not a secret
    codes = [code for code, _, kind in demo_codes() if kind in ("fixed", "mobile")]
    lines = []
    for position in range(LINES):
        code = chance.choice(codes)
        number = code + "".join(chance.choice("0123456789") for _ in range(11 - len(code)))
        if position % UNKNOWN_EVERY == UNKNOWN_EVERY - 1:
            number = UNKNOWN_NUMBER
        lines.append(f"{number};{chance.randint(SHORTEST_TALK_MS, LONGEST_TALK_MS)};{SHOP_NUMBER}")
    return lines


def _card_lines() -> list[str]:
    """A dear destination, and a caller who does not hang up: the switch does, when his money is gone."""
    return [f"{DEAR_CODE}1234560;{CARD_TALK_MS};{CARD_NUMBER}"]
