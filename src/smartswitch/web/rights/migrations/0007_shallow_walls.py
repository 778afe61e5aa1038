"""The same walls around packs and classes, with fewer questions for each row."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("rights", "0006_house_ranges")]

    operations = [run_sql_file("rights/shallow_walls")]
