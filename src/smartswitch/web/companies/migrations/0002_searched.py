"""A column by which companies are found, in small letters."""

import django.db.models.functions.comparison
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("companies", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="company",
            name="searched",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Lower(
                    django.db.models.functions.text.Left(
                        django.db.models.functions.text.Concat(
                            django.db.models.functions.comparison.Coalesce(
                                "key", models.Value(""), output_field=models.TextField()
                            ),
                            models.Value(" "),
                            django.db.models.functions.comparison.Coalesce(
                                "name", models.Value(""), output_field=models.TextField()
                            ),
                            output_field=models.TextField(),
                        ),
                        500,
                    )
                ),
                output_field=models.TextField(db_collation="C"),
            ),
        ),
    ]
