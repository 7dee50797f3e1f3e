"""A request for an account gets a key like every record that a retention class holds."""

import uuid

from django.db import migrations, models


def give_keys(apps, schema_editor):
    for request in apps.get_model("accounts", "SignOnRequest").objects.all():
        request.key = uuid.uuid4()
        request.save(update_fields=["key"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_token")]
    operations = [
        migrations.AddField("signonrequest", "key", models.UUIDField(null=True)),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
        migrations.RemoveField("signonrequest", "id"),
        migrations.RenameField("signonrequest", "key", "id"),
        migrations.AlterField(
            "signonrequest",
            "id",
            models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, serialize=False),
        ),
    ]
