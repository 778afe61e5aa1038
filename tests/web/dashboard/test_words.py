"""Money, numbers and words as people read them, in each language."""

import re
from pathlib import Path

import pytest

from smartswitch.core.refusal import Reason
from smartswitch.protocol.charging import EndedBy

WEB = Path(__file__).parents[3] / "src/smartswitch/web"


@pytest.fixture(autouse=True)
def django_is_ready(migrated_template: str) -> None:
    """Making the template sets Django up."""


@pytest.mark.parametrize(("amount", "currency", "english", "russian"), [
    (1_234_567_890_000, "USD", "1,234,567.89 USD", "1\u202f234\u202f567,89 USD"),
    (21_000, "USD", "0.021 USD", "0,021 USD"),
    (0, "USD", "0.00 USD", "0,00 USD"),
    (-5_000_001, "USD", "−5.000001 USD", "−5,000001 USD"),
    (1_500_000, "JPY", "1.5 JPY", "1,5 JPY"),
    (2_000_000, "JPY", "2 JPY", "2 JPY"),
    (1_234_500, "KWD", "1.2345 KWD", "1,2345 KWD"),
])  # fmt: skip
def test_amounts(amount: int, currency: str, english: str, russian: str) -> None:
    from django.utils import translation

    from smartswitch.web.ui.money_format import money_text

    with translation.override("en"):
        assert str(money_text(amount, currency)) == english
    with translation.override("ru"):
        assert str(money_text(amount, currency)) == russian


def test_every_reason_and_every_end_has_words() -> None:
    from smartswitch.web.dashboard import words

    assert set(words.REFUSALS) == set(words.REFUSALS_SHORT) == {reason.value for reason in Reason}
    assert set(words.ENDED_BY) == {end.value for end in EndedBy}


def messages_of_the_source() -> set[str]:
    """Every text that is marked for translation, as makemessages finds it."""
    from django.utils.translation.template import templatize

    found: set[str] = set()
    literal = r"""(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
    call = re.compile(rf"(?:\b_|gettext|gettext_lazy)\(\s*u?((?:{literal}\s*)+)[,)]")
    for file in (*WEB.rglob("*.py"), *WEB.rglob("*.html")):
        if "node_modules" in file.parts or "migrations" in file.parts:
            continue
        text = file.read_text(encoding="utf-8")
        source = templatize(text, origin=str(file)) if file.suffix == ".html" else text
        for match in call.finditer(source):
            found.add("".join(eval(part) for part in re.findall(literal, match.group(1))))  # literals of our own source
    return found


def test_everything_is_said_in_russian() -> None:
    from django.utils import translation

    messages = messages_of_the_source()
    same = {"ASR", "SIP Call-ID", "%(party)s: %(sentence)s"}
    with translation.override("ru"):
        missing = sorted(message for message in messages if translation.gettext(message) == message)

    assert len(messages) > 150
    assert [message for message in missing if message not in same] == []
