"""What core refuses is said in the reader's language: every sentence is known to the web account, and has its Russian."""

import ast
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from smartswitch.core.money import parse_amount, parse_currency
from smartswitch.core.number_pattern import parse_rule
from smartswitch.core.pack import Price, Terms
from smartswitch.core.phone_number import BadNumber, DialPlan, Undecorated, canonical_number
from smartswitch.core.sentence import Sentence, SpokenError

from .house import Browse, House
from .packs.conftest import Pack, pack

__all__ = ["pack"]

CORE = Path(__file__).parents[2] / "src/smartswitch/core"
ENGLISH = re.compile(r"[A-Za-z]{2,}")
"""A word of a sentence that was forgotten; single letters are in patterns and sums."""


def templates_in_core() -> Iterator[str]:
    """The first arguments of `say`; each must be written out."""
    for file in CORE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                assert isinstance(node.args[0], ast.Constant), f"{file}:{node.lineno}: write the sentence out"
                yield str(node.args[0].value)


def test_the_web_account_knows_every_sentence_of_the_core(migrated_template: str) -> None:
    from smartswitch.web.ui.core_words import TEMPLATES

    assert set(TEMPLATES) == set(templates_in_core())
    assert len(TEMPLATES) == len(set(TEMPLATES))


def refused(work: Callable[[], object]) -> Sentence:
    """Why something is refused."""
    try:
        answer = work()
    except SpokenError as error:
        return error.sentence
    assert isinstance(answer, BadNumber)
    return answer.sentence


NATIONAL_ONLY = DialPlan("44", ("00",), "0", Undecorated.REFUSED)
TERMS: dict[str, Any] = {"pack_id": 1, "pack": "розница", "currency": "USD"}
PRICE: dict[str, Any] = {"price_id": 1, "code": "44", "price_per_minute": 1, "first_price_per_minute": 1}
REFUSALS: tuple[Callable[[], object], ...] = (
    *[lambda text=text: parse_amount(text) for text in ("", "1,5", "1e5", "+1", "1О", "1O", " 1", "в", "9" * 61, "9" * 20)],
    lambda: parse_amount("0.0000001"),
    lambda: parse_currency("руб"),
    *[
        lambda pattern=pattern: parse_rule(pattern, "")
        for pattern in ("(", ")", "(?=1)", "(1)*", "\\", "1**", "1{3,1}", "*", "[9-0]", "1*1*1*1*", "1" * 201)
    ],
    *[lambda replacement=replacement: parse_rule("1", replacement) for replacement in (";", "\\1")],
    *[
        lambda dialled=dialled: canonical_number(dialled)
        for dialled in ("", "1" * 257, "+44(0)20", "44%", "44@", "44*", "44+1", "4 4", "44²", "44ж", "1" * 16, "1", "01234")
    ],
    lambda: canonical_number("7911123456;phone-context=+44"),
    lambda: canonical_number("7911123456", NATIONAL_ONLY),
    lambda: Terms(**TERMS, decimals=9),
    lambda: Terms(**TERMS, tax_ppm=-1),
    lambda: Price(**PRICE, increment_s=0),
    lambda: Price(**PRICE, min_s=-1),
)  # fmt: skip


@pytest.mark.parametrize("work", REFUSALS)
def test_a_refusal_of_the_core_is_said_in_russian(migrated_template: str, work: Callable[[], object]) -> None:
    from django.utils import translation

    from smartswitch.web.ui.core_words import in_words

    sentence = refused(work)
    with translation.override("en"):
        assert in_words(sentence) == str(sentence)
    with translation.override("ru"):
        said = in_words(sentence)

    for value in sorted(sentence.values.values(), key=lambda value: -len(str(value))):
        said = said.replace(str(value), "") if isinstance(value, str) else said
    assert ENGLISH.findall(said) in ([], ["USD"])
    assert "%" not in said.replace("100 %", "")


def words_of(answer: Any, place: str) -> str:
    """What stands in an element of a page: the texts of those with a class."""
    page = answer.content.decode()
    found = re.findall(rf'class="[^"]*{place}[^"]*"[^>]*>(.*?)</(?:div|span|li|p)>', page, re.DOTALL)
    return unescape(re.sub(r"<code>.*?</code>|<[^>]+>", " ", " ".join(found)))


RUSSIAN = {"accept_language": "ru"}


def test_pages_say_it_in_russian(house: House, browse: Browse, pack: Pack) -> None:
    city = browse("city", **RUSSIAN)
    peer = house.row("SELECT id FROM peer WHERE key = 'shop-phone'")["id"]
    pack.price("44", 1_000_000)
    typed = {"direction": "from_peer", "field": "called", "pattern": "1", "replacement": ""}

    cost = city.get(f"/packs/{pack.id}/cost", {"number": "44О20", "seconds": "60"})
    pattern = city.post(f"/peers/{peer}/patterns/new", {**typed, "pattern": "(1"})
    replacement = city.post(f"/peers/{peer}/patterns/new", {**typed, "replacement": "\\2"})
    trial = city.get(f"/peers/{peer}/try", {"direction": "from_peer", "field": "called", "number": "44*"})

    assert "По этому номеру нельзя позвонить: содержит недопустимый знак" in cost.content.decode()
    assert "не хватает закрывающей скобки" in words_of(pattern, "invalid-feedback")
    assert "ссылается на скобки 2, а их всего 0" in words_of(replacement, "invalid-feedback")
    assert "это служебный код, а не номер" in unescape(trial.content.decode())
    for answer in (pattern, replacement):
        assert ENGLISH.findall(words_of(answer, "invalid-feedback")) == []


def test_a_price_that_breaks_its_pack_is_refused_in_russian(browse: Browse, pack: Pack) -> None:
    pack.band("peak", weekdays=[1], start=0, end=720)
    typed = {"code": "44", "band": "peak", "price_per_minute": "1"}

    answer = browse("city", **RUSSIAN).post(f"/packs/{pack.id}/prices/new", typed)
    said = words_of(answer, "alert-danger")

    assert answer.status_code == 422
    assert "нет цены для: время вне тарифных периодов" in said
    assert set(ENGLISH.findall(said)) <= {"test", "pack", "peak"}
