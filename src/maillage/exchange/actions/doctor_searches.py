"""Tells a doctor of a patient proposed, once more where they do not answer, and the end to who detected."""

from __future__ import annotations

from django.urls import reverse

from maillage.exchange.actions.notify import notify, withdraw
from maillage.exchange.models import Parameters
from maillage.exchange.rules.vocabulary import Template
from maillage.kernel import journal, outbox
from maillage.people import api as people


@outbox.handles(people.DOCTOR_PROPOSED)
def tell_doctor(event: outbox.Event) -> None:
    """Tell the doctor that a patient is proposed; who it is, is read in Maillage."""
    _tell(event, Template.DOCTOR_PROPOSED)


@outbox.handles(people.DOCTOR_REMINDED)
def remind_doctor(event: outbox.Event) -> None:
    """Tell them once more, where nobody answered in the time of the rule."""
    _tell(event, Template.DOCTOR_REMINDED)


@outbox.handles(people.PROPOSAL_ANSWERED)
def stop_telling(event: outbox.Event) -> None:
    """Stop what has not left: the proposal is answered, or taken back."""
    withdraw(subjects=[journal.target_of(people.doctor_proposal(event.payload["proposal"]))])


@outbox.handles(people.SEARCH_ENDED)
def tell_who_detected(event: outbox.Event) -> None:
    """Tell whoever wrote the form of somebody without a doctor that the search is over; it is read there."""
    row = people.ended(event.payload["request"])
    inclusion = getattr(row, "inclusion", None)
    if inclusion is None or inclusion.by_id == row.patient.account_id:
        return
    notify(
        by=None,
        to=inclusion.by,
        template=Template.SEARCH_ENDED,
        parameters=Parameters(when=inclusion.at),
        key=event.key,
        scope=row.scope,
        path=reverse("people:inclusion", args=[inclusion.pk]),
        inbox_only=True,
    )


def _tell(event: outbox.Event, template: Template) -> None:
    proposal = people.doctor_proposal(event.payload["proposal"])
    if proposal.answer:
        return
    notify(
        by=None,
        to=proposal.doctor,
        template=template,
        parameters=Parameters(when=proposal.proposed_at),
        key=f"{event.topic}-{proposal.pk}",
        scope=proposal.request.scope,
        path=reverse("people:proposals"),
        subject=journal.target_of(proposal),
        has_line=False,
    )
