"""The database itself refuses to change or remove a row of the journal."""

from django.db import migrations

from maillage.kernel import databases

TABLE = "kernel_entry"


def forbid(apps, schema_editor):
    databases.forbid_changes(TABLE, schema_editor.connection)


def allow(apps, schema_editor):
    databases.allow_changes(TABLE, schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
