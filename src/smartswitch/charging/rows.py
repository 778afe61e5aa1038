"""The rows that a batch adds to the database, for COPY: open legs and CDRs as lines of text, charges in binary.

The columns stand beside the function that fills them, in the same order. What does not change from call to call (who
pays whom, from which balance, at which pack) is written once for each level and remembered.
"""

import struct

import orjson

from smartswitch.charging.batch_state import CdrRow, ChargeRow, LegRow
from smartswitch.charging.chain_json import encode_chain, encode_cost
from smartswitch.charging.copy_binary import bigint_field, created_at_us, field_count, text_field
from smartswitch.charging.copy_text import NULL, array, call_fields, text, whole
from smartswitch.core.chain import Chain, Cost, Level
from smartswitch.core.rating import RatedCall
from smartswitch.protocol.charging import CallFacts

REMEMBERED_TEXTS = 50_000
"""How many levels and chains are remembered in written form; the directory gives equal calls the same objects."""

OPEN_LEG_COLUMNS = tuple(
    """tenant_id dealer_id peer_id balance_ids meter_ids dealer_ids chain
    call_id leg node seq state granted_s slice_s authorized_at_ms answered_at_ms confirmed_at_ms held
    facts cost answers""".split()  # noqa: SIM905 - three lines as the function writes them
)

CDR_COLUMNS = tuple(
    """tenant_id dealer_id dealer_ids peer_id level_count
    created_at call_id leg direction caller called sip_call_id source caller_name user_agent
    authorized_at_ms answered_at_ms ended_at_ms duration_ms billed_s result sip_status reason refused_by ended_by
    terminator attempts answers marked node""".split()  # noqa: SIM905 - as the function writes them
)

CHARGE_COLUMNS = tuple(
    """dealer_id seller_dealer_id payer seller debit_balance_id credit_balance_id tax_balance_id currency exchange_rate
    pack_id pack_currency code
    tenant_id created_at call_id leg level price_id billed_s amount tax pack_amount answered_at_ms
    explanation""".split()  # noqa: SIM905 - as the function writes them
)

_LEG_FIELDS = struct.Struct(">iqiqi16sih")
_CHARGE_FIELDS = struct.Struct(">ihiqiiiqiqiqiqi")
"""Each integer behind its length: tenant_id to leg, and level to the length of the explanation."""


class RowWriter:
    """Writes rows for COPY, remembering the parts that many rows share, by the identity of the level or chain."""

    def __init__(self, node: str) -> None:
        self._node = text(node)
        self._last_leg: LegRow | None = None
        self._leg_fields = b""
        self._chains: dict[int, tuple[Chain, str]] = {}
        self._costs: dict[int, tuple[Cost, str]] = {}
        self._parties: dict[int, tuple[Level | Cost, bytes, bytes]] = {}

    def open_leg(self, leg: LegRow) -> str:
        """A line of open_leg."""
        state = "authorized" if leg.answered_at_ms is None else "answered"
        cost = NULL if leg.cost is None else text(self.cost(leg.cost))
        return (
            f"{self._chain(leg.chain)}\t{leg.call_text()}\t{leg.leg}\t{self._node}\t{leg.seq}\t{state}\t{leg.granted_s}\t"
            f"{leg.slice_s}\t{leg.authorized_at_ms}\t{whole(leg.answered_at_ms)}\t{leg.confirmed_at_ms}\t"
            f"{array(leg.held)}\t{text(facts_json(leg.facts))}\t{cost}\t{text(json_text(leg.answers))}\n"
        )

    def cdr(self, cdr: CdrRow) -> str:
        """A line of cdr."""
        chain, facts = cdr.chain, cdr.facts
        return (
            f"{chain.tenant_id}\t{chain.dealer_id}\t{array(chain.dealer_ids)}\t{whole(chain.peer_id)}\t"
            f"{len(chain.levels)}\t{call_fields(cdr.call_id)}\t{cdr.leg}\t{facts.direction.value}\t"
            f"{text(facts.caller)}\t{text(facts.called)}\t{text(facts.sip_call_id)}\t{text(facts.source)}\t"
            f"{text(facts.caller_name)}\t{text(facts.user_agent)}\t{cdr.authorized_at_ms}\t{whole(cdr.answered_at_ms)}\t"
            f"{cdr.ended_at_ms}\t{cdr.duration_ms}\t{cdr.billed_s}\t{cdr.result}\t{cdr.sip_status}\t"
            f"{text(cdr.reason)}\t{text(cdr.refused_by)}\t{text(cdr.ended_by)}\t{text(cdr.terminator)}\t"
            f"{text(cdr.attempts_json)}\t{text(json_text(cdr.answers))}\t{'t' if cdr.is_marked else 'f'}\t{self._node}\n"
        )

    def charge(self, charge: ChargeRow) -> bytes:
        """A row of charge, in binary."""
        party, rated = charge.party, charge.rated
        fixed, terms = self._party(party)
        parts = rated.parts
        price_id = parts[0].price.price_id if parts else party.tariff.pieces[0].price.price_id
        explanation = b"%b%b}" % (terms, _parts_json(rated))
        # fmt: off
        fields = _CHARGE_FIELDS.pack(
            2, charge.level, 8, price_id, 4, rated.billed_s, 8, charge.amount, 8, charge.tax, 8, rated.amount,
            8, charge.answered_at_ms, len(explanation),
        )
        # fmt: on
        return b"%b%b%b%b" % (fixed, self._leg(charge.leg), fields, explanation)

    def _leg(self, leg: LegRow) -> bytes:
        """The fields that all charges of a leg share, made once for its charges, which follow each other."""
        if self._last_leg is not leg:
            call_id = leg.call_id
            self._last_leg = leg
            self._leg_fields = _LEG_FIELDS.pack(
                8, leg.chain.tenant_id, 8, created_at_us(call_id), 16, call_id.bytes, 2, leg.leg
            )
        return self._leg_fields

    def cost(self, cost: Cost) -> str:
        """The JSON text of what the owner pays."""
        known = self._costs.get(id(cost))
        if known is None:
            if len(self._costs) >= REMEMBERED_TEXTS:
                self._costs.clear()
            known = self._costs[id(cost)] = (cost, encode_cost(cost))
        return known[1]

    def _chain(self, chain: Chain) -> str:
        known = self._chains.get(id(chain))
        if known is None:
            if len(self._chains) >= REMEMBERED_TEXTS:
                self._chains.clear()
            known = self._chains[id(chain)] = (chain, _chain_text(chain))
        return known[1]

    def _party(self, party: Level | Cost) -> tuple[bytes, bytes]:
        known = self._parties.get(id(party))
        if known is None:
            if len(self._parties) >= REMEMBERED_TEXTS:
                self._parties.clear()
            known = self._parties[id(party)] = (party, _party_fields(party), _terms_json(party))
        return known[1], known[2]


