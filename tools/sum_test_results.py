"""Prints one line in pytest's words for several test runs: `===== 12 passed, 1 failed in 3.20s =====`.

Usage: sum_test_results.py DIRECTORY ERRORS, where DIRECTORY holds JUnit files and ERRORS counts the checks (lint, types)
that failed outside pytest. Exits 1 when anything failed or no test ran.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree


def main(directory: str, errors: str) -> int:
    """Print the line; return the exit code."""
    count = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    milliseconds = 0
    for path in sorted(Path(directory).glob("*.xml")):
        for suite in ElementTree.parse(path).getroot().iter("testsuite"):
            for key in count:
                count[key] += int(suite.get(key, "0"))
            milliseconds += round(1000 * float(suite.get("time", "0")))
    bad = count["errors"] + int(errors)
    words = {
        "failed": count["failures"],
        "passed": count["tests"] - count["failures"] - count["errors"] - count["skipped"],
        "skipped": count["skipped"],
        "error" if bad == 1 else "errors": bad,
    }
    parts = ", ".join(f"{number} {word}" for word, number in words.items() if number) or "no tests ran"
    print(f"===== {parts} in {milliseconds / 1000:.2f}s =====")
    return 1 if count["failures"] or bad or not count["tests"] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
