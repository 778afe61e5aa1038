"""The settings of the embedded PostgreSQL, written at every start so that a new version of Smartswitch brings its own.

Money decides: `fsync` and `synchronous_commit` are on, so that what was acknowledged survives a power cut. Memory is
sized for a host that it shares with the whole system.
"""

import shutil
from pathlib import Path

LEAST_SHARED_MEMORY_BYTES = 256 * 1024 * 1024

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_compression": "on",
    "shared_buffers": "512MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_completion_target": "0.9",
    # Our statements are short; compiling them costs more than it saves.
    "jit": "off",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "datestyle": "iso, ymd",
    "log_min_duration_statement": "1s",
    # One forgotten transaction would stop vacuum for all.
    "idle_in_transaction_session_timeout": "5min",
    "default_text_search_config": "pg_catalog.simple",
}

# Whoever reaches the socket is the server's own user or root: the directory above it has mode 0700.
HBA_FILE = "local all all trust\n"


def settings_file(socket_directory: Path, hba_file: Path) -> str:
    """Return the text of `postgresql.conf` for a server that listens in `socket_directory` and admits by `hba_file`."""
    settings = SETTINGS | {
        "unix_socket_directories": str(socket_directory),
        "hba_file": str(hba_file),
        "dynamic_shared_memory_type": _shared_memory_type(),
    }
    lines = [f"{name} = '{_quoted(value)}'\n" for name, value in settings.items()]
    return "# Written by Smartswitch at every start; changes made here are lost.\n" + "".join(lines)


def _shared_memory_type() -> str:
    """Containers often have 64 MB of /dev/shm, on which a parallel query fails; files take its place there."""
    shared_memory = Path("/dev/shm")  # noqa: S108 - the name of the system's shared memory, nothing is created here
    if shared_memory.exists() and shutil.disk_usage(shared_memory).total >= LEAST_SHARED_MEMORY_BYTES:
        return "posix"
    return "mmap"


def _quoted(value: str) -> str:
    return value.replace("'", "''")
