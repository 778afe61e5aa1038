"""The owner of a new installation: whoever makes the first login needs a house to log in to, and no party file for it."""

import json
from pathlib import Path

from smartswitch.cli.loading.parties import load_parties
from smartswitch.cli.party_file import parse_party_file
from smartswitch.runtime.connection import open_connection

OWNER = "owner"


async def make_first_owner(database_url: str, *, currency: str, actor: str) -> bool:
    """Make the owner with his common route class, if there is no dealer yet; whether he was made.

    PartyFileError if the currency is none.
    """
    file = parse_party_file(
        f"[owner]\ncurrency = {json.dumps(currency)}\n", name="the owner", directory=Path("nowhere")
    )
    async with open_connection(database_url) as connection:
        if await connection.fetchval("SELECT EXISTS (SELECT FROM dealer)"):
            return False
        await load_parties(connection, file, actor=actor)
    return True
