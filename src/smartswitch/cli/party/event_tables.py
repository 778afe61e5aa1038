"""Reads the events of a business case: calls, top-ups, changes of prices and blocks."""

from collections.abc import Mapping

from smartswitch.cli.party import fields
from smartswitch.cli.party.pack_tables import increment_seconds, seconds
from smartswitch.cli.party.table import Complaints, Table, tables_of
from smartswitch.cli.party.values import BlockEvent, CallEvent, SetPriceEvent, TopupEvent


def read_calls(complaints: Complaints, document: Mapping[str, object]) -> tuple[CallEvent, ...]:
    """Read every [[call]]."""
    return tuple(_call(table) for table in tables_of(complaints, document, "call"))


def read_topups(complaints: Complaints, document: Mapping[str, object]) -> tuple[TopupEvent, ...]:
    """Read every [[topup]]."""
    return tuple(_topup(table) for table in tables_of(complaints, document, "topup"))


def read_set_prices(complaints: Complaints, document: Mapping[str, object]) -> tuple[SetPriceEvent, ...]:
    """Read every [[set_price]]."""
    return tuple(_set_price(table) for table in tables_of(complaints, document, "set_price"))


def read_blocks(complaints: Complaints, document: Mapping[str, object]) -> tuple[BlockEvent, ...]:
    """Read every [[block]]."""
    return tuple(_block(table) for table in tables_of(complaints, document, "block"))


def _call(table: Table) -> CallEvent:
    event = CallEvent(
        id=table.required("id", fields.text, ""),
        at_ms=table.required("at", fields.after_start_ms, 0),
        caller=table.required("from", fields.key, ""),
        from_number=table.optional("from_number", fields.number, None),
        to=table.required("to", fields.text, ""),
        answer_after_ms=table.optional("answer_after", fields.after_start_ms, None),
        hangup_after_ms=table.optional("hangup_after", fields.after_start_ms, None),
    )
    answered_ms, ended_ms = event.answer_after_ms, event.hangup_after_ms
    if answered_ms is not None and ended_ms is not None and ended_ms < answered_ms:
        table.complain("hangup_after is before answer_after; both are seconds from `at`")
    table.close()
    return event


def _topup(table: Table) -> TopupEvent:
    event = TopupEvent(
        at_ms=table.required("at", fields.after_start_ms, 0),
        to=table.required("to", fields.key, ""),
        amount=table.required("amount", fields.nonzero_amount, 0),
    )
    table.close()
    return event


def _set_price(table: Table) -> SetPriceEvent:
    event = SetPriceEvent(
        at_ms=table.required("at", fields.after_start_ms, 0),
        pack=table.required("pack", fields.key, ""),
        code=table.required("code", fields.code, ""),
        price_per_minute=table.required("price", fields.price, 0),
        first_price_per_minute=table.optional("first_price", fields.price, None),
        connect_fee=table.optional("connect_fee", fields.price, None),
        min_s=table.optional("min", seconds, None),
        increment_s=table.optional("increment", increment_seconds, None),
        free_s=table.optional("free", seconds, None),
        grace_s=table.optional("grace", seconds, None),
    )
    table.close()
    return event


def _block(table: Table) -> BlockEvent:
    event = BlockEvent(
        at_ms=table.required("at", fields.after_start_ms, 0),
        party=table.required("party", fields.key, ""),
    )
    table.close()
    return event
