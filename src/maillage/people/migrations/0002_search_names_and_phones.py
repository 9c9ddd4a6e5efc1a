"""Search keys by the one normaliser, phones in the one form that is compared."""

from django.db import migrations, models

from maillage.kernel.names import search_key
from maillage.kernel.phones import stored_phone
from maillage.kernel.rewriting import rewrite

NAMES = ("birth_name", "birth_first_names", "used_name", "used_first_name")
PHONES = ("phone", "other_phone", "carer_phone")


def write_again(apps, schema_editor):
    def change(patient):
        patient.search_name = search_key(*(getattr(patient, name) for name in NAMES))
        for name in PHONES:
            setattr(patient, name, stored_phone(getattr(patient, name)))

    rewrite(apps.get_model("people", "Patient"), ("search_name", *PHONES), change)


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="patient",
            name="search_name",
            field=models.TextField(editable=False, verbose_name="nom de recherche"),
        ),
        migrations.RunPython(write_again, migrations.RunPython.noop),
    ]
