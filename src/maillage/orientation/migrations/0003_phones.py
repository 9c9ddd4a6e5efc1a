"""Phones in the one form that is compared."""

from django.db import migrations

from maillage.kernel.phones import stored_phone
from maillage.kernel.rewriting import rewrite


def write_again(apps, schema_editor):
    def caller(row):
        row.caller_phone = stored_phone(row.caller_phone)

    def proposed(row):
        row.phone = stored_phone(row.phone)

    rewrite(apps.get_model("orientation", "Request"), ("caller_phone",), caller)
    rewrite(apps.get_model("orientation", "Proposal"), ("phone",), proposed)


class Migration(migrations.Migration):
    dependencies = [
        ("orientation", "0002_outside_slots_and_services"),
    ]

    operations = [
        migrations.RunPython(write_again, migrations.RunPython.noop),
    ]
