"""Database roles and row-level security, once every table exists."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0001_initial"),
        ("axes", "0010_accessattemptexpiration"),
        ("calls", "0001_initial"),
        ("companies", "0001_initial"),
        ("routes", "0002_terminator"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("rights", "0001_initial"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        run_sql_file("rights/tenancy"),
        run_sql_file("rights/roles"),
        run_sql_file("rights/row_security"),
    ]
