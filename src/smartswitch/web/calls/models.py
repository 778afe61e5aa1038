"""Calls in progress, the facts and charges of calls that ended, and the nodes that carry them.

Written by the charging plane only. These are the hot tables: their references are not foreign keys
(docs/adr/0010-ledger-rows-are-charges.md), and `cdr` and `charge` are partitioned by the month of the call id.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from smartswitch.web.config.columns import CurrencyField, LineField, check, loose_reference, one_of

LEG_STATES = ("authorized", "answered")
OWNER_COST_LEVEL = 99
"""The level of a charge that is what the owner pays the terminator."""


class OpenLeg(models.Model):
    """A leg in progress, with what is held for it: `held[i]` is held on `balance_ids[i]`, for all levels or for none.

    `chain`, `facts`, `cost` and `answers` are JSON that only the charging plane reads; as text they cost nothing to store.
    What changes stands together, behind what does not, so that an update writes little to the log of the database.
    """

    pk = models.CompositePrimaryKey("call_id", "leg")
    tenant_id = models.BigIntegerField()
    call_id = models.UUIDField()
    leg = models.SmallIntegerField()
    authorized_at_ms = models.BigIntegerField()
    balance_ids = ArrayField(models.BigIntegerField())
    meter_ids = ArrayField(models.BigIntegerField())
    dealer_ids = ArrayField(models.BigIntegerField())
    chain = models.TextField()
    facts = models.TextField()
    node = LineField()
    dealer = loose_reference("dealers.Dealer")
    peer = loose_reference("peers.Peer", null=True)
    seq = models.IntegerField()
    state = LineField()
    granted_s = models.IntegerField()
    slice_s = models.IntegerField()
    answered_at_ms = models.BigIntegerField(null=True)
    confirmed_at_ms = models.BigIntegerField()
    held = ArrayField(models.BigIntegerField())
    cost = models.TextField(null=True)
    answers = models.TextField()

    class Meta:
        db_table = "open_leg"
        constraints = [
            one_of("open_leg", "state", LEG_STATES),
            check("open_leg", "holds_once_per_balance", Q(balance_ids__len=F("held__len"))),
        ]


class Cdr(models.Model):
    """The facts of a leg that is over. `created_at` is the moment inside the call id; `dealer_ids` the path of dealers."""

    pk = models.CompositePrimaryKey("created_at", "call_id", "leg", "tenant_id")
    tenant_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    call_id = models.UUIDField()
    leg = models.SmallIntegerField()
    dealer = loose_reference("dealers.Dealer")
    dealer_ids = ArrayField(models.BigIntegerField())
    peer = loose_reference("peers.Peer", null=True)
    direction = LineField()
    caller = LineField()
    called = LineField()
    sip_call_id = LineField()
    source = LineField()
    caller_name = LineField()
    user_agent = LineField()
    authorized_at_ms = models.BigIntegerField()
    answered_at_ms = models.BigIntegerField(null=True)
    ended_at_ms = models.BigIntegerField()
    duration_ms = models.BigIntegerField()
    billed_s = models.IntegerField()
    level_count = models.SmallIntegerField()
    result = LineField()
    sip_status = models.IntegerField()
    reason = LineField(null=True)
    refused_by = LineField(null=True)
    ended_by = LineField(null=True)
    terminator = LineField(null=True)
    attempts = models.JSONField()
    answers = models.TextField()
    marked = models.BooleanField(db_default=False)
    node = LineField()

    class Meta:
        db_table = "cdr"


class Charge(models.Model):
    """What one level paid for one leg; a row of the ledger. `explanation` says by which prices."""

    pk = models.CompositePrimaryKey("created_at", "call_id", "leg", "level", "tenant_id")
    tenant_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    call_id = models.UUIDField()
    leg = models.SmallIntegerField()
    level = models.SmallIntegerField()
    dealer = loose_reference("dealers.Dealer")
    seller_dealer = loose_reference("dealers.Dealer")
    payer = LineField()
    seller = LineField()
    debit_balance = loose_reference("balances.Balance")
    credit_balance = loose_reference("balances.Balance")
    tax_balance = loose_reference("balances.Balance", null=True)
    amount = models.BigIntegerField()
    tax = models.BigIntegerField()
    currency = CurrencyField()
    pack_amount = models.BigIntegerField()
    pack_currency = CurrencyField()
    exchange_rate = models.BigIntegerField()
    pack = loose_reference("packs.BillingPack")
    price = loose_reference("packs.Price")
    code = LineField()
    billed_s = models.IntegerField()
    answered_at_ms = models.BigIntegerField()
    explanation = models.TextField()

    class Meta:
        db_table = "charge"


class Node(models.Model):
    """A node that runs or ran, and when it was last seen."""

    name = LineField(primary_key=True)
    started_at = models.DateTimeField()
    seen_at_ms = models.BigIntegerField()

    class Meta:
        db_table = "node"
