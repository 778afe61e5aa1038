"""Policies that find a dealer in a large house by halving."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("rights", "0005_quick_walls")]

    operations = [run_sql_file("rights/house_ranges"), run_sql_file("rights/quick_inner_walls")]
