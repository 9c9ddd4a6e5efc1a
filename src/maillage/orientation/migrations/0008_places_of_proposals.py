"""Write beside each proposal of a slot the place that it said; apart, for PostgreSQL, from the new column."""

from django.db import migrations, models


def note_places(apps, editor):
    proposals = apps.get_model("orientation", "Proposal")._base_manager
    slots = apps.get_model("agenda", "Slot")._base_manager.filter(pk=models.OuterRef("slot"))
    proposals.filter(slot__isnull=False).update(schedule=models.Subquery(slots.values("schedule")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("orientation", "0007_place_said"),
    ]

    operations = [migrations.RunPython(note_places, migrations.RunPython.noop)]
