"""The house rules that a program can check. Each message says what to do instead.

The rules are those of the contributor's guide: small files and functions, whole words, no float near money, reasons
written beside every exception. A rule worth having is added here; an exception is added to a table below, with a reason.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = "src/smartswitch"

LONGEST_FILE_LINES = 400
LONGEST_FUNCTION_LINES = 50
MOST_MODULES_IN_A_FOLDER = 20
MOST_SAME_TYPED_ARGUMENTS = 2

VAGUE_WORDS = {"manager", "helper", "helpers", "util", "utils", "data", "info", "process"}
# Name (of a module, class or function): why a vague word is right there.
ALLOWED_NAMES: dict[str, str] = {
    "process_id": "the operating system's own word",
    "get_context_data": "Django calls it by this name",
    "process_request": "Django and websockets call it by this name",
    "process_response": "Django calls it by this name",
    "process_exception": "Django calls it by this name",
    "process_view": "Django calls it by this name",
    "process_template_response": "Django calls it by this name",
    "run_in_new_process": "the operating system's own word",
}

# Layers in which every public function and class says what it does.
DOCUMENTED_LAYERS = ("core", "protocol", "runtime", "charging", "switch")
# Layers in which every number is an integer.
EXACT_LAYERS = ("core", "charging")
# What `core` may import beyond the standard library, and the one module of it that may.
CORE_IMPORTS = {"phonenumbers": "core/phone_number.py", "decimal": "core/money.py"}
IMPURE_MODULES = {
    "asyncio", "http", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "select",
    "shutil", "socket", "ssl", "subprocess", "tempfile", "threading", "time", "urllib.request", "uuid",
}  # fmt: skip

# The values of uuid are pure, and compiled modules make none.
IMPURE_WHEN_COMPILED = IMPURE_MODULES - {"uuid"} | {"asyncpg"}
ASYNCHRONOUS = ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith

MACHINE_PATHS = re.compile(r"(?<![\w.*])(/root/|/work/|/tmp/plan)")
REGISTRY_HOSTS = re.compile(r"(pypi|pythonhosted|npmjs|yarnpkg|deb\.debian|archive\.ubuntu)\.(org|com)")
BINARY_SUFFIXES = {".png", ".ico", ".wav", ".ulaw", ".woff2", ".pdf", ".gz", ".jpg", ".mo"}


@cache
def tracked_files() -> tuple[str, ...]:
    """Every file of the repository that is present, by its path from the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split("\0")
    return tuple(name for name in listed if name and (ROOT / name).is_file())


def source_files(*layers: str) -> list[str]:
    """The Python files under src, of some layers or of all; migrations are written by Django."""
    folders = tuple(f"{SOURCE}/{layer}/" for layer in layers) or (f"{SOURCE}/",)
    return [
        name
        for name in tracked_files()
        if name.startswith(folders) and name.endswith(".py") and "/migrations/" not in name
    ]


@cache
def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


@cache
def tree_of(name: str) -> ast.Module:
    return ast.parse(text_of(name), filename=name)


Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions_of(name: str) -> Iterator[Function]:
    return (node for node in ast.walk(tree_of(name)) if isinstance(node, Function))


def report(problems: list[str], advice: str) -> None:
    """Fail with every problem and one piece of advice."""
    if problems:
        pytest.fail(f"{advice}\n  " + "\n  ".join(sorted(problems)), pytrace=False)


def test_a_file_is_one_idea() -> None:
    lengths = {name: len(text_of(name).splitlines()) for name in source_files()}
    report(
        [f"{name}: {lines} lines" for name, lines in lengths.items() if lines > LONGEST_FILE_LINES],
        f"Split the file by idea; {LONGEST_FILE_LINES} lines are the limit:",
    )


def test_a_function_fits_on_a_screen() -> None:
    problems = [
        f"{name}:{node.lineno} {node.name}: {lines} lines"
        for name in source_files()
        for node in functions_of(name)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION_LINES
    ]
    report(problems, f"Name the steps as functions of their own; {LONGEST_FUNCTION_LINES} lines are the limit:")


def test_a_folder_can_be_taken_in_at_a_glance() -> None:
    modules: dict[Path, int] = {}
    for name in source_files():
        if not name.endswith("__init__.py"):
            modules[Path(name).parent] = modules.get(Path(name).parent, 0) + 1
    report(
        [f"{folder}: {count} modules" for folder, count in modules.items() if count > MOST_MODULES_IN_A_FOLDER],
        f"Group the modules into folders by word; {MOST_MODULES_IN_A_FOLDER} are the limit:",
    )


