"""Give back the second seat that somebody had at one slot, so that the database may refuse it from now on."""

from django.db import migrations
from django.db.models import Count, Min

_LIVE = ["arrived", "booked", "held", "honoured", "not_honoured"]


def give_back(apps, _editor):
    """Cancel all but the first appointment of one person at one slot, and free their seats."""
    appointments = apps.get_model("agenda", "Appointment")
    occupations = apps.get_model("agenda", "Occupation")
    live = appointments._base_manager.filter(state__in=_LIVE, patient__isnull=False)
    twice = live.order_by().values("slot", "patient").annotate(first=Min("pk"), seats=Count("pk"))
    for one in twice.filter(seats__gt=1):
        others = live.filter(slot=one["slot"], patient=one["patient"]).exclude(pk=one["first"])
        keys = list(others.values_list("pk", flat=True))
        occupations.objects.filter(appointment__in=keys).delete()
        appointments._base_manager.filter(pk__in=keys).update(state="cancelled")


class Migration(migrations.Migration):
    dependencies = [("agenda", "0004_moves")]

    operations = [migrations.RunPython(give_back, migrations.RunPython.noop)]
