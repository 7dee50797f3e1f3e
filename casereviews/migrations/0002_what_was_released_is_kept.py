"""On PostgreSQL the database itself refuses to change or remove what was released to the public."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION casereviews_released_is_kept() RETURNS trigger AS $$
BEGIN
    IF OLD.released_at IS NOT NULL THEN
        RAISE EXCEPTION 'What was released is never changed or removed.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END;
$$ LANGUAGE plpgsql;
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(FUNCTION, params=None)
    schema_editor.execute(
        "CREATE TRIGGER casereviews_publishedreview_is_kept BEFORE UPDATE OR DELETE ON casereviews_publishedreview "
        "FOR EACH ROW EXECUTE FUNCTION casereviews_released_is_kept();"
    )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("DROP TRIGGER IF EXISTS casereviews_publishedreview_is_kept ON casereviews_publishedreview;")
    schema_editor.execute("DROP FUNCTION IF EXISTS casereviews_released_is_kept();")


class Migration(migrations.Migration):
    dependencies = [("casereviews", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