def json_text(value: object) -> str:
    """JSON as text."""
    return orjson.dumps(value).decode()


def facts_json(facts: CallFacts) -> str:
    """The facts of a leg as a JSON object whose names are the fields of CallFacts."""
    return json_text(
        {
            "direction": facts.direction.value,
            "caller": facts.caller,
            "called": facts.called,
            "sip_call_id": facts.sip_call_id,
            "source": facts.source,
            "caller_name": facts.caller_name,
            "user_agent": facts.user_agent,
        }
    )


def _chain_text(chain: Chain) -> str:
    return (
        f"{chain.tenant_id}\t{chain.dealer_id}\t{whole(chain.peer_id)}\t"
        f"{array(level.balance_id for level in chain.levels)}\t{array(meter.balance_id for meter in chain.meters)}\t"
        f"{array(chain.dealer_ids)}\t{text(encode_chain(chain))}"
    )


def _party_fields(party: Level | Cost) -> bytes:
    """The first fields of a charge: those that are the same for every call at this level."""
    terms = party.tariff.terms
    if isinstance(party, Level):
        seller_dealer_id, tax_balance_id = party.seller_dealer_id, bigint_field(party.tax_balance_id)
        debit_balance_id, credit_balance_id = party.balance_id, party.sales_balance_id
    else:
        seller_dealer_id, tax_balance_id = party.dealer_id, bigint_field(None)
        debit_balance_id, credit_balance_id = party.cost_balance_id, party.payable_balance_id
    return b"".join(
        (
            field_count(len(CHARGE_COLUMNS)),
            bigint_field(party.dealer_id),
            bigint_field(seller_dealer_id),
            text_field(party.payer),
            text_field(party.seller),
            bigint_field(debit_balance_id),
            bigint_field(credit_balance_id),
            tax_balance_id,
            text_field(party.currency),
            bigint_field(party.exchange_rate),
            bigint_field(terms.pack_id),
            text_field(terms.currency),
            text_field(party.tariff.code),
        )
    )


def _terms_json(party: Level | Cost) -> bytes:
    """The first half of an explanation: the terms of the pack, frozen with the charge.

    ``terms``: decimals, rounding, increment from, tax mode, tax ppm; ``parts`` follow, one array a time band: price id,
    band, first block s, charged s, connect fee 10^-8.
    """
    terms = party.tariff.terms
    frozen = [terms.decimals, terms.rounding.value, terms.increment_from.value, terms.tax_mode.value, terms.tax_ppm]
    return b'{"terms":%b,"parts":' % orjson.dumps(frozen)


def _parts_json(rated: RatedCall) -> bytes:
    parts = rated.parts
    if len(parts) == 1 and parts[0].price.band is None:
        price, first_block_s, charged_s, connect_fee = parts[0]
        return b"[[%d,null,%d,%d,%d]]" % (price.price_id, first_block_s, charged_s, connect_fee)
    return orjson.dumps([[part.price.price_id, part.price.band, *part[1:]] for part in parts])
