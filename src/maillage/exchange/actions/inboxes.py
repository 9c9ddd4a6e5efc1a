"""Tells both people that an inbox is confided, or no longer: no name of a patient, no word of health."""

from __future__ import annotations

from django.urls import reverse

from maillage.exchange.actions.notify import notify
from maillage.exchange.models import Parameters
from maillage.exchange.rules.vocabulary import Template
from maillage.kernel import confiding, outbox
from maillage.kernel.models import InboxHolding, Person


@outbox.handles(confiding.CONFIDED)
def tell_of_confiding(event: outbox.Event) -> None:
    """Tell who holds it until when, and its owner that they keep it and may take it back."""
    row = _of(event)
    _tell(event, row, row.holder, Template.INBOX_HELD)
    _tell(event, row, row.owner, Template.INBOX_CONFIDED)


@outbox.handles(confiding.TAKEN_BACK)
def tell_of_taking_back(event: outbox.Event) -> None:
    """Tell both that it has ended."""
    row = _of(event)
    _tell(event, row, row.holder, Template.INBOX_TAKEN_BACK)
    _tell(event, row, row.owner, Template.INBOX_TAKEN_BACK)


def _of(event: outbox.Event) -> InboxHolding:
    return InboxHolding.objects.select_related("owner", "holder").get(pk=event.payload["holding"])


def _tell(event: outbox.Event, row: InboxHolding, to: Person, template: Template) -> None:
    if not to.is_active:
        return
    day = row.starts_on if template is Template.INBOX_TAKEN_BACK else row.ends_on
    notify(
        by=None,
        to=to,
        template=template,
        parameters=Parameters(day=day),
        key=f"{event.key}-{to.pk}",
        path=reverse("web:confiding"),
    )
