"""The log asks for the ranges of a house's ids."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_searched"), ("rights", "0006_house_ranges")]

    operations = [run_sql_file("audit/audit_ranges")]
