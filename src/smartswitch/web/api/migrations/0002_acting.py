"""In each house for which a program acts, its Idempotency-Keys are others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="idempotencykey", name="idempotency_key_once"),
        migrations.AddConstraint(
            model_name="idempotencykey",
            constraint=models.UniqueConstraint(fields=("api_key", "dealer", "key"), name="idempotency_key_once"),
        ),
    ]
