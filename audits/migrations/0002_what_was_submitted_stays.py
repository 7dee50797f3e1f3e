"""On PostgreSQL the database itself refuses to change what was submitted, and a framework that a round uses.

What was submitted stays until its time is over: a destruction is let through that says what it is.
"""

from django.db import migrations

FUNCTIONS = """
CREATE OR REPLACE FUNCTION audits_submission_is_kept() RETURNS trigger AS $$
BEGIN
    IF current_setting('portal.destroying', true) = 'on' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION 'What was submitted is never changed or removed.' USING ERRCODE = 'integrity_constraint_violation';
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION audits_submitted_answer_stays() RETURNS trigger AS $$
DECLARE
    owner uuid;
BEGIN
    IF current_setting('portal.destroying', true) = 'on' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_TABLE_NAME = 'audits_answer' THEN
        owner := CASE WHEN TG_OP = 'DELETE' THEN OLD.of_return_id ELSE NEW.of_return_id END;
    ELSE
        SELECT of_return_id INTO owner FROM audits_answer
        WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.answer_id ELSE NEW.answer_id END;
    END IF;
    IF EXISTS (SELECT 1 FROM audits_return WHERE id = owner AND submitted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'Answers of a submitted return are never changed.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION audits_framework_in_use_stays() RETURNS trigger AS $$
DECLARE
    owner uuid;
BEGIN
    IF TG_TABLE_NAME = 'audits_question' THEN
        SELECT framework_id INTO owner FROM audits_standard
        WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.standard_id ELSE OLD.standard_id END;
    ELSE
        owner := CASE WHEN TG_OP = 'INSERT' THEN NEW.framework_id ELSE OLD.framework_id END;
    END IF;
    IF EXISTS (SELECT 1 FROM audits_framework WHERE id = owner AND locked_at IS NOT NULL) THEN
        RAISE EXCEPTION 'A framework that a round uses is never changed.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END;
$$ LANGUAGE plpgsql;
"""

TRIGGERS = (
    ("audits_submission", "audits_submission_is_kept", "UPDATE OR DELETE"),
    ("audits_answer", "audits_submitted_answer_stays", "INSERT OR UPDATE OR DELETE"),
    ("audits_evidence", "audits_submitted_answer_stays", "INSERT OR UPDATE OR DELETE"),
    ("audits_standard", "audits_framework_in_use_stays", "INSERT OR UPDATE OR DELETE"),
    ("audits_question", "audits_framework_in_use_stays", "INSERT OR UPDATE OR DELETE"),
    ("audits_option", "audits_framework_in_use_stays", "INSERT OR UPDATE OR DELETE"),
)


def guard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(FUNCTIONS, params=None)
    for table, function, moments in TRIGGERS:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_stays BEFORE {moments} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}();"
        )


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, _, _ in TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_stays ON {table};")
    for function in dict.fromkeys(function for _, function, _ in TRIGGERS):
        schema_editor.execute(f"DROP FUNCTION IF EXISTS {function}();")


class Migration(migrations.Migration):
    replaces = [
        ("audits", "0003_what_was_submitted_stays"),
        ("audits", "0004_what_was_submitted_may_be_destroyed"),
    ]
    dependencies = [("audits", "0001_initial")]
    operations = [migrations.RunPython(guard, unguard)]
