"""Indexes for a long log, what hangs on a row, the proof of the chain in slices, and its verdicts."""

import django.contrib.postgres.functions
import django.db.models.functions.datetime
from django.db import migrations, models

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_triggers"),
        ("rights", "0005_quick_walls"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditentry",
            name="created_at",
            field=models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow(), editable=False),
        ),
        migrations.CreateModel(
            name="AuditVerdict",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("checked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("duration_ms", models.IntegerField()),
                ("entries", models.BigIntegerField()),
                ("place", models.BigIntegerField()),
                ("hash", models.BinaryField()),
                ("ok", models.BooleanField()),
                ("breaks", models.JSONField()),
            ],
            options={
                "db_table": "audit_verdict",
                "indexes": [models.Index(fields=["-checked_at"], name="audit_verdict_newest")],
            },
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["created_at", "id"], name="audit_entry_newest"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["actor", "created_at"], name="audit_entry_actor"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["table_name", "created_at"], name="audit_entry_kind"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("request_id__isnull", False)), fields=["request_id"], name="audit_entry_request"
            ),
        ),
        run_sql_file("audit/audit_reading"),
    ]
