"""A company is the customer or partner record of one dealer; it owns peers, and may pay for them from its balance."""

from django.db import models

from smartswitch.web.config.columns import LineField, created_at, key_rules, reference, searched


class Company(models.Model):
    """A customer or partner."""

    id = models.BigAutoField(primary_key=True)
    key = LineField()
    dealer = reference("dealers.Dealer")
    tenant_id = models.BigIntegerField(db_default=0, editable=False)
    name = LineField(db_default="", blank=True)
    balance = models.OneToOneField("balances.Balance", on_delete=models.PROTECT, related_name="+")
    pack = reference("packs.BillingPack", null=True, blank=True)
    inbound_pack = reference("packs.BillingPack", null=True, blank=True)
    is_blocked = models.BooleanField(db_default=False)
    created_at = created_at()
    searched = searched("key", "name")

    class Meta:
        db_table = "company"
        constraints = [
            *key_rules("company"),
            models.UniqueConstraint(fields=["id", "dealer"], name="company_of_dealer"),
        ]
        indexes = [models.Index(fields=["dealer"], name="company_dealer")]

    def __str__(self) -> str:
        return self.key
