"""The one search box: dealers, companies, peers, numbers and calls that a text means, inside what the viewer may see.

Rule: a noun is looked for only if the viewer has the right to see it, and every row is read under row-level security. Of
each noun there are few hits: the key itself first, then what begins with the text, then what has words that do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from smartswitch.web.calls.selectors.call_filter import CallFilter
from smartswitch.web.calls.selectors.legs import LegFact
from smartswitch.web.calls.selectors.search import find_calls, legs_of_call
from smartswitch.web.config.named_queries import NamedQueries
from smartswitch.web.login.viewer import Viewer
from smartswitch.web.search.words import Words, read_words

MOST_OF_A_NOUN = 6
FEWEST_DIGITS_OF_CALLS = 5
"""Fewer digits begin the numbers of a good part of all calls, and would tell nothing."""
PARTIES = {"company": "companies", "peer": "peers"}
"""The nouns of parties, and how their rights and addresses are called."""

_QUERIES = NamedQueries(Path(__file__).parent / "queries")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing that was found. `noun` is dealer, company, peer, did, number or call; `address` where its page is."""

    noun: str
    id: str
    title: str
    subtitle: str
    address: str


def search_everything(viewer: Viewer, text: str, *, now: datetime) -> list[Hit]:
    """What the text means: at most six of each noun, in the order of nouns; nothing for an empty text."""
    words = read_words(text)
    if words is None:
        return []
    return [*_dealers(viewer, words), *_parties(viewer, words), *_dids(viewer, words), *_calls(viewer, words, now)]


def _dealers(viewer: Viewer, words: Words) -> Iterator[Hit]:
    if not (viewer.is_of_dealer and viewer.may_see("dealers.view")):
        return
    for row in _QUERIES.rows("dealers", _parameters(viewer, words)):
        yield _hit("dealer", f"/dealers/{row['id']}", row, row["parent_name"] or row["parent"])


def _parties(viewer: Viewer, words: Words) -> Iterator[Hit]:
    seen = [noun for noun, nouns in PARTIES.items() if viewer.may_see(f"{nouns}.view")]
    if not seen:
        return
    if viewer.is_of_dealer:
        rows = _QUERIES.rows("parties", {**_parameters(viewer, words), "address": words.address})
    else:
        party = {"company": viewer.company_id, "peer": viewer.peer_id}
        rows = _QUERIES.rows("own_peers", {**_parameters(viewer, words), **party})
    for noun in seen:
        for row in [row for row in rows if row["noun"] == noun][:MOST_OF_A_NOUN]:
            subtitle = row["company"] or row["dealer_name"] or row["dealer"]
            page = "terminators" if row["kind"] == "terminator" else PARTIES[noun]
            yield _hit(noun, f"/{page}/{row['id']}", row, subtitle)


def _dids(viewer: Viewer, words: Words) -> Iterator[Hit]:
    if words.digits is None or not viewer.may_see("numbers.view"):
        return
    for row in _QUERIES.rows(
        "dids", {**_parameters(viewer, words), "digits": words.digits, "digits_end": words.digits_end}
    ):
        yield Hit(
            noun="did",
            id=str(row["id"]),
            title=row["number"],
            subtitle=row["peer_name"] or row["peer"],
            address=f"/numbers/{row['id']}",
        )


def _calls(viewer: Viewer, words: Words, now: datetime) -> Iterator[Hit]:
    """A call by its id; the last calls from or to a number, and before them the number itself, which leads to all."""
    if not viewer.may_see("calls.view"):
        return
    legs: tuple[LegFact, ...] = ()
    if words.call_id is not None:
        legs = legs_of_call(viewer, words.call_id)[:1]
    elif words.digits is not None and len(words.digits) >= FEWEST_DIGITS_OF_CALLS:
        legs = find_calls(viewer, CallFilter(number=words.digits), now=now, most=MOST_OF_A_NOUN).legs
        if legs:
            address = f"/calls?{urlencode({'number': words.digits})}"
            yield Hit(noun="number", id=words.digits, title=words.digits, subtitle="", address=address)
    for leg in legs:
        yield Hit(
            noun="call",
            id=str(leg.call_id),
            title=f"{leg.caller} → {leg.called}",
            subtitle=f"{leg.created_at.astimezone(viewer.zone):%Y-%m-%d %H:%M}, {leg.who}",
            address=f"/calls/{leg.call_id}",
        )


def _parameters(viewer: Viewer, words: Words) -> dict[str, object]:
    return {"dealer": viewer.dealer_id, "looked_for": words.text, "words": words.words, "most": MOST_OF_A_NOUN}


def _hit(noun: str, address: str, row: dict[str, object], subtitle: str) -> Hit:
    title = str(row["key"]) if row["name"] in ("", row["key"]) else f"{row['name']} ({row['key']})"
    return Hit(noun=noun, id=str(row["id"]), title=title, subtitle=subtitle, address=address)
