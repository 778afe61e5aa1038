"""Puts the demonstration into the database at the first start, and brings it up to this machine's ports at every start."""

from dataclasses import dataclass, field

from smartswitch.charging.queries import Connection
from smartswitch.cli.demo.hierarchy import PHONES, DemoPorts, demo_party_file, new_password
from smartswitch.cli.demo.logins import demo_query, make_logins, set_phone_passwords
from smartswitch.cli.loading.parties import load_parties
from smartswitch.cli.supervisor.free_ports import free_port

ACTOR = "demonstration"


@dataclass(frozen=True, slots=True)
class DemoSecrets:
    """Passwords that were made now and are shown once; empty if they were shown at an earlier start."""

    logins: dict[str, str] = field(default_factory=dict, repr=False)
    phones: dict[str, str] = field(default_factory=dict, repr=False)


def choose_ports() -> DemoPorts:
    """Ports for the demonstration's own machines, free at this moment."""
    return DemoPorts(carrier_a=free_port(), carrier_b=free_port(), shop=free_port(), card=free_port())


async def prepare_demo(connection: Connection, ports: DemoPorts, *, new_passwords: bool) -> DemoSecrets:
    """Load the hierarchy if it is not there, else only say where its machines are; make passwords if asked or needed."""
    async with connection.transaction():
        return await _prepare(connection, ports, new_passwords=new_passwords)


async def _prepare(connection: Connection, ports: DemoPorts, *, new_passwords: bool) -> DemoSecrets:
    if not await connection.fetchval(demo_query("is_loaded")):
        phones = {phone: new_password() for phone in PHONES}
        await load_parties(connection, demo_party_file(ports, phones), actor=ACTOR)
        return DemoSecrets(await make_logins(connection), phones)
    for key, port in (("carrier-a", ports.carrier_a), ("carrier-b", ports.carrier_b)):
        await connection.execute(demo_query("move_terminator"), key, port)
    for key, port in (("corner-shop-pbx", ports.shop), ("prepaid-card", ports.card)):
        await connection.execute(demo_query("move_peer"), key, port)
    if not new_passwords:
        return DemoSecrets()
    return DemoSecrets(await make_logins(connection), await set_phone_passwords(connection))
