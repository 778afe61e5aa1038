"""What a decided batch writes, made ready before it is written: the statements with their arguments, the rows for COPY.

It is made at once after the decisions, for the next batch may be decided on the same legs and balances while this one is
on its way to the disk. Pure: no I/O.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from smartswitch.charging.batch_state import BalanceRow, BatchState, LegRow
from smartswitch.charging.copy_binary import HEADER, TRAILER
from smartswitch.charging.copy_text import array
from smartswitch.charging.rows import CDR_COLUMNS, CHARGE_COLUMNS, OPEN_LEG_COLUMNS, RowWriter, json_text


@dataclass(frozen=True, slots=True)
class Statement:
    """A named query that must change exactly ``count`` rows: fewer, and a row is not what the batch took it for."""

    name: str
    arguments: tuple[object, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Copy:
    """Rows for a table, whole."""

    table: str
    columns: tuple[str, ...]
    content: bytes
    is_binary: bool = False


@dataclass(frozen=True, slots=True)
class BatchRows:
    """All that one batch writes."""

    statements: tuple[Statement, ...]
    copies: tuple[Copy, ...]


class FinishedRows:
    """Rows that no later command of the batch can change: CDRs and charges. They may be made while others are decided."""

    def __init__(self, writer: RowWriter) -> None:
        self._writer = writer
        self._cdrs: list[str] = []
        self._charges: list[bytes] = []

    def take(self, state: BatchState) -> None:
        """Make the rows of what was closed and charged since the last time."""
        for cdr in state.cdrs:
            self._cdrs.append(self._writer.cdr(cdr))
        for charge in state.charges:
            self._charges.append(self._writer.charge(charge))
        state.cdrs.clear()
        state.charges.clear()

    def copies(self) -> list[Copy]:
        """All of them, for COPY."""
        copies: list[Copy] = []
        if self._cdrs:
            copies.append(Copy("cdr", CDR_COLUMNS, "".join(self._cdrs).encode()))
        if self._charges:
            content = b"".join([HEADER, *self._charges, TRAILER])
            copies.append(Copy("charge", CHARGE_COLUMNS, content, is_binary=True))
        return copies


def batch_rows(state: BatchState, finished: FinishedRows, *, node: str, writer: RowWriter) -> BatchRows:
    """Write down what the decisions changed; afterwards legs and balances are as they will stand in the database."""
    changed = [leg for leg in state.legs.values() if leg.is_changed and not leg.is_new]
    # In the order of their ids, so that two nodes that share legs do not wait for each other.
    changed.sort(key=_place)
    answered = [leg for leg in changed if not leg.is_regranted and leg.answered_at_ms is not None]
    regranted = [leg for leg in changed if leg.is_regranted or leg.answered_at_ms is None]
    statements: list[Statement] = []
    balances = sorted([balance for balance in state.balances.values() if balance.is_changed], key=_id)
    if balances:
        statements.append(_write_balances(balances))
    if answered:
        statements.append(_answer_open_legs(answered, node, writer))
    if regranted:
        statements.append(_update_open_legs(regranted, node, writer))
    if state.deleted:
        statements.append(_delete_open_legs(state))
    new_legs = [writer.open_leg(leg) for leg in state.legs.values() if leg.is_new]
    copies = [Copy("open_leg", OPEN_LEG_COLUMNS, "".join(new_legs).encode())] if new_legs else []
    rows = BatchRows(tuple(statements), (*copies, *finished.copies()))
    _settle_marks(state, balances)
    return rows


def _settle_marks(state: BatchState, balances: Sequence[BalanceRow]) -> None:
    for balance in balances:
        balance.version += 1
        balance.is_changed = False
    for leg in state.legs.values():
        leg.is_new = leg.is_changed = leg.is_regranted = False
        leg.stored_seq = leg.seq


def _place(leg: LegRow) -> tuple[int, int]:
    return leg.call_id.int, leg.leg


def _id(balance: BalanceRow) -> int:
    return balance.id


def _write_balances(balances: Sequence[BalanceRow]) -> Statement:
    arguments = (
        array([balance.id for balance in balances]),
        array([balance.amount for balance in balances]),
        array([balance.held for balance in balances]),
        array([balance.live_calls for balance in balances]),
        array([balance.version for balance in balances]),
    )
    return Statement("write_balances", arguments, len(balances))


def _answer_open_legs(legs: Sequence[LegRow], node: str, writer: RowWriter) -> Statement:
    arguments = (
        texts([leg.call_text() for leg in legs]),
        array([leg.leg for leg in legs]),
        array([leg.stored_seq for leg in legs]),
        array([leg.seq for leg in legs]),
        texts([str(leg.answered_at_ms) for leg in legs]),
        array([leg.confirmed_at_ms for leg in legs]),
        [json_text(leg.answers) for leg in legs],
        [None if leg.cost is None else writer.cost(leg.cost) for leg in legs],
        node,
    )
    return Statement("answer_open_legs", arguments, len(legs))


def _update_open_legs(legs: Sequence[LegRow], node: str, writer: RowWriter) -> Statement:
    arguments = (
        texts([leg.call_text() for leg in legs]),
        array([leg.leg for leg in legs]),
        array([leg.stored_seq for leg in legs]),
        array([leg.seq for leg in legs]),
        array([leg.granted_s for leg in legs]),
        array([leg.slice_s for leg in legs]),
        texts(["NULL" if leg.answered_at_ms is None else str(leg.answered_at_ms) for leg in legs]),
        array([leg.confirmed_at_ms for leg in legs]),
        [array(leg.held) for leg in legs],
        [json_text(leg.answers) for leg in legs],
        [None if leg.cost is None else writer.cost(leg.cost) for leg in legs],
        node,
    )
    return Statement("update_open_legs", arguments, len(legs))


def _delete_open_legs(state: BatchState) -> Statement:
    deleted = sorted(state.deleted, key=_place)
    arguments = (
        texts([leg.call_text() for leg in deleted]),
        array([leg.leg for leg in deleted]),
        array([leg.stored_seq for leg in deleted]),
    )
    return Statement("delete_open_legs", arguments, len(deleted))


def texts(values: Iterable[str]) -> str:
    """An array literal of texts that need no quotes: uuids and numbers."""
    return "{" + ",".join(values) + "}"
