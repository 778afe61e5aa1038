"""Whether the hot modules run compiled, and whether what was compiled is what lies in the sources.

``tools/compile.sh`` compiles the modules of ``tools/compiled_modules.txt`` with mypyc: one shared library, and beside each
source a small extension that Python prefers to it (docs/adr/0013-compiled-hot-modules.md). The stamp beside them holds the
checksum of every source they were made from. Rule: a product is never run with another source than its own, since its
layout of objects would be wrong for the rest; who starts a process asks :func:`check_build` first.
"""

from hashlib import sha256
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
STAMP_NAME = "compiled.sha256"
LIBRARY_NAME = "smartswitch__mypyc"


class StaleBuildError(Exception):
    """Compiled modules that do not match their sources; the message says which, and what to do."""


def is_compiled() -> bool:
    """True when this process runs the compiled hot modules, false when it runs them in plain Python."""
    from smartswitch.core import money

    return isinstance(money.__loader__, ExtensionFileLoader)


def check_build(package: Path = PACKAGE) -> None:
    """Raise StaleBuildError if Python would load a product that was not made from the source beside it."""
    if stale := stale_modules(package):
        raise StaleBuildError(
            f"what is compiled does not match its sources ({', '.join(stale)}):"
            " run tools/compile.sh or ./test, or go on in plain Python after tools/compile.sh --clean"
        )


def stale_modules(package: Path = PACKAGE) -> tuple[str, ...]:
    """The compiled modules of a package directory whose source has changed, or whose product is missing; sorted."""
    if not library_of(package).exists():
        return ()
    recorded = _read_stamp(package)
    if not recorded:
        return (f"no {STAMP_NAME}",)
    return tuple(
        name
        for name, checksum in sorted(recorded.items())
        if not product_of(package.parent / name).exists() or checksum_of(package.parent / name) != checksum
    )


def library_of(package: Path) -> Path:
    """The shared library that holds the code of all compiled modules, for this Python."""
    return package.parent / f"{LIBRARY_NAME}{EXTENSION_SUFFIXES[0]}"


def product_of(source: Path) -> Path:
    """The extension that Python loads instead of a source."""
    return source.with_name(f"{source.stem}{EXTENSION_SUFFIXES[0]}")


def checksum_of(source: Path) -> str:
    """SHA-256 of a source; empty when it is not there."""
    return sha256(source.read_bytes()).hexdigest() if source.exists() else ""


def _read_stamp(package: Path) -> dict[str, str]:
    """Checksum by name; each line of the stamp is ``checksum  name``, except that the first says how it was compiled."""
    stamp = package / STAMP_NAME
    lines = stamp.read_text().splitlines()[1:] if stamp.exists() else []
    return {name: checksum for checksum, _, name in (line.partition("  ") for line in lines)}
