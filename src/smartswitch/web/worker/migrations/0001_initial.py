"""The verdicts of the ledger check, and what the worker's role may do."""

import django.db.models.functions.datetime
from django.db import migrations, models

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("procrastinate", "0041_post_retry_failed_job"),
        ("rights", "0002_walls"),
    ]

    operations = [
        migrations.CreateModel(
            name="LedgerVerdict",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("checked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("since", models.DateTimeField()),
                ("duration_ms", models.IntegerField()),
                ("ok", models.BooleanField()),
                ("violations", models.JSONField()),
            ],
            options={
                "db_table": "ledger_verdict",
                "indexes": [models.Index(fields=["-checked_at"], name="ledger_verdict_newest")],
            },
        ),
        run_sql_file("worker/worker_grants"),
    ]
