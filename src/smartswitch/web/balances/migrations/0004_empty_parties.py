"""How many parties of a dealer have no money left, without asking the policies for each."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("balances", "0003_ledger_transfer"),
        ("peers", "0001_initial"),
        ("companies", "0001_initial"),
        ("rights", "0004_viewer"),
    ]

    operations = [run_sql_file("balances/empty_parties")]
