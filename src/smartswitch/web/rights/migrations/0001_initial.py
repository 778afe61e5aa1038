import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import smartswitch.web.config.columns


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("dealers", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", smartswitch.web.config.columns.LineField()),
                ("name", smartswitch.web.config.columns.LineField(blank=True, db_default="")),
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
                "db_table": "role",
                "indexes": [models.Index(fields=["dealer"], name="role_dealer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$")),
                        name="role_key_is_well_formed",
                    ),
                    models.UniqueConstraint(fields=("key",), name="role_key"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Login",
            fields=[
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("username", smartswitch.web.config.columns.LineField()),
                ("password", smartswitch.web.config.columns.LineField()),
                ("name", smartswitch.web.config.columns.LineField(blank=True, db_default="")),
                ("email", smartswitch.web.config.columns.LineField(blank=True, db_default="")),
                ("is_active", models.BooleanField(db_default=True)),
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
                (
                    "role",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="rights.role",
                    ),
                ),
            ],
            options={
                "db_table": "login",
                "indexes": [models.Index(fields=["dealer"], name="login_dealer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("username__regex", "^[A-Za-z0-9][A-Za-z0-9_.@+-]{0,149}$")),
                        name="login_username_is_well_formed",
                    ),
                    models.UniqueConstraint(fields=("username",), name="login_username"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleRight",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("right", smartswitch.web.config.columns.LineField()),
                (
                    "role",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="rights.role"
                    ),
                ),
            ],
            options={
                "db_table": "role_right",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("right__regex", "^[a-z_]+\\.[a-z_]+$")),
                        name="role_right_right_is_well_formed",
                    ),
                    models.UniqueConstraint(fields=("role", "right"), name="role_right_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RightGrant",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("right", smartswitch.web.config.columns.LineField()),
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
                "db_table": "right_grant",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("right__regex", "^[a-z_]+\\.[a-z_]+$")),
                        name="right_grant_right_is_well_formed",
                    ),
                    models.UniqueConstraint(fields=("dealer", "right"), name="right_grant_once"),
                ],
            },
        ),
    ]
