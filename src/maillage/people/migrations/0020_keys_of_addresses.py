"""A key of its own for each address kept before they had one."""

from typing import Any

from django.db import migrations
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat


def give_keys(apps: Any, _editor: Any) -> None:
    """Write the key of each row after its number: no form sends that."""
    rows = apps.get_model("people", "PatientAddress").objects.filter(key="")
    rows.update(key=Concat(Value("row-"), Cast(F("pk"), CharField(max_length=20))))


class Migration(migrations.Migration):
    dependencies = [("people", "0019_addresses_by_period")]

    operations = [migrations.RunPython(give_keys, migrations.RunPython.noop, elidable=True)]
