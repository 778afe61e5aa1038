"""Proves that the audit log is what was written: nothing altered, nothing removed, nothing put in later.

    report = await check_chain(connection)         # report.breaks is empty if the log is whole

The chain itself is proved by the database (`audit_chain_breaks`, sql/audit_reading.sql). A chain that was cut off at its end
would still be whole; it is found by the ends that earlier verdicts have kept.
"""

from dataclasses import dataclass

from smartswitch.runtime.connection import Connection
from smartswitch.web.audit.queries import query

CUT_OFF = "the chain was cut off or written anew since it was checked at {}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainBreak:
    """One place at which the log is not what was written; an entry that was never chained has no place."""

    place: int | None
    entry_id: int | None
    problem: str

    def __str__(self) -> str:
        where = "outside the chain" if self.place is None else f"place {self.place}"
        entry = "" if self.entry_id is None else f", entry {self.entry_id}"
        return f"{where}{entry}: {self.problem}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """What a check found: how many entries there are, the last link of the chain, and every break."""

    entries: int
    place: int
    hash: bytes
    breaks: tuple[ChainBreak, ...]


async def check_chain(connection: Connection) -> ChainReport:
    """Prove the whole chain in one snapshot of the database; it reads only."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        end = await connection.fetchrow(query("chain_end"))
        assert end is not None
        found = await connection.fetch("SELECT place, entry_id, problem FROM audit_chain_breaks()")
        breaks = [ChainBreak(place=row["place"], entry_id=row["entry_id"], problem=row["problem"]) for row in found]
        lost = await connection.fetchrow(query("chain_lost_ends"))
    if lost is not None:
        checked_at = lost["checked_at"].isoformat(" ", "seconds")
        breaks.append(ChainBreak(place=lost["place"], entry_id=None, problem=CUT_OFF.format(checked_at)))
    return ChainReport(entries=end["entries"], place=end["place"], hash=end["hash"], breaks=tuple(breaks))
