"""Where a route leads; base classes without cycles."""

import django.db.models.deletion
from django.db import migrations, models

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("routes", "0001_initial"),
        ("peers", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="route",
            name="terminator",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="peers.terminator",
            ),
        ),
        migrations.AddIndex(model_name="route", index=models.Index(fields=["terminator"], name="route_terminator")),
        run_sql_file("routes/base_class"),
    ]
