"""Reads the parties of a party file: the owner, dealers, companies, peers and terminators.

A party without a `currency` has that of its pack, then that of its inbound pack, of its company, of its dealer, then USD.
"""

from collections.abc import Mapping

from smartswitch.cli.party import fields
from smartswitch.cli.party.peer_tables import read_addresses, read_translations
from smartswitch.cli.party.table import Complaints, Table, tables_of
from smartswitch.cli.party.values import (
    OUTSIDE,
    OWNER,
    CompanyRow,
    DealerRow,
    OwnerRow,
    PackRow,
    PeerRow,
    Purse,
    TerminatorRow,
)

DEFAULT_CURRENCY = "USD"
PROFIT_CONTROLS = ("allow_losses", "no_losses", "profit_only")
TRANSPORTS = ("udp", "tcp", "tls")
MOST_CALLS = 1_000_000
DEFAULT_PRIORITY = 10
DEFAULT_PDD_TIMEOUT_S = 15
DEFAULT_SIP_PORT = 5060
NO_HOST = "terminator.invalid"
"""The host of a terminator that has none: a case needs none, and RFC 2606 lets no call reach it."""

call_count = fields.whole(0, MOST_CALLS)
call_rate = fields.whole(1, MOST_CALLS)
port = fields.whole(1, 65535)
priority = fields.whole(0, 1_000_000)
profit_control = fields.choice(*PROFIT_CONTROLS)


