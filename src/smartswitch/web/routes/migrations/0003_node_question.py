"""What the web account asks a running node, and how it tells the nodes to end a call."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_triggers"),
        ("calls", "0001_initial"),
        ("rights", "0004_viewer"),
        ("routes", "0002_terminator"),
    ]

    operations = [run_sql_file("routes/node_question")]
