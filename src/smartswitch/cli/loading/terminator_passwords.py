"""Passwords by which terminators know us: they have to be read again, so they are stored encrypted (runtime/secret_box.py).

Encrypting a text twice gives two results; a password that is stored already is therefore compared and left as it is, so
that loading a file twice changes nothing.
"""

from smartswitch.charging.queries import Connection
from smartswitch.cli.party.table import PartyFileError
from smartswitch.cli.party.values import PartyFile
from smartswitch.cli.queries import loading_query
from smartswitch.runtime.secret_box import SecretBox, SecretError


async def encrypted_passwords(connection: Connection, file: PartyFile, box: SecretBox | None) -> dict[str, str]:
    """The encrypted password of each terminator that has one; PartyFileError if there is no box to encrypt with."""
    plain = {each.id: each.password for each in file.terminators if each.password is not None}
    if not plain:
        return {}
    if box is None:
        keys = ", ".join(plain)
        raise PartyFileError([f"{file.name}: the passwords of {keys} cannot be kept here: there is no state directory"])
    records = await connection.fetch(loading_query("read_terminator_passwords"), list(plain))
    stored = {record["key"]: record["auth_password_encrypted"] for record in records}
    return {
        key: stored[key] if key in stored and _is_same(box, stored[key], password) else box.encrypt(password)
        for key, password in plain.items()
    }


def _is_same(box: SecretBox, encrypted: str, password: str) -> bool:
    try:
        return box.decrypt(encrypted) == password
    except SecretError:
        return False
