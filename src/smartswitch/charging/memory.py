"""What a process remembers of the database between two batches: open legs and balances as its last batch left them.

It is a guess, and saves the reading and the locking. A row is written only if its ``seq`` or ``version`` is still the one
that is remembered, and every change raises it, whoever makes it; so a guess that is wrong moves no money. A refusal writes
nothing to a balance, so before it is told the versions are looked at again.
"""

from smartswitch.charging.batch_state import BalanceRow, BatchState, ClosedLeg, LegKey, LegRow

MOST_LEGS = 100_000
MOST_BALANCES = 200_000
"""Beyond these everything is forgotten, and read again when it is needed."""


class Memory:
    """Legs and balances by their keys; ``forget`` when something went wrong, for then nothing of it is certain."""

    def __init__(self) -> None:
        self.legs: dict[LegKey, LegRow] = {}
        self.closed: dict[LegKey, ClosedLeg] = {}
        """What the last batch closed, whose CDRs may still be on their way."""
        self.balances: dict[int, BalanceRow] = {}

    def keep(self, state: BatchState) -> None:
        """Take what a batch left: its legs that are still open, those that it closed, and its balances."""
        if len(self.legs) > MOST_LEGS or len(self.balances) > MOST_BALANCES:
            self.forget()
        self.legs.update(state.legs)
        self.balances.update(state.balances)
        self.closed = state.closed

    def forget(self) -> None:
        """Remember nothing any more."""
        self.legs.clear()
        self.closed = {}
        self.balances.clear()
