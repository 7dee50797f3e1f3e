"""What was submitted stays until its time is over: the triggers let a destruction through that says what it is."""

import importlib

from django.db import migrations

before = importlib.import_module("audits.migrations.0003_what_was_submitted_stays")

ASK = """
    IF current_setting('portal.destroying', true) = 'on' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;"""


def asking(name):
    """The function as it was, asking first."""
    start = before.FUNCTIONS.index(f"CREATE OR REPLACE FUNCTION {name}")
    function = before.FUNCTIONS[start : before.FUNCTIONS.index("LANGUAGE plpgsql;", start)] + "LANGUAGE plpgsql;"
    return function.replace("\nBEGIN", f"\nBEGIN{ASK}", 1)


def let_through(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in ("audits_submission_is_kept", "audits_submitted_answer_stays"):
            schema_editor.execute(asking(name), params=None)


def shut(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(before.FUNCTIONS, params=None)


class Migration(migrations.Migration):
    dependencies = [("audits", "0003_what_was_submitted_stays")]
    operations = [migrations.RunPython(let_through, shut)]