class PartyTables:
    """Reads the tables of parties; knows the currencies of the packs and of the dealers read so far."""

    def __init__(self, complaints: Complaints, document: Mapping[str, object], packs: tuple[PackRow, ...]) -> None:
        self._complaints = complaints
        self._document = document
        self._currency_of_pack = {pack.id: pack.currency for pack in packs}
        self._currency_of_dealer = {OWNER: DEFAULT_CURRENCY}
        self._currency_of_company: dict[str, str] = {}
        self._owner_pack_currencies = [pack.currency for pack in packs if pack.owner == OWNER]

    def read_owner(self) -> OwnerRow:
        """Read [owner]; everything in it has a default."""
        found = self._document.get("owner", {})
        table = Table(self._complaints, "[owner]", found if isinstance(found, dict) else {})
        if not isinstance(found, dict):
            table.complain("there is one owner; write [owner] with one pair of brackets")
        default_currency = (self._owner_pack_currencies or [DEFAULT_CURRENCY])[0]
        row = OwnerRow(
            name=table.optional("name", fields.text, None),
            currency=table.optional("currency", fields.currency, default_currency),
            time_zone=table.optional("time_zone", fields.time_zone, None),
            profit_control=table.optional("profit_control", profit_control, None),
            hunting_class=table.optional("hunting_class", fields.key, None),
        )
        self._currency_of_dealer[OWNER] = row.currency
        table.close()
        return row

    def read_dealers(self) -> tuple[DealerRow, ...]:
        """Read every [[dealer]]."""
        return tuple(self._dealer(table) for table in tables_of(self._complaints, self._document, "dealer"))

    def read_companies(self) -> tuple[CompanyRow, ...]:
        """Read every [[company]]."""
        return tuple(self._company(table) for table in tables_of(self._complaints, self._document, "company"))

    def read_peers(self) -> tuple[PeerRow, ...]:
        """Read every [[peer]]."""
        return tuple(self._peer(table) for table in tables_of(self._complaints, self._document, "peer"))

    def read_terminators(self) -> tuple[TerminatorRow, ...]:
        """Read every [[terminator]]."""
        return tuple(self._terminator(table) for table in tables_of(self._complaints, self._document, "terminator"))

    def _dealer(self, table: Table) -> DealerRow:
        key = party_key(table)
        pack = table.optional("pack", fields.key, None)
        inbound_pack = table.optional("inbound_pack", fields.key, None)
        purse = self._purse(table, (pack, inbound_pack), OWNER)
        self._currency_of_dealer[key] = purse.currency
        row = DealerRow(
            id=key,
            name=table.optional("name", fields.text, key),
            parent=table.optional("parent", fields.key, OWNER),
            pack=pack,
            inbound_pack=inbound_pack,
            purse=purse,
            calls_per_second=table.optional("calls_per_second", call_rate, None),
            profit_control=table.optional("profit_control", profit_control, "allow_losses"),
            is_virtual_pbx=table.flag("virtual_pbx", default=False),
            time_zone=table.optional("time_zone", fields.time_zone, "UTC"),
            route_class=table.optional("route_class", fields.key, None),
            hunting_class=table.optional("hunting_class", fields.key, None),
        )
        table.close()
        return row

    def _company(self, table: Table) -> CompanyRow:
        key = party_key(table)
        dealer = table.required("dealer", fields.key, "")
        pack = table.optional("pack", fields.key, None)
        inbound_pack = table.optional("inbound_pack", fields.key, None)
        purse = self._purse(table, (pack, inbound_pack), dealer)
        self._currency_of_company[key] = purse.currency
        row = CompanyRow(
            id=key,
            name=table.optional("name", fields.text, key),
            dealer=dealer,
            pack=pack,
            inbound_pack=inbound_pack,
            purse=purse,
        )
        table.close()
        return row

    def _peer(self, table: Table) -> PeerRow:
        key = party_key(table)
        dealer = table.required("dealer", fields.key, "")
        company = table.optional("company", fields.key, None)
        pack = table.optional("pack", fields.key, None)
        inbound_pack = table.optional("inbound_pack", fields.key, None)
        password = table.optional("password", fields.text, None)
        username = table.optional("username", fields.text, key if password is not None else None)
        row = PeerRow(
            id=key,
            name=table.optional("name", fields.text, key),
            kind=table.optional("kind", fields.choice("originator", "user"), "originator"),
            dealer=dealer,
            company=company,
            pays_from=table.optional("pays_from", fields.choice("peer", "company"), "company" if company else "peer"),
            pack=pack,
            inbound_pack=inbound_pack,
            purse=self._purse(table, (pack, inbound_pack), dealer, company=company),
            calls_per_second=table.optional("calls_per_second", call_rate, None),
            route_class=table.optional("route_class", fields.key, None),
            extension=table.optional("extension", fields.extension, None),
            caller_number=table.optional("caller_number", fields.number, None),
            username=username,
            password=password,
            numbers=table.optional("numbers", fields.list_of(fields.number), ()),
            addresses=read_addresses(table),
            translations=read_translations(table),
        )
        if username is not None and password is None:
            table.complain("username needs a password")
        if row.pays_from == "company" and company is None:
            table.complain('pays_from = "company" needs company')
        table.close()
        return row

    def _terminator(self, table: Table) -> TerminatorRow:
        key = party_key(table)
        row = TerminatorRow(
            id=key,
            name=table.optional("name", fields.text, key),
            pack=table.required("pack", fields.key, ""),
            codes=table.optional("codes", fields.list_of(fields.route_code), ()),
            priority=table.optional("priority", priority, DEFAULT_PRIORITY),
            is_answering=table.flag("answers", default=True),
            host=table.optional("host", fields.host, NO_HOST),
            port=table.optional("port", port, DEFAULT_SIP_PORT),
            transport=table.optional("transport", fields.choice(*TRANSPORTS), "udp"),
            username=table.optional("username", fields.text, None),
            password=table.optional("password", fields.text, None),
            realm=table.optional("realm", fields.text, None),
            pdd_timeout_s=table.optional("pdd_timeout", fields.whole(1, 300), DEFAULT_PDD_TIMEOUT_S),
            call_limit=table.optional("call_limit", call_count, None),
            calls_per_second=table.optional("calls_per_second", call_rate, None),
            addresses=read_addresses(table),
            translations=read_translations(table),
        )
        if (row.username is None) != (row.password is None):
            table.complain("username and password go together; one of them is missing")
        table.close()
        return row

    def _purse(self, table: Table, packs: tuple[str | None, ...], dealer: str, *, company: str | None = None) -> Purse:
        of_packs = [self._currency_of_pack[pack] for pack in packs if pack in self._currency_of_pack]
        of_seller = self._currency_of_dealer.get(dealer, DEFAULT_CURRENCY)
        default_currency = (of_packs or [self._currency_of_company.get(company or "", of_seller)])[0]
        purse = Purse(
            currency=table.optional("currency", fields.currency, default_currency),
            balance=table.optional("balance", fields.amount, 0),
            credit_limit=table.optional("credit_limit", fields.credit_limit, 0),
            call_limit=table.optional("call_limit", call_count, None),
        )
        if purse.credit_limit is not None and purse.balance + purse.credit_limit < 0:
            table.complain("balance: it is below what the credit limit allows")
        return purse


def party_key(table: Table) -> str:
    """Read the id of a party; two words have a meaning of their own."""
    key = table.required("id", fields.key, "")
    if key in (OWNER, OUTSIDE):
        table.complain(f'id: "{key}" has a meaning of its own; choose another id')
    return key
