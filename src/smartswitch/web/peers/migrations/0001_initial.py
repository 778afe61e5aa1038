import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

import smartswitch.web.config.columns


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("balances", "0001_initial"),
        ("companies", "0001_initial"),
        ("dealers", "0001_initial"),
        ("packs", "0001_initial"),
        ("routes", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Peer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", smartswitch.web.config.columns.LineField()),
                ("tenant_id", models.BigIntegerField(db_default=0, editable=False)),
                ("kind", smartswitch.web.config.columns.LineField()),
                ("name", smartswitch.web.config.columns.LineField(blank=True, db_default="")),
                ("pays_from", smartswitch.web.config.columns.LineField(db_default="peer")),
                ("is_blocked", models.BooleanField(db_default=False)),
                ("calls_per_second_limit", models.IntegerField(blank=True, null=True)),
                ("extension", smartswitch.web.config.columns.LineField(blank=True, null=True)),
                ("auth_username", smartswitch.web.config.columns.LineField(blank=True, null=True)),
                ("ha1_md5", smartswitch.web.config.columns.LineField(blank=True, null=True)),
                ("ha1_sha256", smartswitch.web.config.columns.LineField(blank=True, null=True)),
                ("digest_realm", smartswitch.web.config.columns.LineField(blank=True, null=True)),
                ("caller_number", smartswitch.web.config.columns.LineField(blank=True, null=True)),
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
                    "company",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.company",
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
                (
                    "route_class",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="routes.routeclass",
                    ),
                ),
            ],
            options={
                "db_table": "peer",
                "indexes": [
                    models.Index(fields=["dealer"], name="peer_dealer"),
                    models.Index(
                        condition=models.Q(("company__isnull", False)), fields=["company"], name="peer_company"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$")),
                        name="peer_key_is_well_formed",
                    ),
                    models.UniqueConstraint(fields=("key",), name="peer_key"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["originator", "terminator", "user"])),
                        name="peer_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pays_from__in", ["peer", "company"])), name="peer_pays_from_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pays_from", "company"), _negated=True),
                            ("company__isnull", False),
                            _connector="OR",
                        ),
                        name="peer_has_the_company_that_pays",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("calls_per_second_limit__isnull", True), ("calls_per_second_limit__gt", 0), _connector="OR"
                        ),
                        name="peer_limits_are_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ha1_md5__isnull", True), ("ha1_md5__regex", "^[0-9a-f]{32}$"), _connector="OR"
                        ),
                        name="peer_ha1_md5_is_hexadecimal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ha1_sha256__isnull", True), ("ha1_sha256__regex", "^[0-9a-f]{64}$"), _connector="OR"
                        ),
                        name="peer_ha1_sha256_is_hexadecimal",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ha1_md5__isnull", True), ("ha1_sha256__isnull", True)),
                            models.Q(("auth_username__isnull", False), ("digest_realm__isnull", False)),
                            _connector="OR",
                        ),
                        name="peer_digest_has_username_and_realm",
                    ),
                    models.UniqueConstraint(fields=("auth_username",), name="peer_auth_username"),
                    models.UniqueConstraint(fields=("dealer", "extension"), name="peer_extension_of_dealer"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NumberTranslation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("direction", smartswitch.web.config.columns.LineField()),
                ("field", smartswitch.web.config.columns.LineField()),
                ("position", models.IntegerField(db_default=0)),
                ("pattern", smartswitch.web.config.columns.LineField()),
                ("replacement", smartswitch.web.config.columns.LineField(blank=True, db_default="")),
                (
                    "peer",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="peers.peer"
                    ),
                ),
            ],
            options={
                "db_table": "number_translation",
                "indexes": [models.Index(fields=["peer"], name="number_translation_peer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("direction__in", ["from_peer", "to_peer"])),
                        name="number_translation_direction_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("field__in", ["caller", "called"])),
                        name="number_translation_field_is_known",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("pattern"), 200
                        ),
                        name="number_translation_pattern_is_short",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.functions.text.Length("replacement"), 200
                        ),
                        name="number_translation_replacement_is_short",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Did",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", smartswitch.web.config.columns.LineField()),
                ("tenant_id", models.BigIntegerField(db_default=0, editable=False)),
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
                    "peer",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="peers.peer"
                    ),
                ),
            ],
            options={
                "db_table": "did",
                "indexes": [
                    models.Index(fields=["peer"], name="did_peer"),
                    models.Index(fields=["dealer"], name="did_dealer"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number__regex", "^[0-9]{3,15}$")), name="did_number_is_digits"
                    ),
                    models.UniqueConstraint(fields=("number",), name="did_number"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PeerAddress",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.IntegerField(db_default=0)),
                ("action", smartswitch.web.config.columns.LineField(db_default="allow")),
                ("network", smartswitch.web.config.columns.NetworkField()),
                ("port", models.IntegerField(blank=True, null=True)),
                ("transport", smartswitch.web.config.columns.LineField(blank=True, null=True)),
                (
                    "peer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="peers.peer",
                    ),
                ),
            ],
            options={
                "db_table": "peer_address",
                "indexes": [models.Index(fields=["peer"], name="peer_address_peer")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("action__in", ["allow", "deny"])), name="peer_address_action_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("transport__isnull", True), ("transport__in", ("udp", "tcp", "tls")), _connector="OR"
                        ),
                        name="peer_address_transport_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("port__isnull", True), models.Q(("port__gte", 1), ("port__lte", 65535)), _connector="OR"
                        ),
                        name="peer_address_port_is_a_port",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Terminator",
            fields=[
                (
                    "peer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="terminator",
                        serialize=False,
                        to="peers.peer",
                    ),
                ),
                ("host", smartswitch.web.config.columns.LineField()),
                ("port", models.IntegerField(db_default=5060)),
                ("transport", smartswitch.web.config.columns.LineField(db_default="udp")),
                ("priority", models.IntegerField(db_default=10)),
                ("auth_username", smartswitch.web.config.columns.LineField(blank=True, null=True)),
                ("auth_password_encrypted", smartswitch.web.config.columns.LineField(blank=True, null=True)),
                ("auth_realm", smartswitch.web.config.columns.LineField(blank=True, null=True)),
                ("pdd_timeout_s", models.IntegerField(db_default=15)),
                ("answers", models.BooleanField(db_default=True)),
                ("is_active", models.BooleanField(db_default=True)),
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
                "db_table": "terminator",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("transport__in", ["udp", "tcp", "tls"])),
                        name="terminator_transport_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("port__gte", 1), ("port__lte", 65535)), name="terminator_port_is_a_port"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("pdd_timeout_s__gt", 0)), name="terminator_pdd_timeout_is_positive"
                    ),
                ],
            },
        ),
    ]
