"""Search keys by the one normaliser."""

from django.db import migrations, models

from maillage.kernel.names import place_key
from maillage.kernel.rewriting import rewrite


def write_again(apps, schema_editor):
    def change(row):
        row.search_name = place_key(row.name)

    rewrite(apps.get_model("territory", "Commune"), ("search_name",), change)
    rewrite(apps.get_model("territory", "Territory"), ("search_name",), change)


class Migration(migrations.Migration):
    dependencies = [
        ("territory", "0002_scenarios_flows_diagnoses"),
    ]

    operations = [
        migrations.AlterField(
            model_name="commune",
            name="search_name",
            field=models.TextField(verbose_name="nom de recherche"),
        ),
        migrations.AlterField(
            model_name="territory",
            name="search_name",
            field=models.TextField(editable=False, verbose_name="nom de recherche"),
        ),
        migrations.RunPython(write_again, migrations.RunPython.noop),
    ]
