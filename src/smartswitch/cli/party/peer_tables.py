"""Reads what a peer or a terminator may have several of: networks it calls from, and translations of numbers."""

from smartswitch.cli.party import fields
from smartswitch.cli.party.table import Table
from smartswitch.cli.party.values import AddressRow, TranslationRow
from smartswitch.core.number_pattern import PatternError, parse_rule

ANY_NETWORK = "0.0.0.0/32"


def read_addresses(table: Table) -> tuple[AddressRow, ...]:
    """Read `addresses`: networks as text (allowed), or tables with network, action, port and transport."""
    if not table.holds_text_list("addresses"):
        return tuple(_address(each) for each in table.tables("addresses"))
    networks = table.optional("addresses", fields.list_of(fields.network), ())
    return tuple(AddressRow(network=each, action="allow", port=None, transport=None) for each in networks)


def _address(table: Table) -> AddressRow:
    row = AddressRow(
        network=table.required("network", fields.network, ANY_NETWORK),
        action=table.optional("action", fields.choice("allow", "deny"), "allow"),
        port=table.optional("port", fields.whole(1, 65535), None),
        transport=table.optional("transport", fields.choice("udp", "tcp", "tls"), None),
    )
    table.close()
    return row


def read_translations(table: Table) -> tuple[TranslationRow, ...]:
    """Read `translations`: tables with direction, field, pattern and replacement, applied in this order."""
    return tuple(_translation(each) for each in table.tables("translations"))


def _translation(table: Table) -> TranslationRow:
    row = TranslationRow(
        direction=table.required("direction", fields.choice("from_peer", "to_peer"), "from_peer"),
        field=table.optional("field", fields.choice("caller", "called"), "called"),
        pattern=table.required("pattern", fields.text, ""),
        replacement=table.required("replacement", fields.replacement, ""),
    )
    try:
        parse_rule(row.pattern, row.replacement)
    except PatternError as error:
        table.complain(str(error))
    table.close()
    return row
