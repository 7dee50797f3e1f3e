"""On PostgreSQL the database itself refuses to change what is only ever added: figures, editions, their policies."""

from django.db import migrations

TABLES = (
    "dataset_figure",
    "dataset_comparator",
    "dataset_edition",
    "dataset_indicatorrevision",
    "dataset_comparatorset",
    "dataset_disclosurepolicy",
    "dataset_publisheddataset",
)

FUNCTION = """
CREATE OR REPLACE FUNCTION dataset_is_kept() RETURNS trigger AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are never changed or removed.', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END;
$$ LANGUAGE plpgsql;
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(FUNCTION, params=None)  # the % is PostgreSQL's own
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
    schema_editor.execute("DROP FUNCTION IF EXISTS dataset_is_kept();")


class Migration(migrations.Migration):
    replaces = [("dataset", "0002_frozen"), ("dataset", "0004_kept")]
    dependencies = [("dataset", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
