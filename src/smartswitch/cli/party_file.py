"""Reads a party file: the TOML of `smartswitch scenario` and `smartswitch load`.

The public part of the format is the contract of the scenario command; what this version knows beyond it (companies,
routes, hunting classes, exchange rates, SIP settings of peers and terminators) is optional, and told in
docs/guide/party-file.md. Rule: a pure reading of text, without a database; everything that is wrong is told at once.

    party_file = read_party_file(Path("case.toml"))     # raises PartyFileError
"""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from smartswitch.cli.party import event_tables, fields, routing_tables
from smartswitch.cli.party.pack_tables import read_packs
from smartswitch.cli.party.party_tables import PartyTables
from smartswitch.cli.party.references import check_references, parents_first
from smartswitch.cli.party.table import Complaints, PartyFileError, did_you_mean
from smartswitch.cli.party.values import PartyFile

__all__ = ["PartyFile", "PartyFileError", "parse_party_file", "read_party_file"]

SECTIONS = (
    "start", "owner", "pack", "dealer", "company", "peer", "terminator", "route_class", "route", "hunting_class",
    "exchange_rate", "call", "topup", "set_price", "block",
)  # fmt: skip
LARGEST_FILE_BYTES = 50_000_000


def read_party_file(path: Path) -> PartyFile:
    """Read a file; raise PartyFileError with a line for everything that is wrong with it."""
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise PartyFileError(
                [f"{path.name}: it is larger than {LARGEST_FILE_BYTES} bytes; use prices_file for prices"]
            )
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PartyFileError([f"{path}: it cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise PartyFileError([f"{path.name}: byte {error.start} is not UTF-8; save the file as UTF-8"]) from error
    return parse_party_file(text, name=path.name, directory=path.parent)


def parse_party_file(text: str, *, name: str, directory: Path) -> PartyFile:
    """Read the text of a file called `name`; `directory` is where its `prices_file`s are looked for."""
    try:
        document = tomllib.loads(text.removeprefix("\ufeff"), parse_float=fields.Fraction)
    except tomllib.TOMLDecodeError as error:
        raise PartyFileError([f"{name}: it is not TOML: {error}"]) from error
    complaints = Complaints(name)
    for section in document:
        if section not in SECTIONS:
            complaints.add("", f"there is no section {section}{did_you_mean(section, SECTIONS)}")
    party_file = _read_document(complaints, document, name=name, directory=directory)
    check_references(complaints, party_file)
    complaints.raise_if_any()
    return party_file


def _read_document(complaints: Complaints, document: Mapping[str, object], *, name: str, directory: Path) -> PartyFile:
    packs = read_packs(complaints, document, directory)
    parties = PartyTables(complaints, document, packs)
    owner = parties.read_owner()
    dealers = parents_first(parties.read_dealers())
    companies = parties.read_companies()
    peers = parties.read_peers()
    terminators = parties.read_terminators()
    return PartyFile(
        name=name,
        start=_start(complaints, document),
        owner=owner,
        packs=packs,
        dealers=dealers,
        companies=companies,
        peers=peers,
        terminators=terminators,
        route_classes=routing_tables.read_route_classes(complaints, document),
        routes=routing_tables.read_routes(complaints, document, terminators),
        hunting_classes=routing_tables.read_hunting_classes(complaints, document),
        exchange_rates=routing_tables.read_exchange_rates(complaints, document),
        calls=event_tables.read_calls(complaints, document),
        topups=event_tables.read_topups(complaints, document),
        set_prices=event_tables.read_set_prices(complaints, document),
        blocks=event_tables.read_blocks(complaints, document),
    )


def _start(complaints: Complaints, document: Mapping[str, object]) -> datetime | None:
    if "start" not in document:
        return None
    try:
        return fields.moment(document["start"])
    except fields.FieldError as error:
        complaints.add("start", str(error))
        return None
