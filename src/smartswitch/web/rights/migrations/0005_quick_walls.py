"""Policies that ask once a statement what does not depend on a row."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("rights", "0004_viewer")]

    operations = [run_sql_file("rights/quick_walls")]
