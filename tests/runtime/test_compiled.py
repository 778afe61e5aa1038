"""What was compiled is taken only for the sources that it was made from."""

from pathlib import Path

import pytest

from smartswitch.runtime.compiled import (
    STAMP_NAME,
    StaleBuildError,
    check_build,
    checksum_of,
    library_of,
    product_of,
    stale_modules,
)

NAMES = ("smartswitch/core/chain.py", "smartswitch/core/money.py")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of two modules, both compiled as they are."""
    package = tmp_path / "smartswitch"
    (package / "core").mkdir(parents=True)
    library_of(package).touch()
    for name in NAMES:
        (tmp_path / name).write_text(f"# {name}\n")
        product_of(tmp_path / name).touch()
    lines = [f"{checksum_of(tmp_path / name)}  {name}\n" for name in NAMES]
    (package / STAMP_NAME).write_text("".join(["# mypy 1, CPython 3\n", *lines]))
    return package


def test_a_build_of_these_sources_is_taken(package: Path) -> None:
    assert stale_modules(package) == ()
    check_build(package)


def test_plain_python_is_never_stale(package: Path) -> None:
    library_of(package).unlink()

    assert stale_modules(package) == ()


def test_an_edited_source_is_named_with_what_to_do(package: Path) -> None:
    (package / "core/money.py").write_text("# edited\n")

    with pytest.raises(StaleBuildError, match=r"\(smartswitch/core/money\.py\): run tools/compile\.sh or \./test"):
        check_build(package)


def test_a_source_that_is_gone_is_named(package: Path) -> None:
    (package / "core/chain.py").unlink()

    assert stale_modules(package) == ("smartswitch/core/chain.py",)


def test_half_a_build_is_not_taken_for_a_whole_one(package: Path) -> None:
    product_of(package / "core/chain.py").unlink()
    assert stale_modules(package) == ("smartswitch/core/chain.py",)

    (package / STAMP_NAME).unlink()
    assert stale_modules(package) == (f"no {STAMP_NAME}",)
