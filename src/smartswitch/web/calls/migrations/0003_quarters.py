"""The calls of every house by the quarter of an hour."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("calls", "0002_finding_calls"), ("rights", "0006_house_ranges"), ("api", "0001_initial")]

    operations = [run_sql_file("calls/quarters")]
