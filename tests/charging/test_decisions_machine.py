"""The charging state machine on the pure decisions: many runs, because they are cheap."""

from hypothesis import HealthCheck, settings

from smartswitch.charging.batch_state import BatchState
from smartswitch.charging.decisions import decide
from smartswitch.protocol.charging import Command, Reply

from .charging_machine import CALL_LIMIT, ChargingMachine
from .parties import balances


class PureLedger:
    """The decisions on rows in memory."""

    def __init__(self) -> None:
        self.state: BatchState = balances(
            (1, "0"), (2, "0"), (3, "0"), (4, "0"), credit_limit="2", call_limit=CALL_LIMIT
        )

    def apply(self, command: Command) -> Reply:
        return decide(self.state, command)

    def pay(self, balance_id: int, amount: int) -> bool:
        balance = self.state.balances[balance_id]
        if amount < 0 and balance.available + amount < 0:
            return False
        balance.amount += amount
        return True

    def balances(self) -> dict[int, tuple[int, int, int]]:
        return {row.id: (row.amount, row.held, row.live_calls) for row in self.state.balances.values()}


class PureMachine(ChargingMachine):
    def make_ledger(self) -> PureLedger:
        return PureLedger()


TestPureMachine = PureMachine.TestCase
TestPureMachine.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
