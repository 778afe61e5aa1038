"""Where calls go: route classes and their routes, hunting classes, and what a dealer shares with those below."""

from django.contrib.postgres.fields import ArrayField, IntegerRangeField
from django.db import models
from django.db.models import F, Q

from smartswitch.web.config.columns import (
    LineField,
    ValidFromField,
    ValidToField,
    check,
    created_at,
    key_rules,
    one_of,
    reference,
)

METRICS = ("price", "priority", "code_length", "asr", "acd", "random")
MODES = ("strict", "rounded")
SHARED_NOUNS = ("route_class", "billing_pack")


class RouteClass(models.Model):
    """A set of routes. What it lacks is looked for in its base class; base classes form no cycle (a trigger)."""

    id = models.BigAutoField(primary_key=True)
    key = LineField()
    dealer = reference("dealers.Dealer")
    tenant_id = models.BigIntegerField(db_default=0, editable=False)
    name = LineField(db_default="", blank=True)
    base_class = reference("routes.RouteClass", null=True, blank=True)

    class Meta:
        db_table = "route_class"
        constraints = [
            *key_rules("route_class"),
            check("route_class", "is_not_its_own_base", Q(base_class__isnull=True) | ~Q(base_class=F("id"))),
        ]
        indexes = [models.Index(fields=["dealer"], name="route_class_dealer")]

    def __str__(self) -> str:
        return self.key


class Route(models.Model):
    """Calls to a code may go to a terminator. An empty code is every number. Minutes are those of the UTC week."""

    id = models.BigAutoField(primary_key=True)
    route_class = reference("routes.RouteClass", on_delete=models.CASCADE)
    code = LineField(db_default="", blank=True)
    terminator = reference("peers.Terminator")
    priority = models.IntegerField(db_default=10)
    weight = models.IntegerField(null=True, blank=True)
    valid_from = ValidFromField()
    valid_to = ValidToField()
    week_minutes = ArrayField(IntegerRangeField(), null=True, blank=True)
    call_limit = models.IntegerField(null=True, blank=True)
    calls_per_second_limit = models.IntegerField(null=True, blank=True)
    is_blocked = models.BooleanField(db_default=False)

    class Meta:
        db_table = "route"
        constraints = [
            check("route", "code_is_digits", Q(code__regex=r"^[0-9]{0,15}$")),
            check("route", "weight_is_a_percentage", Q(weight__isnull=True) | Q(weight__gte=1, weight__lte=100)),
            check(
                "route",
                "limits_are_positive",
                (Q(call_limit__isnull=True) | Q(call_limit__gt=0))
                & (Q(calls_per_second_limit__isnull=True) | Q(calls_per_second_limit__gt=0)),
            ),
            check("route", "ends_after_it_starts", Q(valid_to__gte=F("valid_from"))),
        ]
        indexes = [
            models.Index(fields=["route_class", "code"], name="route_class_code"),
            models.Index(fields=["terminator"], name="route_terminator"),
        ]


class HuntingClass(models.Model):
    """In which order the routes of a call are tried, how many of them, and what ends the search."""

    id = models.BigAutoField(primary_key=True)
    key = LineField()
    dealer = reference("dealers.Dealer")
    tenant_id = models.BigIntegerField(db_default=0, editable=False)
    name = LineField(db_default="", blank=True)
    metrics = ArrayField(LineField(), db_default=["priority", "price"])
    mode = LineField(db_default="strict")
    price_step = models.BigIntegerField(db_default=0)
    ratio_step_percent = models.IntegerField(db_default=0)
    max_attempts = models.IntegerField(db_default=5)
    stop_codes = ArrayField(models.IntegerField(), db_default=[])
    pdd_timeout_s = models.IntegerField(db_default=15)

    class Meta:
        db_table = "hunting_class"
        constraints = [
            *key_rules("hunting_class"),
            one_of("hunting_class", "mode", MODES),
            check("hunting_class", "metrics_are_known", Q(metrics__contained_by=list(METRICS))),
            check("hunting_class", "steps_are_not_negative", Q(price_step__gte=0, ratio_step_percent__gte=0)),
            check("hunting_class", "limits_are_positive", Q(max_attempts__gt=0, pdd_timeout_s__gt=0)),
        ]
        indexes = [models.Index(fields=["dealer"], name="hunting_class_dealer")]

    def __str__(self) -> str:
        return self.key


class Shared(models.Model):
    """The object named by `noun` and `object_id` may be used, not changed, by a dealer and everybody below it."""

    id = models.BigAutoField(primary_key=True)
    noun = LineField()
    object_id = models.BigIntegerField()
    with_dealer = reference("dealers.Dealer", on_delete=models.CASCADE)
    created_at = created_at()

    class Meta:
        db_table = "shared"
        constraints = [
            one_of("shared", "noun", SHARED_NOUNS),
            models.UniqueConstraint(fields=["noun", "object_id", "with_dealer"], name="shared_once"),
        ]
        indexes = [models.Index(fields=["with_dealer"], name="shared_with_dealer")]
