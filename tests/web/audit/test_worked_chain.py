"""The worked example of docs/algorithms/audit.md: each hash is computed, by hand and by the database."""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[3] / "docs" / "algorithms" / "audit.md"
ROW = re.compile(r"^\| (\d+) \| `(.*)` \| `([0-9a-f]{64})` \|$", re.MULTILINE)
HASH = """
SELECT audit_hash(%s, ROW(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb)::audit_entry)
"""


def test_each_hash_is_over_the_entry_and_the_hash_before_it(tree: Any) -> None:
    previous = b""
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    for _place, text, expected in rows:
        number, moment_us, *fields, before, after = json.loads(text)
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=moment_us)
        states = [None if state is None else json.dumps(state) for state in (before, after)]
        by_database = tree.value(HASH, previous, number, moment, *fields, *states)
        previous = hashlib.sha256(previous + text.encode()).digest()

        assert previous.hex() == expected
        assert by_database == previous
    assert [place for place, _text, _hash in rows] == ["1", "2", "3"]
