"""The rows that are only ever added since 0003, guarded by the same trigger."""

from django.db import migrations

TABLES = (
    "dataset_indicatorrevision",
    "dataset_comparatorset",
    "dataset_disclosurepolicy",
    "dataset_publisheddataset",
)


def guard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION dataset_is_kept();"
        )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_is_kept ON {table};")


class Migration(migrations.Migration):
    dependencies = [("dataset", "0003_collections_and_disclosure")]
    operations = [migrations.RunPython(guard, unguard)]
