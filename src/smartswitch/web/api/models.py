"""What the API keeps: keys of programs, first answers to their writes, webhooks and what they were told."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from smartswitch.web.config.columns import LineField, check, created_at, loose_reference, one_of, reference

EVENTS = ("balance.low", "call.ended", "fraud.alarm")
STATUSES = ("waiting", "delivered", "failed")


class ApiKey(models.Model):
    """A key with which a program acts as the login that made it, within `scopes` (rights of the registry).

    Of the key itself only the SHA-256 is kept, and the first letters, by which people tell keys apart.
    """

    id = models.BigAutoField(primary_key=True)
    dealer = reference("dealers.Dealer", on_delete=models.CASCADE)
    login = reference("rights.Login", on_delete=models.CASCADE)
    name = LineField()
    prefix = LineField()
    secret_sha256 = LineField()
    scopes = ArrayField(models.TextField())
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = created_at()

    class Meta:
        db_table = "api_key"
        constraints = [
            models.UniqueConstraint(fields=["secret_sha256"], name="api_key_secret"),
            check("api_key", "secret_is_a_hash", Q(secret_sha256__regex=r"^[0-9a-f]{64}$")),  # noqa: S106 - a pattern
        ]
        indexes = [
            models.Index(fields=["dealer"], name="api_key_dealer"),
            models.Index(fields=["login"], name="api_key_login"),
        ]

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(models.Model):
    """The first answer to a write that a program may repeat. It is made with the write, in one transaction.

    `dealer` is the one for which the API key acted: in each house the program's keys are others.
    """

    id = models.BigAutoField(primary_key=True)
    dealer = reference("dealers.Dealer", on_delete=models.CASCADE)
    api_key = reference("api.ApiKey", on_delete=models.CASCADE)
    key = LineField()
    request_sha256 = LineField()
    status = models.SmallIntegerField(null=True)
    body = models.TextField(null=True)
    created_at = created_at()

    class Meta:
        db_table = "idempotency_key"
        constraints = [models.UniqueConstraint(fields=["api_key", "dealer", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_age")]


class Webhook(models.Model):
    """An address that is told of events in a dealer's house. `secret_encrypted` signs what it is told.

    `low_balance_threshold` is 10^-6 of a unit of each balance's own currency.
    """

    id = models.BigAutoField(primary_key=True)
    dealer = reference("dealers.Dealer", on_delete=models.CASCADE)
    name = LineField()
    url = LineField()
    events = ArrayField(models.TextField())
    low_balance_threshold = models.BigIntegerField(db_default=0)
    secret_encrypted = LineField()
    is_active = models.BooleanField(db_default=True)
    created_at = created_at()

    class Meta:
        db_table = "webhook"
        constraints = [check("webhook", "events_are_known", Q(events__contained_by=list(EVENTS)))]
        indexes = [models.Index(fields=["dealer"], name="webhook_dealer")]

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(models.Model):
    """One event for one webhook. `subject` names what it is about, so that nothing is told twice."""

    id = models.BigAutoField(primary_key=True)
    webhook = reference("api.Webhook", on_delete=models.CASCADE)
    event = LineField()
    subject = LineField()
    payload = models.TextField()
    status = LineField(db_default="waiting")
    attempts = models.SmallIntegerField(db_default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    response_status = models.SmallIntegerField(null=True)
    response_text = models.TextField(db_default="")
    delivered_at = models.DateTimeField(null=True)
    created_at = created_at()

    class Meta:
        db_table = "webhook_delivery"
        constraints = [
            one_of("webhook_delivery", "status", STATUSES),
            models.UniqueConstraint(fields=["webhook", "event", "subject"], name="webhook_delivery_once"),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="webhook_delivery_due", condition=Q(status="waiting")),
            models.Index(fields=["webhook", "-created_at"], name="webhook_delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.subject}"


class WebhookPosition(models.Model):
    """Up to where the events of a kind were looked for."""

    event = LineField(primary_key=True)
    position_ms = models.BigIntegerField()

    class Meta:
        db_table = "webhook_position"


class WebhookLowBalance(models.Model):
    """A balance that is low for a webhook and was told; the row goes when the balance rises again."""

    pk = models.CompositePrimaryKey("webhook", "balance")
    webhook = reference("api.Webhook", on_delete=models.CASCADE)
    balance = loose_reference("balances.Balance")
    since = created_at()

    class Meta:
        db_table = "webhook_low_balance"
