"""Tells of the rights of people: emergency accesses, demands about data, the outcome of a referral."""

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


@outbox.handles(people.RIGHTS_ASKED)
def tell_dpo(event: outbox.Event) -> None:
    """Tell each DPO that a demand waits for an answer."""
    demand = people.demand(event.payload["request"])
    for person in access.people_everywhere(Permission.VIEW_JOURNAL):
        notify(
            by=None,
            to=person,
            template=Template.RIGHTS_ASKED,
            parameters=Parameters(when=demand.at),
            key=f"rights-asked-{demand.pk}-{person.pk}",
            scope=demand.patient.scope,
            path=reverse("people:demand", args=[demand.pk]),
        )


@outbox.handles(people.RIGHTS_EXTENDED)
def tell_of_extension(event: outbox.Event) -> None:
    """Tell the person that the answer takes longer; why is read in their space."""
    _tell_person(event)


@outbox.handles(people.RIGHTS_ANSWERED)
def tell_of_answer(event: outbox.Event) -> None:
    """Tell the person that there is an answer."""
    _tell_person(event)


@outbox.handles(people.RESTRICTION_LIFTED)
def tell_of_lifting(event: outbox.Event) -> None:
    """Tell the person, before it happens, that what was frozen is to be used again; why is read there."""
    _tell_person(event)


@outbox.handles(people.COPY_READY)
def tell_of_copy(event: outbox.Event) -> None:
    """Tell the person that their copy may be fetched."""
    _tell_person(event)


def _tell_person(event: outbox.Event) -> None:
    demand = people.demand(event.payload["request"])
    notify(
        by=None,
        to=demand.patient,
        template=Template.RIGHTS_ANSWERED,
        parameters=Parameters(when=demand.at),
        key=f"{event.topic}-{event.key}",
        path=reverse("people:rights", args=[demand.patient_id]),
    )


@outbox.handles(people.SUPPORT_ANSWERED)
def tell_who_referred(event: outbox.Event) -> None:
    """Tell whoever detected somebody far from their rights that the outcome is known; it is read there."""
    row = people.referral(event.payload["referral"])
    notify(
        by=None,
        to=row.by,
        template=Template.SUPPORT_ANSWERED,
        parameters=Parameters(when=row.at),
        key=event.key,
        scope=row.patient.scope,
        path=reverse("people:support_referral", args=[row.pk]),
        inbox_only=True,
    )
