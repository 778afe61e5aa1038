"""A throw-away database of its own for one command: made in a moment, gone when the command ends.

Making the schema takes seconds, so it is made once for each version of the migrations, in a cluster that is then stopped
and kept in the state directory; every use starts a *copy* of that cluster in a temporary directory. So runs at the same
time do not know of each other, and a command that is killed leaves nothing that another one would read.
"""

import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import smartswitch
from smartswitch.runtime.config import read_config
from smartswitch.runtime.postgres import EmbeddedPostgres

TEMPLATES = "scratch"
DATABASE = "scratch"


@contextmanager
def scratch_database() -> Iterator[str]:
    """Yield the URL of an empty database with the schema of this version."""
    template = _template(read_config().state_directory / TEMPLATES)
    directory = Path(tempfile.mkdtemp(prefix="smartswitch-scratch-"))
    try:
        directory.chmod(0o711)
        subprocess.run(["cp", "-a", "--reflink=auto", str(template / "data"), str(directory / "data")], check=True)
        with EmbeddedPostgres(directory) as server:
            yield server.database_url(DATABASE)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _template(parent: Path) -> Path:
    """The directory of a stopped cluster with the migrated database, made if this version has none yet."""
    parent.mkdir(parents=True, exist_ok=True)
    parent.chmod(0o711)
    template = parent / _schema_version()
    with (parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            for old in parent.iterdir():
                if old.is_dir():
                    shutil.rmtree(old)
            _make_template(template)
    return template


def _make_template(template: Path) -> None:
    from smartswitch.web.config.migrate import migrate

    unfinished = template.with_suffix(".new")
    unfinished.mkdir()
    unfinished.chmod(0o711)
    with EmbeddedPostgres(unfinished) as server:
        migrate(server.create_database(DATABASE))
    unfinished.rename(template)


def _schema_version() -> str:
    """A name that changes with any migration and any SQL file that migrations run."""
    web = Path(smartswitch.__file__).parent / "web"
    digest = hashlib.sha256()
    for path in sorted([*web.glob("*/migrations/*.py"), *web.glob("*/sql/*.sql")]):
        digest.update(path.relative_to(web).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
