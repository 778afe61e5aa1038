"""The indexes of the search box, and the function that uses them."""

from django.db import migrations

from smartswitch.web.config.sql_files import run_sql_file


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("companies", "0001_initial"),
        ("dealers", "0002_dealer_tree"),
        ("peers", "0002_peer_rules"),
        ("rights", "0003_logins_of_customers"),
        ("rights", "0004_viewer"),
    ]

    operations = [run_sql_file("search/search_indexes"), run_sql_file("search/search_parties")]
