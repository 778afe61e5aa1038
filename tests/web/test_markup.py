"""Texts in tables are escaped as Django escapes them, and addresses of rows are those that Django would give."""

import pytest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from .naughty import NAUGHTY

VALUES = [*NAUGHTY, SafeString("<b>ours</b>"), 7, None, gettext_lazy("Delete"), "{0} {} %s"]


@pytest.mark.parametrize("value", VALUES)
def test_a_text_is_written_as_django_writes_it(value) -> None:
    from smartswitch.web.ui.markup import markup, markup_each

    expected = format_html('<i title="{}">{}</i>', value, value)

    assert markup('<i title="{}">{}</i>', value, value) == expected
    assert (
        markup_each('<i title="{}">{}</i>', [(value, value), (value, value)], between="|") == f"{expected}|{expected}"
    )
    assert isinstance(markup("{}", value), SafeString)


@pytest.mark.parametrize("name", ["peers-one", "peers-change", "companies-delete", "prices-edit"])
def test_the_address_of_a_row_is_that_of_its_page(name) -> None:
    from django.urls import reverse

    from smartswitch.web.nouns.row_address import row_address

    assert [row_address(name, pk) for pk in (1, 987, 2**62)] == [reverse(name, args=[pk]) for pk in (1, 987, 2**62)]