def test_a_module_says_what_it_is_for() -> None:
    report(
        [name for name in source_files() if text_of(name).strip() and not ast.get_docstring(tree_of(name))],
        "Begin the module with a docstring: what it is for and the rule it keeps:",
    )


def test_names_say_what_they_mean() -> None:
    problems = []
    for name in source_files():
        names = [(1, part) for part in (Path(name).stem, Path(name).parent.name)]
        names += [
            (node.lineno, node.name) for node in ast.walk(tree_of(name)) if isinstance(node, Function | ast.ClassDef)
        ]
        problems += [
            f"{name}:{line} {found}"
            for line, found in names
            if found not in ALLOWED_NAMES and VAGUE_WORDS.intersection(words_of(found))
        ]
    report(
        problems,
        f"Find the word of the glossary for what it is; {', '.join(sorted(VAGUE_WORDS))} say that it has not been"
        " understood yet (if a library dictates the name, add it to ALLOWED_NAMES with the reason):",
    )


def words_of(name: str) -> list[str]:
    """Split `snake_case` and `CamelCase` into lower-case words."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)]


def test_public_things_are_described() -> None:
    problems = [
        f"{name}:{node.lineno} {node.name}"
        for name in source_files(*DOCUMENTED_LAYERS)
        for node in public_definitions(tree_of(name))
        if not ast.get_docstring(node)
    ]
    report(problems, "Write a docstring with shapes, units, errors, and the source of a rule (RFC and section):")


def public_definitions(tree: ast.Module) -> Iterator[Function | ast.ClassDef]:
    """Functions and classes at the top of a module; an overload repeats what is described once."""
    for node in tree.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            decorators = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
            if "overload" not in decorators:
                yield node


def test_arguments_of_one_type_are_named_by_the_caller() -> None:
    problems = []
    for name in source_files():
        for node in functions_of(name):
            booleans = [
                argument.arg
                for argument in node.args.posonlyargs + node.args.args
                if argument.annotation is not None and ast.unparse(argument.annotation) == "bool"
            ]
            if len(booleans) >= MOST_SAME_TYPED_ARGUMENTS:
                problems.append(f"{name}:{node.lineno} {node.name}({', '.join(booleans)})")
    report(problems, "Make boolean arguments keyword-only (after `*`), or use an enum or two functions:")


def test_no_float_touches_money_prices_or_durations() -> None:
    problems = []
    for name in source_files(*EXACT_LAYERS):
        for node in ast.walk(tree_of(name)):
            is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            is_call = isinstance(node, ast.Call) and ast.unparse(node.func) == "float"
            if is_literal or is_call:
                problems.append(f"{name}:{getattr(node, 'lineno', 0)} {ast.unparse(node)}")
    report(problems, "Use integers (core/money.py has the units); no float touches money, prices or durations:")


def test_nothing_is_caught_blindly() -> None:
    problems = [
        f"{name}:{node.lineno}"
        for name in source_files()
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    report(problems, "Name the exception that you expect; a bare `except` hides bugs and Ctrl-C:")


def imports_of(name: str) -> Iterator[tuple[int, str]]:
    """Line and absolute name of every imported module."""
    for node in ast.walk(tree_of(name)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module


def test_the_core_imports_the_standard_library_only() -> None:
    problems = []
    for name in source_files("core"):
        for line, module in imports_of(name):
            package = module.partition(".")[0]
            if package in CORE_IMPORTS or module.startswith("smartswitch.core") or package in sys.stdlib_module_names:
                continue
            problems.append(f"{name}:{line} {module}")
    report(problems, "Pass values into `core` instead; it knows the standard library and itself only:")


def test_the_core_is_pure() -> None:
    problems = [
        f"{name}:{line} {module}"
        for name in source_files("core")
        for line, module in imports_of(name)
        if module in IMPURE_MODULES or module.partition(".")[0] in IMPURE_MODULES
    ]
    report(problems, "Do input, output, time and chance outside `core`, and hand it the facts:")


@pytest.mark.parametrize(("package", "home"), CORE_IMPORTS.items())
def test_a_library_of_the_core_is_known_to_one_module(package: str, home: str) -> None:
    problems = [
        f"{name}:{line}"
        for name in source_files()
        for line, module in imports_of(name)
        if module.partition(".")[0] == package and name != f"{SOURCE}/{home}" and not name.startswith(f"{SOURCE}/web/")
    ]
    report(problems, f"Only {home} knows `{package}`; use its functions:")


def test_what_is_compiled_is_pure() -> None:
    lines = (line.strip() for line in text_of("tools/compiled_modules.txt").splitlines())
    modules = [f"src/{line}" for line in lines if line and not line.startswith("#")]
    problems = [f"{name}: is not there" for name in modules if name not in tracked_files()]
    for name in set(modules).intersection(tracked_files()):
        problems += [
            f"{name}:{node.lineno} async" for node in ast.walk(tree_of(name)) if isinstance(node, ASYNCHRONOUS)
        ]
        problems += [
            f"{name}:{line} imports {module}"
            for line, module in imports_of(name)
            if module in IMPURE_WHEN_COMPILED or module.partition(".")[0] in IMPURE_WHEN_COMPILED
        ]
    report(problems, "tools/compiled_modules.txt lists pure modules only; change the list, or move what is not pure:")


def test_sql_files_are_described() -> None:
    problems = [
        name
        for name in tracked_files()
        if name.startswith((f"{SOURCE}/charging/", f"{SOURCE}/switch/"))
        and name.endswith(".sql")
        and not text_of(name).lstrip().startswith(("-- ", "/*"))
    ]
    report(problems, "Begin the SQL file with a comment: what it is for, its parameters, what it returns:")


def test_an_exception_to_a_rule_has_its_reason_beside_it() -> None:
    unexplained = [
        (re.compile(r"# type: ignore(\[[\w, -]+\])?\s*$"), "`# type: ignore[code]  # why`"),
        (re.compile(r"# noqa(: *[A-Z]+\d+(, *[A-Z]+\d+)*)?\s*$"), "`# noqa: CODE - why`"),
        (re.compile(r"@pytest\.mark\.(skip|xfail)(\(\s*\))?\s*$"), '`reason="..."`'),
        (re.compile(r"pytest\.(skip|xfail)\(\s*\)"), "a reason in words"),
        (re.compile(r"@pytest\.mark\.skipif\((?!.*reason=).*\)\s*$"), '`reason="..."`'),
    ]
    problems = [
        f"{name}:{number} write {shape}"
        for name in tracked_files()
        if name.endswith(".py") and "/migrations/" not in name
        for number, line in enumerate(text_of(name).splitlines(), 1)
        for pattern, shape in unexplained
        if pattern.search(line)
    ]
    report(problems, "Say on the same line why the rule does not apply here:")


def text_files() -> Iterator[str]:
    """Tracked text files, without this one, which has to name what it looks for."""
    here = str(Path(__file__).relative_to(ROOT))
    return (name for name in tracked_files() if Path(name).suffix not in BINARY_SUFFIXES and name != here)


def test_no_path_of_one_machine() -> None:
    problems = [
        f"{name}:{number}"
        for name in text_files()
        for number, line in enumerate(text_of(name).splitlines(), 1)
        if MACHINE_PATHS.search(line)
    ]
    report(problems, "Use a path from the repository, the state directory or a temporary directory:")


def test_no_package_registry_is_named() -> None:
    problems = [
        f"{name}:{number}"
        for name in text_files()
        for number, line in enumerate(text_of(name).splitlines(), 1)
        if REGISTRY_HOSTS.search(line)
    ]
    report(problems, "Leave the registry to the installer's own configuration (npm: omit `resolved` in the lock file):")


def test_scripts_are_strict_and_executable() -> None:
    problems = []
    for name in tracked_files():
        if Path(name).suffix in BINARY_SUFFIXES or not text_of(name).startswith("#!/usr/bin/env bash"):
            continue
        if "set -euo pipefail" not in text_of(name):
            problems.append(f"{name}: set -euo pipefail")
        if not (ROOT / name).stat().st_mode & 0o100:
            problems.append(f"{name}: chmod +x")
    report(problems, "A script stops at its first error and can be started:")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "tools/uv.lock"])
def test_every_locked_package_has_its_hash(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", text_of(lock).strip())
    report([entry.split("\n")[0] for entry in entries if "--hash=sha256:" not in entry], "Run tools/lock.sh:")
