"""Parties for tests with the real node: owner > d1 > d2 > p1, terminators on loopback, a Virtual PBX with two extensions."""

from smartswitch.runtime.config import Address

PACKS = """
[[pack]]
id = "owner-to-d1"
currency = "USD"
decimals = 6
prices = [ { code = "44", price = "1.2" }, { code = "1", price = "1.2" } ]

[[pack]]
id = "d1-to-d2"
owner = "d1"
currency = "USD"
prices = [ { code = "44", price = "1.8" }, { code = "1", price = "1.8" } ]

[[pack]]
id = "d2-retail"
owner = "d2"
currency = "USD"
prices = [ { code = "44", price = "3" }, { code = "1", price = "3" } ]

[[pack]]
id = "did"
owner = "d2"
currency = "USD"
prices = [ { code = "1212", price = "0.6" } ]

[[pack]]
id = "vendor"
currency = "USD"
prices = [ { code = "44", price = "0.6" } ]
"""


def parties(
    *,
    terminators: tuple[Address, ...] = (),
    originator: Address | None = None,
    deny: str = "",
    p1_balance: str = "100",
    d1_balance: str = "100",
    d2_balance: str = "100",
    d2_pack: str = 'pack = "d1-to-d2"',
    p1_extra: str = "",
) -> str:
    """A party file. Per second: p1 pays d2 0.05, d2 pays d1 0.03, d1 pays the owner 0.02, the owner pays 0.01."""
    addresses = ""
    if originator is not None:
        allow = f'{{ network = "{originator.host}/32", port = {originator.port} }}'
        addresses = f"addresses = [ {allow}{deny} ]"
    text = f"""{PACKS}
[[dealer]]
id = "d1"
pack = "owner-to-d1"
balance = "{d1_balance}"

[[dealer]]
id = "d2"
parent = "d1"
{d2_pack}
balance = "{d2_balance}"
virtual_pbx = true

[[peer]]
id = "p1"
dealer = "d2"
pack = "d2-retail"
balance = "{p1_balance}"
{addresses}
{p1_extra}

[[peer]]
id = "u1"
dealer = "d2"
kind = "user"
pack = "d2-retail"
username = "anna"
password = "correct-horse"
extension = "101"
balance = "1"

[[peer]]
id = "u2"
dealer = "d2"
kind = "user"
username = "boris"
password = "battery-staple"
extension = "102"
numbers = ["12123388100"]
inbound_pack = "did"
balance = "1"
"""
    for number, address in enumerate(terminators, 1):
        text += f"""
[[terminator]]
id = "t{number}"
pack = "vendor"
codes = ["44"]
host = "{address.host}"
port = {address.port}
priority = {number}
"""
    return text
