from django.db import migrations

REFUSE = """
CREATE FUNCTION approved_report_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    printing text[] := ARRAY['job_id', 'pdf', 'pdf_digest', 'pages', 'printed_at'];
    open_fields text[] := CASE WHEN OLD.printed_at IS NULL THEN printing ELSE ARRAY['job_id'] END;
BEGIN
    IF OLD.state <> 'approved' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    ELSIF TG_OP = 'DELETE' OR to_jsonb(NEW) - open_fields <> to_jsonb(OLD) - open_fields THEN
        RAISE EXCEPTION 'An approved report is frozen: it is never changed or removed.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER approved_report_is_frozen BEFORE UPDATE OR DELETE ON reports_annualreport
    FOR EACH ROW EXECUTE FUNCTION approved_report_is_frozen();
"""
ALLOW = """
DROP TRIGGER approved_report_is_frozen ON reports_annualreport;
DROP FUNCTION approved_report_is_frozen();
"""


def on_postgresql(sql):
    def run(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(sql)

    return run


class Migration(migrations.Migration):
    """On PostgreSQL the database itself freezes an approved report; only printing the approved PDF still happens."""

    dependencies = [("reports", "0001_initial")]

    operations = [migrations.RunPython(on_postgresql(REFUSE), on_postgresql(ALLOW))]
