"""Logins of customers see less than their dealer; seeing is a right; people act for dealers below."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("rights", "0003_logins_of_customers"),
        ("login", "0001_viewer"),
        ("audit", "0002_triggers"),
    ]

    operations = [
        run_sql_file("rights/viewer"),
        run_sql_file("rights/narrow_logins"),
        run_sql_file("rights/first_grants"),
    ]
