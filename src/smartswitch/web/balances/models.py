"""Balances, and the transfers of the ledger that are not charges of calls.

A balance whose kind is peer, company or dealer keeps a running amount. The other kinds (a dealer's sales, a vendor's
payable...) are only ever summed from the ledger, so that they are never a row which every call must lock.
"""

from django.db import models
from django.db.models import F, Q

from smartswitch.web.config.columns import CurrencyField, LineField, check, created_at, is_currency, one_of, reference

RUNNING_KINDS = ("peer", "company", "dealer")
SUMMED_KINDS = ("sales", "tax", "payments", "cost", "payable", "adjustments")
TRANSFER_KINDS = ("payment", "adjustment", "transfer", "opening", "write_off", "correction")


class Balance(models.Model):
    """Where money is held. Amounts are 10^-6; no credit limit is no limit. Only the charging plane moves amounts.

    Neither `amount` nor `held` nor `live_calls` may be indexed: then every update of a call stays within its page (HOT).
    The limit on live calls is enforced by a trigger only when the count rises, so that a limit may be lowered at any time.
    """

    id = models.BigAutoField(primary_key=True)
    tenant_id = models.BigIntegerField(db_default=0)
    dealer = reference("dealers.Dealer")
    kind = LineField()
    party = LineField()
    currency = CurrencyField()
    amount = models.BigIntegerField(db_default=0)
    held = models.BigIntegerField(db_default=0)
    credit_limit = models.BigIntegerField(null=True, blank=True)
    call_limit = models.IntegerField(null=True, blank=True)
    live_calls = models.IntegerField(db_default=0)
    version = models.BigIntegerField(db_default=0)

    class Meta:
        db_table = "balance"
        constraints = [
            is_currency("balance"),
            one_of("balance", "kind", (*RUNNING_KINDS, *SUMMED_KINDS)),
            models.UniqueConstraint(fields=["kind", "party", "currency"], name="balance_of_party"),
            models.CheckConstraint(
                condition=Q(credit_limit__isnull=True) | Q(amount__gte=F("held") - F("credit_limit")),
                name="balance_within_limit",
            ),
            check("balance", "held_is_not_negative", Q(held__gte=0)),
            check("balance", "live_calls_is_not_negative", Q(live_calls__gte=0)),
            check("balance", "call_limit_is_not_negative", Q(call_limit__isnull=True) | Q(call_limit__gte=0)),
            check("balance", "summed_kinds_do_not_run", Q(kind__in=RUNNING_KINDS) | Q(amount=0, held=0)),
        ]
        indexes = [models.Index(fields=["dealer"], name="balance_dealer")]

    @property
    def available(self) -> int | None:
        """What calls may still use; None is any amount."""
        return None if self.credit_limit is None else self.amount + self.credit_limit - self.held


class LedgerTransfer(models.Model):
    """A transfer from one balance to another: a payment, a correction... Never changed, never deleted."""

    pk = models.CompositePrimaryKey("tenant_id", "created_at", "id")
    id = models.UUIDField()
    tenant_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    kind = LineField()
    debit_balance = reference("balances.Balance")
    credit_balance = reference("balances.Balance")
    amount = models.BigIntegerField()
    currency = CurrencyField()
    actor = LineField()
    note = LineField(db_default="")
    reverses = models.UUIDField(null=True)

    class Meta:
        db_table = "ledger_transfer"


class PaymentKey(models.Model):
    """The first answer to each payment, which its repeats get again."""

    payment_id = models.UUIDField(primary_key=True)
    answer = models.JSONField()
    created_at = created_at()

    class Meta:
        db_table = "payment_key"
