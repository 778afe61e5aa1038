"""Indexes for what tables are sorted and narrowed by."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("search", "0001_indexes"), ("balances", "0003_ledger_transfer")]

    operations = [run_sql_file("search/table_indexes")]
