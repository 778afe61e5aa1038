"""What the worker finds out and keeps. Its queue is made of the tables of procrastinate, which come with that library."""

from django.db import models
from django.db.models.functions import Now


class LedgerVerdict(models.Model):
    """One look at the whole ledger: what was wrong, if anything.

    Balances are always checked from the beginning, calls from `since` on. `violations` is a list of objects with the
    fields check, subject and message (charging/ledger_check.py); `ok` says that it is empty. Only the owner sees it.
    """

    id = models.BigAutoField(primary_key=True)
    checked_at = models.DateTimeField(db_default=Now())
    since = models.DateTimeField()
    duration_ms = models.IntegerField()
    ok = models.BooleanField()
    violations = models.JSONField()

    class Meta:
        db_table = "ledger_verdict"
        indexes = [models.Index(fields=["-checked_at"], name="ledger_verdict_newest")]
