"""The people of the demonstration, one for each level of the tree, and what their dealers may do."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher

from smartswitch.charging.queries import Connection
from smartswitch.cli.demo.hierarchy import PHONES, new_password
from smartswitch.core.digest import digests_of
from smartswitch.core.rights import ALL_RIGHTS
from smartswitch.core.rights.standard_roles import VIRTUAL_PBX_RIGHTS

ARGON2_TIME_COST, ARGON2_MEMORY_KIB, ARGON2_LANES = 2, 102_400, 8
"""The strength that the web account expects (Django's Argon2PasswordHasher); others would be hashed anew at login."""


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A person: what he is called, and for which dealer he works."""

    username: str
    dealer: str
    name: str


LOGINS = (
    DemoLogin("owner", "owner", "The owner"),
    DemoLogin("north", "north", "North Communications, a dealer"),
    DemoLogin("city", "city", "City Net, a dealer below North"),
    DemoLogin("office", "office", "Example Office, a Virtual PBX"),
)


@cache
def demo_query(name: str) -> str:
    """The text of ``sql/<name>.sql``; FileNotFoundError is a bug."""
    return files("smartswitch.cli").joinpath("demo", "sql", f"{name}.sql").read_text(encoding="utf-8")


async def make_logins(connection: Connection) -> dict[str, str]:
    """Make the people, or give them new passwords; returns the passwords by username."""
    hasher = PasswordHasher(time_cost=ARGON2_TIME_COST, memory_cost=ARGON2_MEMORY_KIB, parallelism=ARGON2_LANES)
    passwords = {login.username: new_password() for login in LOGINS}
    for login in LOGINS:
        # Django writes the name of the hasher before what argon2 returns.
        encoded = f"argon2{hasher.hash(passwords[login.username])}"
        await connection.execute(demo_query("upsert_login"), login.username, encoded, login.dealer, login.name)
    for dealer, rights in (("north", ALL_RIGHTS), ("city", ALL_RIGHTS), ("office", VIRTUAL_PBX_RIGHTS)):
        await connection.execute(demo_query("grant_rights"), dealer, sorted(rights))
    return passwords


async def set_phone_passwords(connection: Connection) -> dict[str, str]:
    """Give both phones new passwords; returns them by username."""
    passwords = {phone: new_password() for phone in PHONES}
    for phone, password in passwords.items():
        await connection.execute(demo_query("set_digest"), phone, *digests_of(username=phone, password=password))
    return passwords
