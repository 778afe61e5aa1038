"""Who sees and changes brands, what the audit says of them, and how they are found before a login."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("brand", "0001_initial"),
        ("rights", "0004_viewer"),
        ("audit", "0002_triggers"),
    ]

    operations = [run_sql_file("brand/brand")]
