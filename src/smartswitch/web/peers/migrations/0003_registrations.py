"""The web account may ask which phones of its house are registered."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("peers", "0002_peer_rules"),
        ("rights", "0004_viewer"),
    ]

    operations = [run_sql_file("peers/registrations")]
