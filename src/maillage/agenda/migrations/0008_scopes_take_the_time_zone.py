"""The scope of an agenda has the time zone of its territory."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def give(apps, schema_editor):
    agendas = apps.get_model("agenda", "Agenda").objects.filter(scope=OuterRef("pk"))
    scopes = apps.get_model("kernel", "Scope").objects.filter(kind="agenda", agenda__isnull=False)
    scopes.update(time_zone=Subquery(agendas.values("territory__time_zone")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("agenda", "0007_offers_again"),
        ("kernel", "0003_scope_time_zone"),
    ]

    # Read here for the last time.
    run_before = [("territory", "0005_time_zone_of_the_scope")]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
