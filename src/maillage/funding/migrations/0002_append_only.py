"""The database itself keeps the accounts: nothing is changed, nothing is written in a closed period."""

from django.db import migrations

from maillage.kernel import databases

TABLES = ("funding_operation", "funding_ledgerline", "funding_closing")
REFUSAL = "closed period"
CLOSED_OPERATION = (
    "SELECT 1 FROM funding_closing c WHERE c.scope_id = NEW.scope_id AND c.through >= NEW.day"
)
CLOSED_LINE = (
    "SELECT 1 FROM funding_operation o JOIN funding_closing c ON c.scope_id = o.scope_id "
    "WHERE o.id = NEW.operation_id AND c.through >= o.day "
    "UNION ALL SELECT 1 FROM funding_operation o JOIN funding_account a ON a.scope_id <> o.scope_id "
    "WHERE o.id = NEW.operation_id AND a.id IN (NEW.debit_id, NEW.credit_id)"
)


def forbid(apps, schema_editor):
    on = schema_editor.connection
    for table in TABLES:
        databases.forbid_changes(table, on)
    databases.guard_inserts("funding_operation", CLOSED_OPERATION, REFUSAL, on)
    databases.guard_inserts("funding_ledgerline", CLOSED_LINE, REFUSAL, on)


def allow(apps, schema_editor):
    on = schema_editor.connection
    for table in TABLES:
        databases.allow_changes(table, on)
    databases.unguard_inserts("funding_operation", on)
    databases.unguard_inserts("funding_ledgerline", on)


class Migration(migrations.Migration):
    dependencies = [("funding", "0001_contracts")]
    operations = [migrations.RunPython(forbid, allow)]
