"""The parties of the demonstration, with prices, passwords and the ports of this machine.

Rule: a password is made once, shown once and kept as its digest only. Whoever lost it asks for new ones
(`smartswitch up --demo --new-passwords`).
"""

import secrets
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from smartswitch.cli.demo.packs import carrier_prices, cheaper_in_band, selling_prices
from smartswitch.cli.party.values import AddressRow, PartyFile, PeerRow, PriceRow
from smartswitch.cli.party_file import parse_party_file

PASSWORD_BYTES = 18
"""144 bits; 24 characters of base64."""

PHONES = ("office-101", "office-102")
LOOPBACK_NETWORK = "127.0.0.1/32"
EVENING_PERCENT, WEEKEND_PERCENT = 90, 80
CONNECT_FEE = 500_000
"""Half a cent (10^-8)."""
INBOUND_PRICE = 400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPorts:
    """Where the demonstration's own SIP machines listen, all on the loopback address."""

    carrier_a: int
    carrier_b: int
    shop: int
    card: int


def new_password() -> str:
    """A password that nobody guesses."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def demo_party_file(ports: DemoPorts, passwords: dict[str, str]) -> PartyFile:
    """The whole hierarchy; ``passwords`` are those of PHONES."""
    text = files("smartswitch.cli").joinpath("demo", "parties.toml").read_text(encoding="utf-8")
    file = parse_party_file(text, name="demo", directory=Path())
    prices = _prices()
    port_of = {"carrier-a": ports.carrier_a, "carrier-b": ports.carrier_b}
    return replace(
        file,
        packs=tuple(replace(pack, prices=prices[pack.id]) for pack in file.packs),
        peers=tuple(_peer(peer, ports, passwords) for peer in file.peers),
        terminators=tuple(replace(each, port=port_of[each.id]) for each in file.terminators),
    )


def _peer(peer: PeerRow, ports: DemoPorts, passwords: dict[str, str]) -> PeerRow:
    port_of = {"corner-shop-pbx": ports.shop, "prepaid-card": ports.card}
    if peer.id in port_of:
        address = AddressRow(network=LOOPBACK_NETWORK, action="allow", port=port_of[peer.id], transport="udp")
        return replace(peer, addresses=(address,))
    return replace(peer, username=peer.id, password=passwords[peer.id])


def _prices() -> dict[str, tuple[PriceRow, ...]]:
    retail = selling_prices(90, min_s=60, increment_s=60, connect_fee=CONNECT_FEE)
    inbound = PriceRow(code="4420", price_per_minute=INBOUND_PRICE, first_price_per_minute=INBOUND_PRICE)
    return {
        "carrier-a-buying": carrier_prices("a"),
        "carrier-b-buying": carrier_prices("b"),
        "owner-wholesale": selling_prices(15),
        "owner-numbers": (inbound,),
        "north-resale": selling_prices(35),
        "north-office": selling_prices(50, min_s=30, increment_s=6),
        "city-retail": (
            *retail,
            *cheaper_in_band(retail, band="evening", percent=EVENING_PERCENT),
            *cheaper_in_band(retail, band="weekend", percent=WEEKEND_PERCENT),
        ),
        "office-staff": selling_prices(50, min_s=30, increment_s=6),
    }
