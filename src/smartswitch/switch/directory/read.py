"""Reads the whole directory once: for commands that look and go. The node keeps itself up to date (watch.py)."""

from smartswitch.switch.directory import load
from smartswitch.switch.directory.directory import Tables
from smartswitch.switch.directory.load import Connection


async def read_tables(connection: Connection) -> Tables:
    """Everything the directory is made of, as it stands now; makes the counter balances that are missing."""
    await load.make_counters(connection, connection)
    return Tables(
        dealers=await load.load_dealers(connection),
        companies=await load.load_companies(connection),
        peers=await load.load_peers(connection),
        terminators=await load.load_terminators(connection),
        dids=await load.load_dids(connection),
        addresses=await load.load_addresses(connection),
        translations=await load.load_translations(connection),
        packs=await load.load_packs(connection),
        rates=await load.load_rates(connection),
        route_classes=await load.load_route_classes(connection),
        hunting_classes=await load.load_hunting_classes(connection),
        counters=await load.load_counters(connection),
    )
