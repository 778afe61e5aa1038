"""The triggers that write the audit log and tell nodes of changes, once every table exists."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("rights", "0002_walls"),
    ]

    operations = [
        run_sql_file("audit/audit_chain"),
        run_sql_file("audit/audit_triggers"),
        run_sql_file("audit/audit_prices"),
        run_sql_file("audit/directory_changes"),
    ]
