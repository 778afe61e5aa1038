"""The charging state machine on the engine and the real PostgreSQL; every run ends with a check of the ledger."""

import asyncio
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from smartswitch.charging.engine import ChargingEngine
from smartswitch.charging.ledger_check import check_ledger
from smartswitch.charging.payments import Paid, pay
from smartswitch.charging.pool import open_pool
from smartswitch.core.money import parse_amount
from smartswitch.protocol.charging import Command, Payment, Reply

from .charging_machine import CALL_LIMIT, ChargingMachine
from .parties import START_MS, Tree


class DatabaseLedger:
    """An engine on a fresh database, driven from outside its event loop."""

    def __init__(self, runner: asyncio.Runner, url: str) -> None:
        self.runner = runner
        self.opened = open_pool(url)
        self.pool = runner.run(self.opened.__aenter__())
        self.tree = runner.run(Tree.plant(self.pool, credit_limit=parse_amount("2"), call_limit=CALL_LIMIT))
        self.engine = ChargingEngine(self.pool, node="n1")
        runner.run(self.engine.start())

    def apply(self, command: Command) -> Reply:
        return self.runner.run(self.engine.submit(command))

    def pay(self, balance_id: int, amount: int) -> bool:
        return self.runner.run(self._pay(balance_id, amount))

    async def _pay(self, balance_id: int, amount: int) -> bool:
        payment = Payment(uuid4(), balance_id, amount, START_MS, "payment", "test")
        async with self.pool.acquire() as connection:
            first = await pay(connection, payment)
            assert await pay(connection, payment) == first
        return isinstance(first, Paid)

    def balances(self) -> dict[int, tuple[int, int, int]]:
        return self.runner.run(self.tree.money())

    def close(self) -> None:
        self.runner.run(self.engine.stop())
        violations = self.runner.run(self._check())
        self.runner.run(self.opened.__aexit__(None, None, None))
        assert violations == []

    async def _check(self) -> list[object]:
        async with self.pool.acquire() as connection:
            return list(await check_ledger(connection))


@pytest.mark.timeout(300)
def test_the_engine_agrees_with_the_model(postgres, migrated_template) -> None:
    with asyncio.Runner() as runner:

        class DatabaseMachine(ChargingMachine):
            def make_ledger(self) -> DatabaseLedger:
                self.name = f"machine_{uuid4().hex}"
                return DatabaseLedger(runner, postgres.create_database(self.name, template=migrated_template))

            def teardown(self) -> None:
                try:
                    self.ledger.close()
                finally:
                    postgres.drop_database(self.name)

        run_state_machine_as_test(
            DatabaseMachine,
            settings=settings(
                max_examples=12,
                stateful_step_count=40,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow],
            ),
        )
