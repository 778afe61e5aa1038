"""What a browser has to fetch before the first page stands, as it is sent: at most 500 KB, and nothing from elsewhere."""

import re
from pathlib import Path
from typing import Any

import pytest

MOST_BYTES = 500_000
STATIC = "/static/"
ADDRESS = re.compile(r"""(?:href|src)="([^"]+)"|url\(["']?([^"')]+)""")
ASSETS = (".css", ".js", ".svg", ".woff2", ".png", ".ico")


def addresses_in(text: str) -> set[str]:
    """The assets that a page or a stylesheet names, without what is written into it."""
    found = {(href or url).partition("#")[0] for href, url in ADDRESS.findall(text)}
    return {each for each in found if each.endswith(ASSETS)}


def sent_bytes(name: str) -> int:
    """What is sent of a built file to a browser that takes brotli."""
    from django.conf import settings

    built = Path(settings.STATIC_ROOT) / name
    compressed = built.with_name(built.name + ".br")
    return (compressed if compressed.exists() else built).stat().st_size


def assets_of(page: str) -> set[str]:
    """The built files that a page needs, with those that its stylesheets need, by their names."""
    from django.conf import settings

    addresses = addresses_in(page)
    assert all(each.startswith(STATIC) for each in addresses), f"not from this server: {addresses}"
    names = {each.removeprefix(STATIC) for each in addresses}
    for sheet in [name for name in names if name.endswith(".css")]:
        named = addresses_in((Path(settings.STATIC_ROOT) / sheet).read_text())
        names |= {each.removeprefix(STATIC).removeprefix("./") for each in named}
    return names


@pytest.mark.parametrize(("person", "address"), [(None, "/login"), ("owner", "/")])
def test_a_first_page_is_small(browse: Any, person: str | None, address: str) -> None:
    page = browse(person).get(address).content
    sizes = {name: sent_bytes(name) for name in assets_of(page.decode())}
    total = len(page) + sum(sizes.values())
    print(f"{address}: {total:,} bytes, the page itself {len(page):,}; {sizes}")  # noqa: T201 - the figure is for people

    assert any(name.endswith(".css") for name in sizes)
    assert any(name.endswith(".js") for name in sizes)
    assert total <= MOST_BYTES, sizes
