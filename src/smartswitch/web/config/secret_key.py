"""The key with which the web account signs sessions: made once, kept in the state directory, readable by its owner only."""

import os
import secrets
from pathlib import Path

KEY_BYTES = 48


def secret_key_file(state_directory: Path) -> Path:
    """Where the key is kept."""
    return state_directory / "secrets" / "web_secret_key"


def make_secret_key(state_directory: Path) -> None:
    """Make the key if there is none; called before the web account starts."""
    file = secret_key_file(state_directory)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w") as stream:
        stream.write(secrets.token_urlsafe(KEY_BYTES))


def read_secret_key(state_directory: Path) -> str:
    """The key; where none was made (a migration, a test) one that lives as long as this process."""
    try:
        return secret_key_file(state_directory).read_text().strip()
    except (FileNotFoundError, PermissionError):
        return secrets.token_urlsafe(KEY_BYTES)
