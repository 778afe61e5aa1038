"""The audit log: who changed what, when, from what to what. Rows are written by triggers (sql/), never by Python.

At commit each new row gets its place in a chain of hashes; `audit_chain_breaks()` finds any row that was altered,
removed or inserted later.
"""

from django.contrib.postgres.functions import TransactionNow
from django.db import models
from django.db.models.functions import Now

from smartswitch.web.config.columns import LineField


class AuditEntry(models.Model):
    """One change. `dealer_id` is whose row it is; `by_dealer_id` the dealer for which the actor acted (null: the operator).

    `before` and `after` hold the fields that changed; of a row that was made or removed, all of them. `created_at` is when
    the transaction began, the same for all that one request has written.
    """

    id = models.BigAutoField(primary_key=True)
    created_at = models.DateTimeField(db_default=TransactionNow(), editable=False)
    actor = LineField()
    acting_for = LineField(null=True)
    origin = LineField(null=True)
    request_id = LineField(null=True)
    table_name = LineField()
    row_id = LineField(null=True)
    dealer_id = models.BigIntegerField(null=True)
    by_dealer_id = models.BigIntegerField(null=True)
    action = LineField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["table_name", "row_id"], name="audit_entry_row"),
            models.Index(fields=["dealer_id", "created_at"], name="audit_entry_dealer"),
            models.Index(fields=["by_dealer_id", "created_at"], name="audit_entry_by_dealer"),
            models.Index(fields=["created_at", "id"], name="audit_entry_newest"),
            models.Index(fields=["actor", "created_at"], name="audit_entry_actor"),
            models.Index(fields=["table_name", "created_at"], name="audit_entry_kind"),
            models.Index(
                fields=["actor", "row_id", "created_at"],
                name="audit_entry_acting",
                condition=models.Q(action="act_for"),
            ),
            models.Index(
                fields=["request_id"], name="audit_entry_request", condition=models.Q(request_id__isnull=False)
            ),
        ]


class AuditLink(models.Model):
    """The place of an entry in the chain: its hash is over the entry and the hash before it."""

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        db_table = "audit_chain"
        constraints = [models.UniqueConstraint(fields=["entry_id"], name="audit_chain_entry")]


class AuditVerdict(models.Model):
    """One look at the whole chain: what was broken, if anything, and where the chain ended then. Only the owner sees it.

    `breaks` is a list of objects with the fields place, entry_id and problem (chain_check.py); `ok` says that it is empty.
    A chain that no longer has `hash` at `place` was cut off, or written anew, since.
    """

    id = models.BigAutoField(primary_key=True)
    checked_at = models.DateTimeField(db_default=Now())
    duration_ms = models.IntegerField()
    entries = models.BigIntegerField()
    place = models.BigIntegerField()
    hash = models.BinaryField()
    ok = models.BooleanField()
    breaks = models.JSONField()

    class Meta:
        db_table = "audit_verdict"
        indexes = [models.Index(fields=["-checked_at"], name="audit_verdict_newest")]
