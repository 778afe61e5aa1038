"""The function that says for whom a login acts."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("rights", "0002_walls")]

    operations = [run_sql_file("login/viewer_of_login")]
