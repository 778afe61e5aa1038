from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("packs", "0001_initial"),
        ("companies", "0001_initial"),
        ("dealers", "0001_initial"),
        ("peers", "0001_initial"),
        ("routes", "0001_initial"),
    ]

    operations = [run_sql_file("packs/used_by")]
