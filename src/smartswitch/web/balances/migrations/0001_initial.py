import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

import smartswitch.web.config.columns


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="PaymentKey",
            fields=[
                ("payment_id", models.UUIDField(primary_key=True, serialize=False)),
                ("answer", models.JSONField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "db_table": "payment_key",
            },
        ),
        migrations.CreateModel(
            name="Balance",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("tenant_id", models.BigIntegerField(db_default=0)),
                ("kind", smartswitch.web.config.columns.LineField()),
                ("party", smartswitch.web.config.columns.LineField()),
                ("currency", smartswitch.web.config.columns.CurrencyField(max_length=3)),
                ("amount", models.BigIntegerField(db_default=0)),
                ("held", models.BigIntegerField(db_default=0)),
                ("credit_limit", models.BigIntegerField(blank=True, null=True)),
                ("call_limit", models.IntegerField(blank=True, null=True)),
                ("live_calls", models.IntegerField(db_default=0)),
                ("version", models.BigIntegerField(db_default=0)),
            ],
            options={
                "db_table": "balance",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="balance_currency_is_a_currency"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "peer",
                                    "company",
                                    "dealer",
                                    "sales",
                                    "tax",
                                    "payments",
                                    "cost",
                                    "payable",
                                    "adjustments",
                                ],
                            )
                        ),
                        name="balance_kind_is_known",
                    ),
                    models.UniqueConstraint(fields=("kind", "party", "currency"), name="balance_of_party"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("credit_limit__isnull", True),
                            (
                                "amount__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("held"), "-", models.F("credit_limit")
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="balance_within_limit",
                    ),
                    models.CheckConstraint(condition=models.Q(("held__gte", 0)), name="balance_held_is_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(("live_calls__gte", 0)), name="balance_live_calls_is_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("call_limit__isnull", True), ("call_limit__gte", 0), _connector="OR"),
                        name="balance_call_limit_is_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ("peer", "company", "dealer")),
                            models.Q(("amount", 0), ("held", 0)),
                            _connector="OR",
                        ),
                        name="balance_summed_kinds_do_not_run",
                    ),
                ],
            },
        ),
    ]
