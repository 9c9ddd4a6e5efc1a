"""What becomes of a request to the DAC where the person takes back what they agreed to."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import journal, outbox
from maillage.kernel.models import Person
from maillage.people import api as people
from maillage.transitions.actions.complex_cases import hand_over
from maillage.transitions.models import ComplexCase
from maillage.transitions.rules.complex_cases import CaseState


@outbox.handles(people.CIRCLE_NARROWED)
def follow_the_person(event: outbox.Event) -> None:
    """End the request of somebody who opposes that the plan is read, or who took their agreement back.

    Whom they oppose by name alone follows it no more, and a colleague may. Without it a colleague who takes
    the request over would open again, by the former agreement, what the person closed.
    """
    by = Person.objects.filter(pk=event.payload["by"]).first()
    # The base manager: nobody reads the request here.
    rows = ComplexCase._base_manager.filter(patient=event.payload["patient"]).select_for_update(of=("self",))
    for row in rows.select_related("patient__scope", "scope", "referent", "link", "by").order_by("pk"):
        if row.is_open:
            _follow(by, row)


def _follow(by: Person | None, row: ComplexCase) -> None:
    patient, plan = row.patient, people.Part.PLAN
    if people.opposing([patient.pk], plan):
        _withdraw(by, row, _("La personne s’oppose à ce que son plan soit lu."))
    elif row.referent is None:
        return
    elif people.opposes(patient, row.referent, plan):
        hand_over(by=by, row=row, to=None)
    elif not people.is_coordinating(row.referent, patient):
        _withdraw(by, row, _("La personne a retiré l’accord donné pour cette demande."))


def _withdraw(by: Person | None, row: ComplexCase, why: str) -> None:
    before, row.state = row.state, CaseState.WITHDRAWN.value
    row.outcome, row.closed_at, row.closed_by = why, timezone.now(), by or row.by
    if row.link is not None:
        people.close_coordination(by=by, link=row.link)
    row.save(update_fields=["state", "outcome", "closed_at", "closed_by"])
    journal.record(
        by=by,
        verb="transitions.case_withdrawn",
        target=journal.target_of(row),
        changes={"state": [before, row.state]},
        scope=row.scope_id,
    )
