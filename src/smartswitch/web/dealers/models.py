"""A dealer buys from its parent and sells to its children and customers. The root of the tree is the owner.

`path` and `tenant_id` are kept by a trigger (sql/dealer_tree.sql): nobody writes them, and a cycle is impossible.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from smartswitch.web.config.columns import (
    CurrencyField,
    LineField,
    check,
    created_at,
    is_currency,
    key_rules,
    one_of,
    reference,
)

OWNER_KEY = "owner"
PROFIT_CONTROLS = ("allow_losses", "no_losses", "profit_only")


class Dealer(models.Model):
    """One node of the tree. `parent` is null only for the owner; a null class or pack is inherited or absent."""

    id = models.BigAutoField(primary_key=True)
    key = LineField()
    name = LineField(db_default="", blank=True)
    parent = reference("dealers.Dealer", null=True, blank=True, related_name="children")
    path = ArrayField(models.BigIntegerField(), db_default=[], editable=False)
    tenant_id = models.BigIntegerField(db_default=0, editable=False)
    currency = CurrencyField()
    pack = reference("packs.BillingPack", null=True, blank=True)
    inbound_pack = reference("packs.BillingPack", null=True, blank=True)
    balance = models.OneToOneField("balances.Balance", on_delete=models.PROTECT, related_name="+")
    is_blocked = models.BooleanField(db_default=False)
    is_virtual_pbx = models.BooleanField(db_default=False)
    profit_control = LineField(db_default="allow_losses")
    calls_per_second_limit = models.IntegerField(null=True, blank=True)
    route_class = reference("routes.RouteClass", null=True, blank=True)
    hunting_class = reference("routes.HuntingClass", null=True, blank=True)
    time_zone = LineField(db_default="UTC")
    requires_second_factor = models.BooleanField(db_default=False)
    created_at = created_at()

    class Meta:
        db_table = "dealer"
        constraints = [
            *key_rules("dealer"),
            is_currency("dealer"),
            one_of("dealer", "profit_control", PROFIT_CONTROLS),
            check(
                "dealer",
                "limits_are_positive",
                Q(calls_per_second_limit__isnull=True) | Q(calls_per_second_limit__gt=0),
            ),
            check(
                "dealer",
                "only_the_owner_has_no_parent",
                Q(parent__isnull=True, key=OWNER_KEY) | (Q(parent__isnull=False) & ~Q(key=OWNER_KEY)),
            ),
            check("dealer", "is_not_its_own_parent", ~Q(parent=F("id"))),
        ]
        indexes = [
            models.Index(fields=["parent"], name="dealer_parent"),
            GinIndex(fields=["path"], name="dealer_path"),
        ]

    def __str__(self) -> str:
        return self.key
