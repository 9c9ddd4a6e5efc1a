"""Tells of carers: the code that signs their mandate, what they signal, and what was answered."""

from __future__ import annotations

from django.urls import reverse

from maillage.exchange.actions.notify import notify
from maillage.exchange.models import Parameters
from maillage.exchange.rules.vocabulary import Template
from maillage.kernel import access, outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.people import api as people


@outbox.handles(people.CODE_ASKED)
def send_code(event: outbox.Event) -> None:
    """Send the code by SMS alone: a line in the inbox would let whoever has the session sign."""
    mandate = people.mandate_to_sign(event.payload["mandate"])
    if mandate.signed_at is not None:
        return
    notify(
        by=None,
        to=mandate.patient,
        template=Template.MANDATE_CODE,
        parameters=Parameters(reference=people.code_for(mandate)),
        key=event.key,
        urgent=True,
        not_after=people.code_ends(mandate),
        mobile_only=True,
    )


@outbox.handles(people.SIGNAL_ASKED)
def ask_for_an_answer(event: outbox.Event) -> None:
    """Tell whoever is asked that a carer waits, at any hour, without a word of whom or what."""
    person = Person.objects.get(pk=event.payload["person"])
    _tell(person, Template.SIGNAL_ASKED, event)


@outbox.handles(people.SIGNAL_UNANSWERED)
def tell_coordination(event: outbox.Event) -> None:
    """Tell whoever coordinates there that no care team answered a carer."""
    signal = people.signal_of(event.payload["signal"])
    assert signal is not None
    for person in access.people_with(Permission.MANAGE_REFERRING_DOCTOR, signal.patient.scope):
        _tell(person, Template.SIGNAL_UNANSWERED, event)


@outbox.handles(people.SIGNAL_ANSWERED)
def tell_carer(event: outbox.Event) -> None:
    """Tell the carer that an answer waits for them; it is read in their space."""
    signal = people.signal_of(event.payload["signal"])
    assert signal is not None
    _tell(signal.by, Template.SIGNAL_ANSWERED, event)


def _tell(person: Person, template: Template, event: outbox.Event) -> None:
    signal = people.signal_of(event.payload["signal"])
    assert signal is not None
    notify(
        by=None,
        to=person,
        template=template,
        parameters=Parameters(when=signal.at),
        key=f"{template.value}-{event.key}-{person.pk}",
        scope=signal.patient.scope,
        path=reverse("people:signal", args=[signal.pk]),
        urgent=True,
    )
