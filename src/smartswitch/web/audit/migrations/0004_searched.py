"""What companies and peers are found by is not a change of theirs."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_reading"),
        ("companies", "0002_searched"),
        ("peers", "0004_searched"),
        ("api", "0001_initial"),
    ]

    operations = [run_sql_file("audit/audit_searched")]
