"""Parties of the system tests: owner > d1 > d2 > d3 > p1, so that four parties pay for a call, and one terminator."""

from smartswitch.runtime.config import Address

SECONDS_OF_A_SLICE = 60


def four_paying_levels(
    *,
    callers: tuple[Address, ...],
    terminator: Address,
    balances: dict[str, str] | None = None,
) -> str:
    """A party file. Per second: p1 pays d3 0.04, d3 pays d2 0.03, d2 pays d1 0.02, d1 pays the owner 0.015."""
    money = {"p1": "10000", "d3": "10000", "d2": "10000", "d1": "10000", **(balances or {})}
    addresses = ", ".join(f'{{ network = "{caller.host}/32", port = {caller.port} }}' for caller in callers)
    return f"""
{_pack("owner-to-d1", "owner", "0.9")}
{_pack("d1-to-d2", "d1", "1.2")}
{_pack("d2-to-d3", "d2", "1.8")}
{_pack("d3-retail", "d3", "2.4")}
{_pack("vendor", "owner", "0.6")}
{_dealer("d1", "owner", "owner-to-d1", money["d1"])}
{_dealer("d2", "d1", "d1-to-d2", money["d2"])}
{_dealer("d3", "d2", "d2-to-d3", money["d3"])}

[[peer]]
id = "p1"
dealer = "d3"
pack = "d3-retail"
balance = "{money["p1"]}"
addresses = [ {addresses} ]

[[terminator]]
id = "t1"
pack = "vendor"
codes = ["44"]
host = "{terminator.host}"
port = {terminator.port}
"""


def _pack(name: str, owner: str, price_per_minute: str) -> str:
    return f"""
[[pack]]
id = "{name}"
owner = "{owner}"
currency = "USD"
decimals = 6
prices = [ {{ code = "44", price = "{price_per_minute}" }} ]
"""


def _dealer(name: str, parent: str, pack: str, balance: str) -> str:
    return f"""
[[dealer]]
id = "{name}"
parent = "{parent}"
pack = "{pack}"
balance = "{balance}"
"""
