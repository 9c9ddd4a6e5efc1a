"""Search keys by the one normaliser, phones in the one form that is compared."""

from django.db import migrations, models

from maillage.kernel.names import search_key
from maillage.kernel.phones import stored_phone
from maillage.kernel.rewriting import rewrite


def write_again(apps, schema_editor):
    def professional(row):
        row.search_name = search_key(row.first_name, row.last_name)
        row.phone = stored_phone(row.phone)

    def structure(row):
        row.search_name = search_key(row.name, row.city if row.city != row.name else "")

    def place(row):
        row.phone = stored_phone(row.phone)

    rewrite(apps.get_model("directory", "Professional"), ("search_name", "phone"), professional)
    rewrite(apps.get_model("directory", "Structure"), ("search_name",), structure)
    rewrite(apps.get_model("directory", "PracticePlace"), ("phone",), place)


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0003_duty_houses_mobile_teams"),
    ]

    operations = [
        migrations.AlterField(
            model_name="professional",
            name="search_name",
            field=models.TextField(editable=False, verbose_name="nom de recherche"),
        ),
        migrations.AlterField(
            model_name="structure",
            name="search_name",
            field=models.TextField(verbose_name="nom de recherche"),
        ),
        migrations.RunPython(write_again, migrations.RunPython.noop),
    ]
