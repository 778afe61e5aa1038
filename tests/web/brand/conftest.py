"""Brands in the seeded house, and browsers that come by a host name."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ..house import House, browser_of

Give = Callable[..., None]


@pytest.fixture(autouse=True)
def nobody_has_a_brand(house: House) -> Iterator[None]:
    """Each test begins without a brand, with the names of the seeded house, and with nothing remembered."""
    from smartswitch.web.brand.known_brands import forget

    house.run("CREATE TABLE dealer_before AS SELECT id, name, time_zone FROM dealer")
    forget()
    yield
    house.run(
        "UPDATE dealer AS d SET (name, time_zone) = (b.name, b.time_zone) FROM dealer_before AS b WHERE b.id = d.id"
    )
    house.run("DROP TABLE dealer_before")
    house.run("DELETE FROM brand")
    forget()


@pytest.fixture
def give(house: House) -> Give:
    """`give("north", product_name="North Talk")`: change settings as somebody of the dealer does."""
    return lambda dealer, **values: send(house, dealer, **values)


def send(house: House, dealer: str, **values: Any) -> None:
    answer = post(browser_of(house, dealer), **values)
    assert answer.status_code == 302, answer.content.decode()


def post(client: Any, **values: Any) -> Any:
    """Send the form; what is not named is empty."""
    return client.post("/settings", {"time_zone": "UTC", **values})


@pytest.fixture
def come_by(house: House) -> Callable[..., Any]:
    """`come_by("portal.example.com")`: a browser at that host, logged in if a dealer is named."""
    return lambda host, dealer=None, **options: browser_of(house, dealer, host=host, **options)
