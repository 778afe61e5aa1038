"""Keys of programs, first answers to their writes, webhooks and deliveries; the walls around them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import smartswitch.web.config.columns
from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("balances", "0003_ledger_transfer"),
        ("dealers", "0002_dealer_tree"),
        ("rights", "0004_viewer"),
        ("audit", "0002_triggers"),
        ("calls", "0001_initial"),
        ("worker", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookPosition",
            fields=[
                ("event", smartswitch.web.config.columns.LineField(primary_key=True, serialize=False)),
                ("position_ms", models.BigIntegerField()),
            ],
            options={
                "db_table": "webhook_position",
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", smartswitch.web.config.columns.LineField()),
                ("prefix", smartswitch.web.config.columns.LineField()),
                ("secret_sha256", smartswitch.web.config.columns.LineField()),
                ("scopes", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "dealer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dealers.dealer",
                    ),
                ),
                (
                    "login",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "api_key",
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", smartswitch.web.config.columns.LineField()),
                ("request_sha256", smartswitch.web.config.columns.LineField()),
                ("status", models.SmallIntegerField(null=True)),
                ("body", models.TextField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "api_key",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="api.apikey"
                    ),
                ),
                (
                    "dealer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dealers.dealer",
                    ),
                ),
            ],
            options={
                "db_table": "idempotency_key",
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", smartswitch.web.config.columns.LineField()),
                ("url", smartswitch.web.config.columns.LineField()),
                ("events", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("low_balance_threshold", models.BigIntegerField(db_default=0)),
                ("secret_encrypted", smartswitch.web.config.columns.LineField()),
                ("is_active", models.BooleanField(db_default=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "dealer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dealers.dealer",
                    ),
                ),
            ],
            options={
                "db_table": "webhook",
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("event", smartswitch.web.config.columns.LineField()),
                ("subject", smartswitch.web.config.columns.LineField()),
                ("payload", models.TextField()),
                ("status", smartswitch.web.config.columns.LineField(db_default="waiting")),
                ("attempts", models.SmallIntegerField(db_default=0)),
                ("next_attempt_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("response_status", models.SmallIntegerField(null=True)),
                ("response_text", models.TextField(db_default="")),
                ("delivered_at", models.DateTimeField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="api.webhook"
                    ),
                ),
            ],
            options={
                "db_table": "webhook_delivery",
            },
        ),
        migrations.CreateModel(
            name="WebhookLowBalance",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "webhook", "balance", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                (
                    "balance",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="balances.balance",
                    ),
                ),
                (
                    "webhook",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="api.webhook"
                    ),
                ),
            ],
            options={
                "db_table": "webhook_low_balance",
            },
        ),
        migrations.AddIndex(
            model_name="apikey",
            index=models.Index(fields=["dealer"], name="api_key_dealer"),
        ),
        migrations.AddIndex(
            model_name="apikey",
            index=models.Index(fields=["login"], name="api_key_login"),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.UniqueConstraint(fields=("secret_sha256",), name="api_key_secret"),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(("secret_sha256__regex", "^[0-9a-f]{64}$")), name="api_key_secret_is_a_hash"
            ),
        ),
        migrations.AddIndex(
            model_name="idempotencykey",
            index=models.Index(fields=["created_at"], name="idempotency_key_age"),
        ),
        migrations.AddConstraint(
            model_name="idempotencykey",
            constraint=models.UniqueConstraint(fields=("api_key", "key"), name="idempotency_key_once"),
        ),
        migrations.AddIndex(
            model_name="webhook",
            index=models.Index(fields=["dealer"], name="webhook_dealer"),
        ),
        migrations.AddConstraint(
            model_name="webhook",
            constraint=models.CheckConstraint(
                condition=models.Q(("events__contained_by", ["balance.low", "call.ended", "fraud.alarm"])),
                name="webhook_events_are_known",
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("status", "waiting")), fields=["next_attempt_at"], name="webhook_delivery_due"
            ),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(fields=["webhook", "-created_at"], name="webhook_delivery_newest"),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["waiting", "delivered", "failed"])),
                name="webhook_delivery_status_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.UniqueConstraint(fields=("webhook", "event", "subject"), name="webhook_delivery_once"),
        ),
        run_sql_file("api/api_tables"),
    ]
