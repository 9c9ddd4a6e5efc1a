"""Who coordinates the pathway of a patient outside the care team: a link and consents that open together.

A case manager of the DAC is outside the care team (L.1110-4): a link alone opens nothing, each part they need
asks for the patient's consent. Both come from one agreement, and end together.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.actions.circle import end_row, join, record
from maillage.people.models import CareConsent, CareLink, Patient, named_fields, need, not_opposed
from maillage.people.queries.circle import is_frozen
from maillage.people.rules.circle import Means, Origin, Part


@transaction.atomic
def open_coordination(
    *, by: Person, patient: Patient, who: Person, means: Means, recorded_by: Person, why: str
) -> CareLink:
    """Let a case manager enter the circle, with the parts that the role needs, as the patient agreed.

    Called by the action that the agreement was written in, which has checked who may: `recorded_by` wrote it.
    Again, what is in force is kept. Raises ValidationError where the patient opposes it meanwhile.
    """
    if is_frozen(patient, Part.PLAN):
        raise ValidationError(
            _("L’usage de ce dossier est gelé à la demande de la personne : rien ne s’ouvre.")
        )
    if opposes(patient, who, Part.PLAN):
        raise ValidationError(_("La personne s’oppose depuis à ce partage : rien ne s’ouvre."))
    link = join(
        by=by, patient=patient, who=who, origin=Origin.COORDINATION, role=Role.CASE_MANAGER, why=why[:300]
    )
    fields, now = named_fields(who), timezone.now()
    lasting = CareConsent.objects.of_patient(patient).filter(Q(until=None) | Q(until__gt=now), **fields)
    known = set(lasting.values_list("part", flat=True))
    for part in sorted(need()[Role.CASE_MANAGER.value]):
        if part not in known and "" not in known:
            given = CareConsent.objects.create(
                patient=patient, part=part, means=means.value, since=now, recorded_by=recorded_by, **fields
            )
            record(by, "people.consented", given, {"part": [None, part]})
    return link


def opposes(patient: Patient, who: Person, part: Part) -> bool:
    """Return whether a patient opposes, to everybody or to `who`, that a part of their file is read."""
    return not Patient._base_manager.filter(not_opposed(who, part), pk=patient.pk).exists()


def is_coordinating(who: Person, patient: Patient) -> bool:
    """Return whether the link and the consent that open the plan to a case manager both still hold."""
    now = timezone.now()
    links = CareLink.objects.of_patient(patient).filter(
        Q(ends_at=None) | Q(ends_at__gt=now), person=who, origin=Origin.COORDINATION.value
    )
    consents = CareConsent.objects.of_patient(patient).filter(
        Q(until=None) | Q(until__gt=now), Q(part="") | Q(part=Part.PLAN.value), person=who
    )
    return links.exists() and consents.exists()


@transaction.atomic
def close_coordination(*, by: Person | None, link: CareLink) -> None:
    """End a link of coordination and the consents given with it. Called by what follows its action."""
    row = CareLink.objects.of_patient(link.patient).select_for_update(of=("self",)).get(pk=link.pk)
    if row.is_in_force():
        end_row(by, row)
    now = timezone.now()
    fields = {"professional": row.professional, "structure": row.structure, "person": row.person}
    consents = CareConsent.objects.of_patient(link.patient).select_for_update(of=("self",))
    for one in consents.filter(Q(until=None) | Q(until__gt=now), since__gte=row.starts_at, **fields):
        one.until = now
        one.save(update_fields=["until"])
        record(by, "people.consent_withdrawn", one, {"part": one.part})
