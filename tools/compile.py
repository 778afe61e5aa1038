"""Compiles the modules of compiled_modules.txt with mypyc, in place; see docs/adr/0013-compiled-hot-modules.md.

    python tools/compile.py                 compile
    python tools/compile.py --check         exit with 0 if what is compiled is of these sources, this mypy, this Python
    python tools/compile.py --fingerprint   print what it would be compiled from
    python tools/compile.py --clean         go back to plain Python

The products are made in a temporary directory and moved in when all are there; the stamp goes first and comes last, so
that nobody takes half a build for a whole one. Files are replaced, never written over: a running process keeps its own.
"""

import argparse
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src"
PACKAGE = SOURCES / "smartswitch"
LIST = ROOT / "tools/compiled_modules.txt"
sys.path.insert(0, str(SOURCES))

from smartswitch.runtime.compiled import (  # noqa: E402 - of this checkout
    STAMP_NAME,
    checksum_of,
    library_of,
    product_of,
)

STAMP = PACKAGE / STAMP_NAME
# The time goes into calls and boxes, which the higher levels do not better: 1 runs as fast and compiles in half the time.
OPTIMISATION = "1"
LAYERS = ("core", "charging", "protocol", "switch")


def main() -> None:
    """Do what the one option says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--fingerprint", action="store_true")
    parser.add_argument("--clean", action="store_true")
    options = parser.parse_args()
    if options.check:
        sys.exit(0 if is_current() else 1)
    if options.fingerprint:
        print(wanted_stamp(), end="")
    elif options.clean:
        clean()
    else:
        build()


def listed_modules() -> list[str]:
    """The modules to compile, by their path under src."""
    lines = (line.strip() for line in LIST.read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def wanted_stamp() -> str:
    """What the stamp of a build made now would say: how, and of which sources."""
    how = f"mypy {version('mypy')}, {platform.python_implementation()} {platform.python_version()}, -O{OPTIMISATION}"
    return "\n".join([f"# {how}", *(f"{checksum_of(SOURCES / name)}  {name}" for name in listed_modules()), ""])


def products() -> list[Path]:
    """Every file that a build leaves for this Python, the library first."""
    return [library_of(PACKAGE), *(product_of(SOURCES / name) for name in listed_modules())]


def is_current() -> bool:
    """Whether the build in place is the one that would be made now."""
    return STAMP.exists() and STAMP.read_text() == wanted_stamp() and all(product.exists() for product in products())


def clean() -> None:
    """Remove every product, also of modules that are not listed any longer and of other Pythons."""
    STAMP.unlink(missing_ok=True)
    found = [path for layer in LAYERS for path in (PACKAGE / layer).rglob("*.so")]
    # Without the small extensions nothing loads the library, so it goes last.
    for path in [*found, *SOURCES.glob("*__mypyc*.so")]:
        path.unlink()


def build() -> None:
    """Compile everything, and put it in place of what was there."""
    stamp = wanted_stamp()
    with tempfile.TemporaryDirectory(dir=ROOT, prefix=".compile-") as name:
        made = Path(name)
        compile_into(made)
        names = [product.relative_to(SOURCES) for product in products()]
        missing = [str(each) for each in names if not (made / each).exists()]
        if missing:
            sys.exit(f"mypyc made no {', '.join(missing)}")
        if stamp != wanted_stamp():
            sys.exit("a source changed while it was compiled: start again")
        clean()
        for each in names:
            os.replace(made / each, SOURCES / each)
    STAMP.write_text(stamp)


def compile_into(made: Path) -> None:
    """Write the library and the extensions below a directory, as they are to lie under src."""
    from mypyc.build import mypycify
    from setuptools import setup

    os.chdir(SOURCES)
    extensions = mypycify(
        [f"--config-file={ROOT / 'pyproject.toml'}", f"--cache-dir={made / 'cache'}", *listed_modules()],
        opt_level=OPTIMISATION,
        debug_level="0",
        multi_file=True,
        target_dir=str(made / "c"),
        group_name="smartswitch",
    )
    setup(
        name="smartswitch-compiled",
        packages=[],
        ext_modules=extensions,
        script_args=["--quiet", "build_ext", "--build-lib", str(made), "--build-temp", str(made / "objects")],
    )


if __name__ == "__main__":
    main()
