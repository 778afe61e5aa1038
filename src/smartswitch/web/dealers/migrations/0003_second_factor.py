"""A dealer may require a second factor of everybody at his house and below it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dealers", "0002_dealer_tree")]

    operations = [
        migrations.AddField(
            model_name="dealer",
            name="requires_second_factor",
            field=models.BooleanField(db_default=False),
        ),
    ]
