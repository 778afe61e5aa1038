"""Indexes for the order of names among the parties of a dealer."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("search", "0002_table_indexes")]

    operations = [run_sql_file("search/party_names")]
