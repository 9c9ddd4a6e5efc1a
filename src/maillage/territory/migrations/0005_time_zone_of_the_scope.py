"""The time zone of a territory is that of its scope, and nowhere else."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def give(apps, schema_editor):
    territories = apps.get_model("territory", "Territory").objects.filter(scope=OuterRef("pk"))
    scopes = apps.get_model("kernel", "Scope").objects.filter(territory__isnull=False)
    scopes.update(time_zone=Subquery(territories.values("time_zone")[:1]))


def take_back(apps, schema_editor):
    scopes = apps.get_model("kernel", "Scope").objects.filter(pk=OuterRef("scope"))
    territories = apps.get_model("territory", "Territory").objects.all()
    territories.update(time_zone=Subquery(scopes.values("time_zone")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("territory", "0004_scopes_take_the_time_zone"),
    ]

    operations = [
        migrations.RunPython(give, take_back),
        migrations.RemoveField(model_name="territory", name="time_zone"),
    ]
