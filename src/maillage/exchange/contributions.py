"""What `exchange` brings to the shared pages: the messages one click away, and what did not leave."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.exchange.queries.inbox import trouble_count, unread_count
from maillage.kernel import formats
from maillage.kernel.access import may
from maillage.kernel.contributions import Block, Contribution, Entry, Verb, Waiting
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role


def unread(person: Person) -> Waiting | None:
    """Say how many messages and calls wait."""
    count = unread_count(person)
    if not count:
        return None
    said = ngettext("{count} message ou appel en attente", "{count} messages ou appels en attente", count)
    said = said.format(count=formats.number(count))
    return Waiting(_("Messages"), (), said, reverse("exchange:inbox"), _("Lire les messages"))


def undelivered(person: Person) -> Waiting | None:
    """Say how many messages did not reach their recipient."""
    if not may(person, Permission.VIEW_DELIVERIES):
        return None
    count = trouble_count(by=person)
    if not count:
        return None
    said = ngettext("{count} envoi n’a pas abouti", "{count} envois n’ont pas abouti", count)
    said = said.format(count=formats.number(count))
    url = f"{reverse('exchange:deliveries')}?voir=trouble"
    return Waiting(_("Envois"), (), said, url, _("Voir les envois"))


CONTRIBUTION = Contribution(
    "exchange",
    navigation=(
        Entry(
            Verb.ACT,
            lazy("Messages"),
            "exchange:inbox",
            "bell",
            lazy("Lire ce qui vous est annoncé, passer les appels demandés."),
            count=unread_count,
            direct=True,
            order=90,
        ),
    ),
    first_screen=(
        Block("exchange.undelivered", {Role.ADMINISTRATOR: 2, Role.COORDINATOR: 4}, undelivered),
        Block("exchange.unread", dict.fromkeys(Role, 9), unread),
    ),
)
