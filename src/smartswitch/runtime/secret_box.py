"""Secrets that must be read again (a password by which a terminator knows us), encrypted at rest.

The key is made once and kept in the state directory, readable by its owner only; the database, its dumps and its backups
hold nothing but what Fernet (AES-128-CBC with HMAC-SHA256, from ``cryptography``) made of them. Passwords of *our* users are
not kept like this: of those only the digest hash is stored.
"""

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken


class SecretError(Exception):
    """A stored secret cannot be read: it was encrypted with another key, or damaged."""


class SecretBox:
    """Encrypts and decrypts short texts with the key of one state directory."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(key)

    def encrypt(self, text: str) -> str:
        """What may lie in the database."""
        return self._fernet.encrypt(text.encode("utf-8")).decode("ascii")

    def decrypt(self, encrypted: str) -> str:
        """The text again; raises SecretError."""
        try:
            return self._fernet.decrypt(encrypted.encode("ascii")).decode("utf-8")
        except (InvalidToken, UnicodeError) as error:
            raise SecretError(
                "a stored secret was encrypted with another key, or is damaged; enter it again"
            ) from error


def secret_key_path(state_directory: Path) -> Path:
    """Where the key is kept."""
    return state_directory / "secrets" / "secret_box_key"


def open_secret_box(state_directory: Path) -> SecretBox:
    """The box of a state directory; its key is made if there is none."""
    path = secret_key_path(state_directory)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return SecretBox(path.read_bytes())
    key = Fernet.generate_key()
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(key)
    return SecretBox(key)
