from django.db import migrations

REFUSE = """
CREATE FUNCTION trail_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The trail is append only: an event is never changed or removed.'
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER trail_event_is_append_only BEFORE UPDATE OR DELETE ON trail_event
    FOR EACH ROW EXECUTE FUNCTION trail_is_append_only();
CREATE TRIGGER trail_event_is_not_emptied BEFORE TRUNCATE ON trail_event
    FOR EACH STATEMENT EXECUTE FUNCTION trail_is_append_only();
"""
ALLOW = """
DROP TRIGGER trail_event_is_not_emptied ON trail_event;
DROP TRIGGER trail_event_is_append_only ON trail_event;
DROP FUNCTION trail_is_append_only();
"""


def on_postgresql(sql):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return run


class Migration(migrations.Migration):
    """On PostgreSQL the database itself refuses to change, remove or empty events."""

    dependencies = [("trail", "0001_initial")]

    operations = [migrations.RunPython(on_postgresql(REFUSE), on_postgresql(ALLOW))]
