import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import smartswitch.web.config.columns


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("balances", "0001_initial"),
        ("dealers", "0001_initial"),
        ("packs", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Company",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", smartswitch.web.config.columns.LineField()),
                ("tenant_id", models.BigIntegerField(db_default=0, editable=False)),
                ("name", smartswitch.web.config.columns.LineField(blank=True, db_default="")),
                ("is_blocked", models.BooleanField(db_default=False)),
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
                    "dealer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dealers.dealer",
                    ),
                ),
                (
                    "inbound_pack",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="packs.billingpack",
                    ),
                ),
                (
                    "pack",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="packs.billingpack",
                    ),
                ),
            ],
            options={
                "db_table": "company",
                "indexes": [models.Index(fields=["dealer"], name="company_dealer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$")),
                        name="company_key_is_well_formed",
                    ),
                    models.UniqueConstraint(fields=("key",), name="company_key"),
                    models.UniqueConstraint(fields=("id", "dealer"), name="company_of_dealer"),
                ],
            },
        ),
    ]
