"""What the other contexts say of a patient, each part as the circle of care opens it, each reading logged."""

from __future__ import annotations

from django.db import transaction

from maillage.kernel.contributions import PanelContent, Place, panels_of
from maillage.kernel.models import Person
from maillage.people.models import Patient
from maillage.people.queries.circle import parts_read
from maillage.people.queries.patients import PART, log_access
from maillage.people.rules.circle import Part


@transaction.atomic
def panels_about(person: Person, patient: Patient, place: Place) -> list[PanelContent]:
    """Return the panels about a patient that `person` may read at `place`, those with something to say.

    Nothing is asked of the circle where no context brings a panel there.
    """
    wanted = panels_of(place)
    if not wanted:
        return []
    decisions = parts_read(person, patient)
    shown = []
    for panel in wanted:
        if not decisions[Part(panel.part)].is_allowed:
            continue
        content = panel.read(person, patient)
        if content is not None:
            log_access(by=person, patients=[patient], what=PART, purpose=panel.purpose)
            shown.append(content)
    return shown
