"""Tells the patient and the DPO that a file was opened in an emergency."""

from __future__ import annotations

from django.urls import reverse

from maillage.exchange.actions.notify import notify
from maillage.exchange.models import Parameters
from maillage.exchange.rules.vocabulary import Template
from maillage.kernel import access, outbox
from maillage.kernel.rules import Permission
from maillage.people import api as people


@outbox.handles(people.EMERGENCY_OPENED)
def announce_emergency(event: outbox.Event) -> None:
    """Tell whose file it is, at any hour, and each DPO, whose page lists what is to be reviewed."""
    link = people.emergency_access(event.payload["link"])
    when = Parameters(when=link.starts_at)
    notify(
        by=None,
        to=link.patient,
        template=Template.FILE_OPENED,
        parameters=when,
        key=f"file-opened-{link.pk}",
        path=reverse("people:access_log", args=[link.patient_id]),
    )
    for person in access.people_everywhere(Permission.VIEW_JOURNAL):
        notify(
            by=None,
            to=person,
            template=Template.EMERGENCY_TO_REVIEW,
            parameters=when,
            key=f"emergency-to-review-{link.pk}-{person.pk}",
            scope=link.patient.scope,
            path=reverse("people:emergencies"),
        )
