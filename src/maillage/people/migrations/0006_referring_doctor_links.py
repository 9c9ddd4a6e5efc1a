from django.db import migrations
from django.utils import timezone


def link_referring_doctors(apps, schema_editor):
    """Link each médecin traitant declared before the circle of care existed."""
    links = apps.get_model("people", "CareLink")
    patients = apps.get_model("people", "Patient")._base_manager.exclude(referring_doctor=None)
    now, batch = timezone.now(), []
    for patient, doctor in patients.values_list("pk", "referring_doctor").iterator():
        batch.append(
            links(
                patient_id=patient,
                professional_id=doctor,
                origin="referring_doctor",
                role="physician",
                starts_at=now,
                informed_at=now,
            )
        )
        if len(batch) == 1000:
            links._base_manager.bulk_create(batch)
            batch = []
    links._base_manager.bulk_create(batch)


class Migration(migrations.Migration):
    dependencies = [("people", "0005_circle_of_care")]

    operations = [migrations.RunPython(link_referring_doctors, migrations.RunPython.noop)]
