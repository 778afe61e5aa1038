"""All nouns, by name. A noun is registered by the `nouns` module of its application, which `load_nouns` imports."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings

from smartswitch.web.nouns.noun import Noun

_NOUNS: dict[str, Noun] = {}
_OURS = "smartswitch.web."


def register(noun: Noun) -> Noun:
    """Make a noun known; its name is its own."""
    if noun.name in _NOUNS:
        raise ValueError(f"there are two nouns {noun.name!r}")
    _NOUNS[noun.name] = noun
    return noun


def load_nouns() -> dict[str, Noun]:
    """All nouns of the installed applications, by name."""
    _import_nouns()
    return dict(_NOUNS)


@cache
def _import_nouns() -> None:
    """Import the modules once: pages ask for nouns hundreds of times."""
    for application in settings.INSTALLED_APPS:
        if (
            application.startswith(_OURS)
            and find_spec(f"{application}.nouns") is not None
            and not _is_package(application)
        ):
            import_module(f"{application}.nouns")


def noun_named(name: str) -> Noun:
    """The noun of this name; KeyError if there is none."""
    return load_nouns()[name]


def nouns_of_table(table: str) -> list[Noun]:
    """The nouns whose rows a table holds: usually one; peers and terminators are kinds of one table."""
    return [noun for noun in load_nouns().values() if noun.table == table]


def children_of(name: str) -> list[Noun]:
    """The nouns whose rows stand in those of another."""
    return [noun for noun in load_nouns().values() if noun.parent is not None and noun.parent.noun == name]


def _is_package(application: str) -> bool:
    """The application of nouns itself has no nouns."""
    return application == __package__
