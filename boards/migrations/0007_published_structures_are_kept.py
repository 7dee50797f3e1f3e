"""On PostgreSQL the database itself refuses to change a published structure."""

from django.db import migrations

TABLE = "boards_publishedstructure"


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_is_kept BEFORE UPDATE OR DELETE ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION boards_published_is_kept();"
        )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_is_kept ON {TABLE};")


class Migration(migrations.Migration):
    dependencies = [("boards", "0006_surveys_engagement_library")]
    operations = [migrations.RunPython(guard, unguard)]
