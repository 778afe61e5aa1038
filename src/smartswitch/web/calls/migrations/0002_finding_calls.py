"""The indexes by which calls are found: by dealer and moment, and by number."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0001_initial"),
        ("audit", "0002_triggers"),
    ]

    operations = [run_sql_file("calls/finding_calls")]
