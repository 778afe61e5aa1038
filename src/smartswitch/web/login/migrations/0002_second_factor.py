"""Second factors, sessions and password resets: tables, walls and grants."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import smartswitch.web.config.columns
from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("login", "0001_viewer"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("dealers", "0003_second_factor"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("procrastinate", "0041_post_retry_failed_job"),
        ("rights", "0002_walls"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
        ("worker", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PasswordReset",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("secret_sha256", smartswitch.web.config.columns.LineField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "login",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="rights.login",
                    ),
                ),
            ],
            options={
                "db_table": "password_reset",
                "indexes": [models.Index(fields=["login", "created_at"], name="password_reset_login")],
                "constraints": [models.UniqueConstraint(fields=("secret_sha256",), name="password_reset_secret")],
            },
        ),
        run_sql_file("login/identity_walls"),
        run_sql_file("login/second_factor_required"),
        run_sql_file("login/identity_audit"),
    ]
