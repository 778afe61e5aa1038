"""Whose subtree may see a balance, and its limits."""

import django.db.models.deletion
from django.db import migrations, models

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("balances", "0001_initial"),
        ("dealers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="balance",
            name="dealer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dealers.dealer",
            ),
        ),
        migrations.AddIndex(model_name="balance", index=models.Index(fields=["dealer"], name="balance_dealer")),
        run_sql_file("balances/balance_limits"),
    ]
