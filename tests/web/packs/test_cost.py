"""What a number costs: the answer of the page is the answer of the functions that charge calls."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from smartswitch.core.rating import rate_call

from ..house import Browse
from .conftest import Pack

MONDAY_0759 = datetime(2026, 3, 2, 5, 59, 30, tzinfo=UTC)
"""Half a minute before eight on a Monday in Kyiv."""


@pytest.fixture
def priced(pack: Pack) -> Pack:
    """44 at 0.02 and 0.05 in peak; 4479 with a first block, a fee and a grace; 447 blocked; 7 ended."""
    pack.band("peak", weekdays=[1, 2, 3, 4, 5], start=480, end=1200)
    pack.price("44", 2_000_000)
    pack.price("44", 5_000_000, band="peak")
    pack.price(
        "4479", 3_000_000, first_price_per_minute=6_000_000, connect_fee=1_000_000, min_s=30, increment_s=6, grace_s=3
    )
    pack.price("447", 1_000_000, is_blocked=True)
    pack.price("7", 1_000_000, valid_to="2026-01-01")
    return pack


def answer(pack: Pack, number: str, *, seconds: int = 60, at: datetime = MONDAY_0759) -> Any:
    """The cost by the pack."""
    from smartswitch.web.packs.cost import cost_of_call
    from smartswitch.web.packs.models import BillingPack

    return cost_of_call(BillingPack.objects.get(pk=pack.id), number, seconds=seconds, at=at)


def test_a_call_across_a_change_of_bands(viewer: Any, priced: Pack) -> None:
    viewer("city")
    cost = answer(priced, "+44 20 7946 0000", seconds=90)

    # 30 s at 0.02 and 60 s at 0.05 are 0.06; with 20 % tax 0.072.
    assert (cost.number, cost.code, cost.amount) == ("442079460000", "44", 72_000)
    steps = {step.name: step.text for step in cost.steps}
    assert steps["Cost"] == "1 s × 0.02 / 60 + 29 s × 0.02 / 60 + 60 s × 0.05 / 60 = 0.06 USD"
    assert steps["Time band"] == "none: priced at all times"
    assert steps["Cost with tax"] == "0.072 USD"
    assert steps["Tax"] == "20 % is added to the cost; 0.012 USD of the amount is tax"
    assert steps["Rounding"] == "Once, to the nearest, halves up, to 4 decimals = 0.072 USD"


def test_first_block_fee_steps_and_grace(viewer: Any, priced: Pack) -> None:
    viewer("city")
    cost = answer(priced, "447911123456", seconds=31)
    steps = {step.name: step.text for step in cost.steps}

    # 0.01 + 30 s at 0.06 + 6 s at 0.03 = 0.043; with tax 0.0516.
    assert (cost.code, cost.amount) == ("4479", 51_600)
    assert steps["Code"] == "4479: the longest code in force with which 447911123456 begins; 447, 44 would also fit"
    assert (
        steps["Seconds"]
        == "Talked 31 s. First block 30 s, then 6 s in steps of 6 s counted after the first block: charged 36 s"
    )
    assert answer(priced, "447911123456", seconds=3).amount == 0
    assert answer(priced, "447911123456", seconds=0).amount == 0


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("447711", "The code 447 is blocked"),
        ("79990000000", "No price of the codes 7 holds at this moment"),
        ("15550000000", "No code of this pack begins like this number"),
        ("*100#", "it is a service code, not a number"),
        ("0", "the shortest number has 3"),
        ("1" * 16, "the longest number has 15"),
        ("４４７", "digits that are not 0 to 9"),
    ],
)
def test_where_there_is_no_price_the_reason_is_said(viewer: Any, priced: Pack, number: str, words: str) -> None:
    viewer("city")
    cost = answer(priced, number)

    assert cost.amount is None
    assert words in cost.refusal


def test_it_is_what_a_node_would_charge(viewer: Any, priced: Pack) -> None:
    from smartswitch.web.packs.models import BillingPack, Price
    from smartswitch.web.packs.selectors import index_of, moment_ms

    viewer("city")
    pack = BillingPack.objects.get(pk=priced.id)
    whole = index_of(pack, Price.objects.filter(pack=pack))
    at_ms = moment_ms(MONDAY_0759)
    for number in ("442079460000", "447911123456"):
        tariff = whole.find(number, at_ms)
        assert tariff is not None
        for seconds in (1, 29, 30, 31, 61, 3_600, 86_400):
            rated = rate_call(tariff, answered_at_ms=at_ms, duration_s=seconds)
            assert answer(priced, number, seconds=seconds).amount == rated.amount


def test_the_page_shows_it_with_and_without_javascript(browse: Browse, priced: Pack) -> None:
    client = browse("city")
    query = "number=%2B44+20+7946+0000&seconds=90&at=2026-03-02T05:59:30"
    page = client.get(f"/packs/{priced.id}/cost?{query}").content.decode()
    piece = client.get(f"/packs/{priced.id}/cost?{query}", headers={"HX-Request": "true"}).content.decode()
    box = client.get(f"/packs/{priced.id}").content.decode()

    for text in (page, piece):
        assert "0.07<" in text
        assert "29 s × 0.02 / 60" in text
    assert piece.startswith('<section class="card cost"')
    assert re.search(r'hx-get="/packs/\d+/cost"', box)


@pytest.mark.parametrize(
    "query",
    [
        "number=&seconds=1",
        "number=44&seconds=-1",
        "number=44&seconds=1e3",
        "number=44&seconds=NaN",
        "number=44&seconds=99999999",
        "number=44&seconds=1&at=x",
        "number=" + "4" * 500,
    ],
)
def test_what_cannot_be_read_is_said(browse: Browse, priced: Pack, query: str) -> None:
    answered = browse("city").get(f"/packs/{priced.id}/cost?{query}")

    assert answered.status_code == 200
    assert "invalid-feedback" in answered.content.decode()
    assert "arithmetic" not in answered.content.decode()
