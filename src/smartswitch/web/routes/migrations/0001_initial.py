import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
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
            name="RouteClass",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", smartswitch.web.config.columns.LineField()),
                ("tenant_id", models.BigIntegerField(db_default=0, editable=False)),
                ("name", smartswitch.web.config.columns.LineField(blank=True, db_default="")),
                (
                    "base_class",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="routes.routeclass",
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
            ],
            options={
                "db_table": "route_class",
                "indexes": [models.Index(fields=["dealer"], name="route_class_dealer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$")),
                        name="route_class_key_is_well_formed",
                    ),
                    models.UniqueConstraint(fields=("key",), name="route_class_key"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("base_class__isnull", True),
                            models.Q(("base_class", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="route_class_is_not_its_own_base",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Route",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", smartswitch.web.config.columns.LineField(blank=True, db_default="")),
                ("priority", models.IntegerField(db_default=10)),
                ("weight", models.IntegerField(blank=True, null=True)),
                ("valid_from", smartswitch.web.config.columns.ValidFromField(blank=True, db_default="-infinity")),
                ("valid_to", smartswitch.web.config.columns.ValidToField(blank=True, db_default="infinity")),
                (
                    "week_minutes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=django.contrib.postgres.fields.ranges.IntegerRangeField(),
                        blank=True,
                        null=True,
                        size=None,
                    ),
                ),
                ("call_limit", models.IntegerField(blank=True, null=True)),
                ("calls_per_second_limit", models.IntegerField(blank=True, null=True)),
                ("is_blocked", models.BooleanField(db_default=False)),
                (
                    "route_class",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="routes.routeclass",
                    ),
                ),
            ],
            options={
                "db_table": "route",
                "indexes": [models.Index(fields=["route_class", "code"], name="route_class_code")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[0-9]{0,15}$")), name="route_code_is_digits"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("weight__isnull", True),
                            models.Q(("weight__gte", 1), ("weight__lte", 100)),
                            _connector="OR",
                        ),
                        name="route_weight_is_a_percentage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("call_limit__isnull", True), ("call_limit__gt", 0), _connector="OR"),
                            models.Q(
                                ("calls_per_second_limit__isnull", True),
                                ("calls_per_second_limit__gt", 0),
                                _connector="OR",
                            ),
                        ),
                        name="route_limits_are_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gte", models.F("valid_from"))), name="route_ends_after_it_starts"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Shared",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("noun", smartswitch.web.config.columns.LineField()),
                ("object_id", models.BigIntegerField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "with_dealer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="dealers.dealer",
                    ),
                ),
            ],
            options={
                "db_table": "shared",
                "indexes": [models.Index(fields=["with_dealer"], name="shared_with_dealer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("noun__in", ["route_class", "billing_pack"])), name="shared_noun_is_known"
                    ),
                    models.UniqueConstraint(fields=("noun", "object_id", "with_dealer"), name="shared_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="HuntingClass",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", smartswitch.web.config.columns.LineField()),
                ("tenant_id", models.BigIntegerField(db_default=0, editable=False)),
                ("name", smartswitch.web.config.columns.LineField(blank=True, db_default="")),
                (
                    "metrics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=smartswitch.web.config.columns.LineField(),
                        db_default=["priority", "price"],
                        size=None,
                    ),
                ),
                ("mode", smartswitch.web.config.columns.LineField(db_default="strict")),
                ("price_step", models.BigIntegerField(db_default=0)),
                ("ratio_step_percent", models.IntegerField(db_default=0)),
                ("max_attempts", models.IntegerField(db_default=5)),
                (
                    "stop_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), db_default=[], size=None
                    ),
                ),
                ("pdd_timeout_s", models.IntegerField(db_default=15)),
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
                "db_table": "hunting_class",
                "indexes": [models.Index(fields=["dealer"], name="hunting_class_dealer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$")),
                        name="hunting_class_key_is_well_formed",
                    ),
                    models.UniqueConstraint(fields=("key",), name="hunting_class_key"),
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ["strict", "rounded"])), name="hunting_class_mode_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("metrics__contained_by", ["price", "priority", "code_length", "asr", "acd", "random"])
                        ),
                        name="hunting_class_metrics_are_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price_step__gte", 0), ("ratio_step_percent__gte", 0)),
                        name="hunting_class_steps_are_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("max_attempts__gt", 0), ("pdd_timeout_s__gt", 0)),
                        name="hunting_class_limits_are_positive",
                    ),
                ],
            },
        ),
    ]
