"""What a dealer refers to, and the tree of dealers."""

import django.db.models.deletion
from django.db import migrations, models

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0001_initial"),
        ("packs", "0001_initial"),
        ("routes", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="dealer",
            name="pack",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="packs.billingpack",
            ),
        ),
        migrations.AddField(
            model_name="dealer",
            name="inbound_pack",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="packs.billingpack",
            ),
        ),
        migrations.AddField(
            model_name="dealer",
            name="route_class",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="routes.routeclass",
            ),
        ),
        migrations.AddField(
            model_name="dealer",
            name="hunting_class",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="routes.huntingclass",
            ),
        ),
        run_sql_file("dealers/dealer_tree"),
    ]
