"""Billing packs (price lists). A price that has been in force is never changed, only ended (sql/price_history.sql)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from smartswitch.web.config.columns import (
    CurrencyField,
    LineField,
    ValidFromField,
    ValidToField,
    check,
    created_at,
    is_currency,
    key_rules,
    loose_reference,
    one_of,
    reference,
)

ROUNDINGS = ("up", "down", "half-up", "half-even")
INCREMENTS_FROM = ("first-block", "zero")
TAX_MODES = ("none", "added", "included")
AMOUNT_DECIMALS = 6
WHOLE_PPM = 1_000_000
DAY_MINUTES = 24 * 60


class BillingPack(models.Model):
    """A price list of one dealer. `version` rises with every change of its prices, time bands or holidays."""

    id = models.BigAutoField(primary_key=True)
    key = LineField()
    dealer = reference("dealers.Dealer")
    tenant_id = models.BigIntegerField(db_default=0, editable=False)
    name = LineField(db_default="", blank=True)
    currency = CurrencyField()
    decimals = models.SmallIntegerField(db_default=AMOUNT_DECIMALS)
    rounding = LineField(db_default="half-up")
    increment_from = LineField(db_default="first-block")
    tax_mode = LineField(db_default="none")
    tax_ppm = models.IntegerField(db_default=0)
    time_zone = LineField(db_default="UTC")
    version = models.BigIntegerField(db_default=0, editable=False)
    created_at = created_at()

    class Meta:
        db_table = "billing_pack"
        constraints = [
            *key_rules("billing_pack"),
            is_currency("billing_pack"),
            one_of("billing_pack", "rounding", ROUNDINGS),
            one_of("billing_pack", "increment_from", INCREMENTS_FROM),
            one_of("billing_pack", "tax_mode", TAX_MODES),
            check("billing_pack", "decimals_are_known", Q(decimals__gte=0, decimals__lte=AMOUNT_DECIMALS)),
            check("billing_pack", "tax_is_a_share", Q(tax_ppm__gte=0, tax_ppm__lte=WHOLE_PPM)),
        ]
        indexes = [models.Index(fields=["dealer"], name="billing_pack_dealer")]

    def __str__(self) -> str:
        return self.key


class TimeBand(models.Model):
    """Times of the local week (or, `is_holiday`, of holidays) with a name; a band may have several rows."""

    id = models.BigAutoField(primary_key=True)
    pack = reference("packs.BillingPack", on_delete=models.CASCADE)
    name = LineField()
    weekdays = ArrayField(models.IntegerField())
    start_minute = models.IntegerField(db_default=0)
    end_minute = models.IntegerField(db_default=DAY_MINUTES)
    is_holiday = models.BooleanField(db_default=False)

    class Meta:
        db_table = "time_band"
        constraints = [
            check("time_band", "weekdays_are_1_to_7", Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7])),
            check(
                "time_band",
                "minutes_are_of_one_day",
                Q(start_minute__gte=0, end_minute__gt=F("start_minute"), end_minute__lte=DAY_MINUTES),
            ),
        ]
        indexes = [models.Index(fields=["pack"], name="time_band_pack")]


class Holiday(models.Model):
    """A day on which the pack's holiday bands hold."""

    id = models.BigAutoField(primary_key=True)
    pack = reference("packs.BillingPack", on_delete=models.CASCADE)
    day = models.DateField()

    class Meta:
        db_table = "holiday"
        constraints = [models.UniqueConstraint(fields=["pack", "day"], name="holiday_day_of_pack")]


class Price(models.Model):
    """The price of one code, in one time band or (null) at all times, while it is valid. Prices and fees are 10^-8.

    Triggers prove once a statement, not once a row, that the pack exists (sql/price_history.sql): a foreign key would more
    than double the time in which a list of a million codes is stored.
    """

    id = models.BigAutoField(primary_key=True)
    pack = loose_reference("packs.BillingPack")
    code = LineField()
    band = LineField(null=True, blank=True)
    price_per_minute = models.BigIntegerField()
    first_price_per_minute = models.BigIntegerField()
    connect_fee = models.BigIntegerField(db_default=0)
    min_s = models.IntegerField(db_default=1)
    increment_s = models.IntegerField(db_default=1)
    free_s = models.IntegerField(db_default=0)
    grace_s = models.IntegerField(null=True, blank=True)
    valid_from = ValidFromField()
    valid_to = ValidToField()
    is_blocked = models.BooleanField(db_default=False)

    class Meta:
        db_table = "price"
        constraints = [
            check("price", "code_is_digits", Q(code__regex=r"^[0-9]{1,15}$")),
            check(
                "price",
                "seconds_are_sensible",
                Q(min_s__gte=0, increment_s__gte=1, free_s__gte=0) & (Q(grace_s__isnull=True) | Q(grace_s__gte=0)),
            ),
            check("price", "ends_after_it_starts", Q(valid_to__gte=F("valid_from"))),
            models.UniqueConstraint(
                fields=["pack", "code", "band", "valid_from"], name="price_of_code", nulls_distinct=False
            ),
        ]


class ExchangeRate(models.Model):
    """From a moment on, one unit of a currency is worth `rate` * 10^-9 units of another."""

    id = models.BigAutoField(primary_key=True)
    from_currency = CurrencyField()
    to_currency = CurrencyField()
    rate = models.BigIntegerField()
    valid_from = ValidFromField()

    class Meta:
        db_table = "exchange_rate"
        constraints = [
            is_currency("exchange_rate", "from_currency"),
            is_currency("exchange_rate", "to_currency"),
            check("exchange_rate", "rate_is_positive", Q(rate__gt=0)),
            check("exchange_rate", "currencies_differ", ~Q(from_currency=F("to_currency"))),
            models.UniqueConstraint(fields=["from_currency", "to_currency", "valid_from"], name="exchange_rate_moment"),
        ]
