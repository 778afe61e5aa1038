"""Money, numbers and words as people read them, in each language."""

import ast
import re
from pathlib import Path

import pytest

from smartswitch.core.refusal import Reason
from smartswitch.core.rights import REGISTRY
from smartswitch.core.rights.standard_roles import STANDARD_ROLES
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


Message = tuple[str | None, str, str | None]
"""A context, a text, and its plural; most have only the text."""

LITERAL = re.compile(r"""u?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')""")
CALL_OF_TEMPLATE = re.compile(rf"\b(_|n?p?gettext)\(\s*({LITERAL.pattern}(?:,\s*{LITERAL.pattern})*)")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|<[^>]+>")


def messages_of_the_source() -> set[Message]:
    """Every text that is marked for translation, as makemessages finds it, and the words of the registries in core."""
    found = words_of_the_registries()
    for file in (*WEB.rglob("*.py"), *WEB.rglob("*.html"), *WEB.rglob("*.txt")):
        if {"node_modules", "migrations", "dist"} & set(file.parts):
            continue
        found |= messages_of_module(file) if file.suffix == ".py" else messages_of_template(file)
    return found


def messages_of_module(file: Path) -> set[Message]:
    """The first arguments of gettext and its relatives, by whatever names a module imports them."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }
    return {
        message_of_call(names[node.func.id], [value for value in map(text_of, node.args) if value is not None])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if "gettext" in names.get(node.func.id, "") and text_of(node.args[0]) is not None
    }


def text_of(node: ast.expr) -> str | None:
    """What a literal says; nothing of a variable, whose words are marked where they are written."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def messages_of_template(file: Path) -> set[Message]:
    """The texts of the tags of a template."""
    from django.utils.translation.template import templatize

    source = templatize(file.read_text(encoding="utf-8"), origin=str(file))
    return {
        message_of_call(function, [eval(text) for text in LITERAL.findall(arguments)])  # literals of our own source
        for function, arguments in CALL_OF_TEMPLATE.findall(source)
    }


def message_of_call(function: str, texts: list[str]) -> Message:
    """The message of a call such as `ngettext("one", "many", count)`."""
    context = texts.pop(0) if "pgettext" in function else None
    return context, texts[0], texts[1] if function.startswith("n") else None


def words_of_the_registries() -> set[Message]:
    """Labels of rights and standard roles: core knows no gettext, so pages translate them when they show them."""
    roles = STANDARD_ROLES.values()
    texts = [right.label for right in REGISTRY.values()] + [
        text for role in roles for text in (role.label, role.description)
    ]
    return {(None, text, None) for text in texts}


def in_the_language(message: Message) -> list[str]:
    """A message in the language of the moment; one with a plural in each of its forms."""
    from django.utils.translation import gettext, ngettext, npgettext, pgettext

    context, text, plural = message
    if plural is None:
        return [gettext(text) if context is None else pgettext(context, text)]
    counts = (1, 2, 5)
    if context is None:
        return [ngettext(text, plural, count) for count in counts]
    return [npgettext(context, text, plural, count) for count in counts]


def test_everything_is_said_in_russian() -> None:
    from django.utils import translation

    messages = messages_of_the_source()
    same = {"ACD", "API", "ASR", "Realm", "SIP Call-ID", "%(party)s: %(sentence)s", "%(result)s %(problem)s."}
    with translation.override("ru"):
        missing = [message for message in messages if {message[1], message[2]} & set(in_the_language(message))]

    assert len(messages) > 150
    assert [message for message in missing if message[1] not in same] == []


def test_a_column_that_no_form_has_is_named_in_the_audit() -> None:
    from django.utils import translation

    from smartswitch.web.audit.words import column_words

    with translation.override("ru"):
        assert column_words("login", "password") == "Пароль"
        assert column_words("balance", "party") == "Контрагент"


def test_what_is_filled_into_a_message_is_filled_into_its_translation() -> None:
    """A placeholder or a tag that is lost, or spelt otherwise, would break the page or leave something out."""
    from django.utils import translation

    with translation.override("ru"):
        wrong = [
            (message[1], russian)
            for message in messages_of_the_source()
            for russian in in_the_language(message)
            if set(PLACEHOLDER.findall(russian)) != set(PLACEHOLDER.findall(message[2] or message[1]))
        ]

    assert wrong == []
