"""Indexes that hold all a search above a table looks at."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0003_party_names"),
        ("companies", "0002_searched"),
        ("peers", "0004_searched"),
    ]

    operations = [run_sql_file("search/party_search")]
