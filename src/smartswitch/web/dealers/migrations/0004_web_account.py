"""The web account makes dealers, and notes for whom people act."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("dealers", "0003_second_factor"),
        ("rights", "0004_viewer"),
    ]

    operations = [run_sql_file("dealers/web_account")]
