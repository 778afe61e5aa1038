#!/usr/bin/env python3
"""Writes src/smartswitch/cli/demo/codes.csv: the codes of the world as a demo price list needs them.

    .venv/bin/python tools/make_demo_codes.py

Every code comes from the public numbering plans in `phonenumbers` (the metadata of Google's libphonenumber): for each
country and each prefix of one to four national digits, numbers are made up and matched against the plan's patterns. A prefix
whose numbers are all of one kind becomes one code. The result is committed, because matching takes a minute and the
demo has to start at once; the same metadata give the same file.
"""

import csv
import re
from collections import defaultdict
from pathlib import Path

import phonenumbers
from phonenumbers import PhoneMetadata

OUTPUT = Path(__file__).parents[1] / "src" / "smartswitch" / "cli" / "demo" / "codes.csv"
DEEPEST_PREFIX = 3
FILLINGS = ("0000000000", "1111111111", "2345678901", "5678901234", "9876543210", "7777777777", "3141592653")
KINDS = (
    ("mobile", "mobile"),
    ("premium", "premium_rate"),
    ("toll-free", "toll_free"),
    ("shared cost", "shared_cost"),
    ("voip", "voip"),
    ("fixed", "fixed_line"),
)


def main() -> None:
    rows: list[tuple[str, str, str]] = []
    for calling_code, regions in sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()):
        if calling_code != 1 and regions[0] != "001":
            rows += codes_of_country(str(calling_code), regions[0])
    rows += codes_of_north_america()
    rows.sort()
    OUTPUT.parent.mkdir(exist_ok=True)
    with OUTPUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "country", "kind"))
        writer.writerows(rows)
    print(f"{len(rows)} codes of {len({row[1] for row in rows})} countries")


def codes_of_country(calling_code: str, region: str) -> list[tuple[str, str, str]]:
    """The country's own code as the rest, and every prefix of one kind that is not fixed."""
    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None:
        return []
    found = {calling_code: "fixed"}
    for kind, attribute in KINDS:
        if kind == "fixed":
            continue
        for prefix in shortest(prefixes_of(metadata, attribute)):
            found.setdefault(calling_code + prefix, kind)
    return [(code, region, kind) for code, kind in found.items() if len(code) <= 7]


def prefixes_of(metadata: PhoneMetadata, attribute: str) -> set[str]:
    """Prefixes of up to DEEPEST_PREFIX digits for which some made-up number of the kind exists."""
    description = getattr(metadata, attribute)
    if description is None or not description.national_number_pattern:
        return set()
    pattern = re.compile(description.national_number_pattern)
    lengths = [length for length in description.possible_length if length > DEEPEST_PREFIX] or [
        length for length in metadata.general_desc.possible_length if length > DEEPEST_PREFIX
    ]
    found = set()
    for number in range(10**DEEPEST_PREFIX):
        prefix = f"{number:0{DEEPEST_PREFIX}}"
        if any(pattern.fullmatch((prefix + filling + filling)[:length]) for length in lengths for filling in FILLINGS):
            found.add(prefix)
    return found


def shortest(prefixes: set[str]) -> set[str]:
    """Replace ten sisters by their parent, as often as it goes."""
    current = set(prefixes)
    for length in range(DEEPEST_PREFIX, 1, -1):
        sisters: dict[str, int] = defaultdict(int)
        for prefix in current:
            if len(prefix) == length:
                sisters[prefix[:-1]] += 1
        whole = {parent for parent, count in sisters.items() if count == 10}
        current = {prefix for prefix in current if prefix[:-1] not in whole or len(prefix) != length} | whole
    return current


def codes_of_north_america() -> list[tuple[str, str, str]]:
    """The area codes of +1: each belongs to one country of the plan."""
    rows = [("1", "US", "fixed")]
    for area in range(200, 1000):
        number = phonenumbers.parse(f"+1{area}2345678")
        region = phonenumbers.region_code_for_number(number)
        kind = phonenumbers.number_type(number)
        if region is None:
            continue
        if kind == phonenumbers.PhoneNumberType.TOLL_FREE:
            rows.append((f"1{area}", region, "toll-free"))
        elif kind == phonenumbers.PhoneNumberType.PREMIUM_RATE:
            rows.append((f"1{area}", region, "premium"))
        else:
            rows.append((f"1{area}", region, "fixed"))
    return rows


if __name__ == "__main__":
    main()
