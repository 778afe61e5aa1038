import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import smartswitch.web.config.columns
from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("dealers", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BillingPack",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", smartswitch.web.config.columns.LineField()),
                ("tenant_id", models.BigIntegerField(db_default=0, editable=False)),
                ("name", smartswitch.web.config.columns.LineField(blank=True, db_default="")),
                ("currency", smartswitch.web.config.columns.CurrencyField(max_length=3)),
                ("decimals", models.SmallIntegerField(db_default=6)),
                ("rounding", smartswitch.web.config.columns.LineField(db_default="half-up")),
                ("increment_from", smartswitch.web.config.columns.LineField(db_default="first-block")),
                ("tax_mode", smartswitch.web.config.columns.LineField(db_default="none")),
                ("tax_ppm", models.IntegerField(db_default=0)),
                ("time_zone", smartswitch.web.config.columns.LineField(db_default="UTC")),
                ("version", models.BigIntegerField(db_default=0, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "dealer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dealers.dealer",
                    ),
                ),
            ],
            options={
                "db_table": "billing_pack",
                "indexes": [models.Index(fields=["dealer"], name="billing_pack_dealer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$")),
                        name="billing_pack_key_is_well_formed",
                    ),
                    models.UniqueConstraint(fields=("key",), name="billing_pack_key"),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                        name="billing_pack_currency_is_a_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rounding__in", ["up", "down", "half-up", "half-even"])),
                        name="billing_pack_rounding_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("increment_from__in", ["first-block", "zero"])),
                        name="billing_pack_increment_from_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tax_mode__in", ["none", "added", "included"])),
                        name="billing_pack_tax_mode_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decimals__gte", 0), ("decimals__lte", 6)),
                        name="billing_pack_decimals_are_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tax_ppm__gte", 0), ("tax_ppm__lte", 1000000)),
                        name="billing_pack_tax_is_a_share",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("from_currency", smartswitch.web.config.columns.CurrencyField(max_length=3)),
                ("to_currency", smartswitch.web.config.columns.CurrencyField(max_length=3)),
                ("rate", models.BigIntegerField()),
                ("valid_from", smartswitch.web.config.columns.ValidFromField(blank=True, db_default="-infinity")),
            ],
            options={
                "db_table": "exchange_rate",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("from_currency__regex", "^[A-Z]{3}$")),
                        name="exchange_rate_from_currency_is_a_currency",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("to_currency__regex", "^[A-Z]{3}$")),
                        name="exchange_rate_to_currency_is_a_currency",
                    ),
                    models.CheckConstraint(condition=models.Q(("rate__gt", 0)), name="exchange_rate_rate_is_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("from_currency", models.F("to_currency")), _negated=True),
                        name="exchange_rate_currencies_differ",
                    ),
                    models.UniqueConstraint(
                        fields=("from_currency", "to_currency", "valid_from"), name="exchange_rate_moment"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Holiday",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                (
                    "pack",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="packs.billingpack",
                    ),
                ),
            ],
            options={
                "db_table": "holiday",
                "constraints": [models.UniqueConstraint(fields=("pack", "day"), name="holiday_day_of_pack")],
            },
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", smartswitch.web.config.columns.LineField()),
                ("band", smartswitch.web.config.columns.LineField(blank=True, null=True)),
                ("price_per_minute", models.BigIntegerField()),
                ("first_price_per_minute", models.BigIntegerField()),
                ("connect_fee", models.BigIntegerField(db_default=0)),
                ("min_s", models.IntegerField(db_default=1)),
                ("increment_s", models.IntegerField(db_default=1)),
                ("free_s", models.IntegerField(db_default=0)),
                ("grace_s", models.IntegerField(blank=True, null=True)),
                ("valid_from", smartswitch.web.config.columns.ValidFromField(blank=True, db_default="-infinity")),
                ("valid_to", smartswitch.web.config.columns.ValidToField(blank=True, db_default="infinity")),
                ("is_blocked", models.BooleanField(db_default=False)),
                (
                    "pack",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="packs.billingpack",
                    ),
                ),
            ],
            options={
                "db_table": "price",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[0-9]{1,15}$")), name="price_code_is_digits"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("free_s__gte", 0),
                            ("increment_s__gte", 1),
                            ("min_s__gte", 0),
                            models.Q(("grace_s__isnull", True), ("grace_s__gte", 0), _connector="OR"),
                        ),
                        name="price_seconds_are_sensible",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gte", models.F("valid_from"))), name="price_ends_after_it_starts"
                    ),
                    models.UniqueConstraint(
                        fields=("pack", "code", "band", "valid_from"), name="price_of_code", nulls_distinct=False
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TimeBand",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", smartswitch.web.config.columns.LineField()),
                ("weekdays", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ("start_minute", models.IntegerField(db_default=0)),
                ("end_minute", models.IntegerField(db_default=1440)),
                ("is_holiday", models.BooleanField(db_default=False)),
                (
                    "pack",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="packs.billingpack",
                    ),
                ),
            ],
            options={
                "db_table": "time_band",
                "indexes": [models.Index(fields=["pack"], name="time_band_pack")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("weekdays__contained_by", [1, 2, 3, 4, 5, 6, 7])),
                        name="time_band_weekdays_are_1_to_7",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("end_minute__gt", models.F("start_minute")),
                            ("end_minute__lte", 1440),
                            ("start_minute__gte", 0),
                        ),
                        name="time_band_minutes_are_of_one_day",
                    ),
                ],
            },
        ),
        run_sql_file("packs/price_history"),
    ]
