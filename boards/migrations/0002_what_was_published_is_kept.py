"""On PostgreSQL the database itself refuses to change what was published."""

from django.db import migrations

TABLES = ("boards_publication", "boards_publishedchallenge", "boards_publishedstructure")

FUNCTION = """
CREATE OR REPLACE FUNCTION boards_published_is_kept() RETURNS trigger AS $$
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
            "FOR EACH ROW EXECUTE FUNCTION boards_published_is_kept();"
        )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_is_kept ON {table};")
    schema_editor.execute("DROP FUNCTION IF EXISTS boards_published_is_kept();")


class Migration(migrations.Migration):
    replaces = [("boards", "0004_published_challenges_are_kept"), ("boards", "0007_published_structures_are_kept")]
    dependencies = [("boards", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
