"""The scope of a territory keeps its time zone, so that the kernel knows it."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def give(apps, schema_editor):
    territories = apps.get_model("territory", "Territory").objects.filter(scope=OuterRef("pk"))
    scopes = apps.get_model("kernel", "Scope").objects.filter(kind="territory")
    scopes.filter(territory__isnull=False).update(time_zone=Subquery(territories.values("time_zone")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("territory", "0003_search_names"),
        ("kernel", "0003_scope_time_zone"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
