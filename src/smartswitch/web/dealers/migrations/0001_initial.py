import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import smartswitch.web.config.columns


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("balances", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Dealer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", smartswitch.web.config.columns.LineField()),
                ("name", smartswitch.web.config.columns.LineField(blank=True, db_default="")),
                (
                    "path",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), db_default=[], editable=False, size=None
                    ),
                ),
                ("tenant_id", models.BigIntegerField(db_default=0, editable=False)),
                ("currency", smartswitch.web.config.columns.CurrencyField(max_length=3)),
                ("is_blocked", models.BooleanField(db_default=False)),
                ("is_virtual_pbx", models.BooleanField(db_default=False)),
                ("profit_control", smartswitch.web.config.columns.LineField(db_default="allow_losses")),
                ("calls_per_second_limit", models.IntegerField(blank=True, null=True)),
                ("time_zone", smartswitch.web.config.columns.LineField(db_default="UTC")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "balance",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="balances.balance"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="dealers.dealer",
                    ),
                ),
            ],
            options={
                "db_table": "dealer",
                "indexes": [
                    models.Index(fields=["parent"], name="dealer_parent"),
                    django.contrib.postgres.indexes.GinIndex(fields=["path"], name="dealer_path"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$")),
                        name="dealer_key_is_well_formed",
                    ),
                    models.UniqueConstraint(fields=("key",), name="dealer_key"),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="dealer_currency_is_a_currency"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("profit_control__in", ["allow_losses", "no_losses", "profit_only"])),
                        name="dealer_profit_control_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("calls_per_second_limit__isnull", True), ("calls_per_second_limit__gt", 0), _connector="OR"
                        ),
                        name="dealer_limits_are_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("key", "owner"), ("parent__isnull", True)),
                            models.Q(("parent__isnull", False), models.Q(("key", "owner"), _negated=True)),
                            _connector="OR",
                        ),
                        name="dealer_only_the_owner_has_no_parent",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("parent", models.F("id")), _negated=True),
                        name="dealer_is_not_its_own_parent",
                    ),
                ],
            },
        ),
    ]
