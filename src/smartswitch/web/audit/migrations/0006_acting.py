"""An index by which it is known whether a program's acting for a dealer was noted lately."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_ranges")]

    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("action", "act_for")),
                fields=["actor", "row_id", "created_at"],
                name="audit_entry_acting",
            ),
        ),
    ]
