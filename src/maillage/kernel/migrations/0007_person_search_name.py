"""Accounts are found by the one normaliser of names."""

from django.db import migrations, models

from maillage.kernel.names import search_key
from maillage.kernel.rewriting import rewrite


def write_names(apps, schema_editor):
    def named(row):
        row.search_name = search_key(row.last_name, row.first_name)

    rewrite(apps.get_model("kernel", "Person"), ("search_name",), named)


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0006_snoozes"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="search_name",
            field=models.TextField(default="", editable=False, verbose_name="nom de recherche"),
        ),
        migrations.RunPython(write_names, migrations.RunPython.noop),
    ]
