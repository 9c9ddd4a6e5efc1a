"""What becomes of the agenda and the calendars of somebody who leaves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from maillage.agenda.actions.recording import record
from maillage.agenda.actions.schedules import close
from maillage.agenda.models import Agenda, Appointment, Feed, Slot
from maillage.agenda.rules.vocabulary import State
from maillage.kernel.contributions import Fate, Leaving, Withdrawal
from maillage.kernel.models import Person

#: As long as an absence may last: the agenda of who is back is opened again by hand.
CLOSED_FOR = timedelta(days=365)


def _feeds(person: Person) -> Any:
    return Feed.objects.active().filter(Q(created_by=person) | Q(agenda__professional__account=person))


def count_feeds(person: Person) -> int:
    """Return how many calendar addresses somebody made, or show their agenda."""
    found: int = _feeds(person).count()
    return found


def end_feeds(leaving: Leaving) -> int:
    """Make every address answer nothing from now on."""
    for feed in _feeds(leaving.person).select_related("agenda__territory"):
        if feed.revoke():
            record(feed.agenda, feed, by=leaving.by, verb="agenda.feed_revoked", reason=leaving.reason)
    return 0


def _free(person: Person) -> Any:
    return Slot.objects.filter(
        agenda__professional__account=person, is_open=True, starts_at__gt=timezone.now()
    )


def count_slots(person: Person) -> int:
    """Return how many slots to come somebody offers."""
    found: int = _free(person).count()
    return found


def close_agendas(leaving: Leaving) -> int:
    """Close the agendas: nobody books any more; what is booked stays, and is to be moved."""
    now = timezone.now()
    for agenda in Agenda.objects.filter(professional__account=leaving.person).order_by("pk"):
        close(by=None, agenda=agenda, starts_at=now, ends_at=now + CLOSED_FOR, key=f"leaving-{uuid4().hex}")
    return 0


def count_appointments(person: Person) -> int:
    """Return how many appointments to come are with somebody: people to call."""
    rows = Appointment._base_manager.filter(
        slot__agenda__professional__account=person,
        slot__starts_at__gt=timezone.now(),
        state=State.BOOKED.value,
    )
    return rows.count()


WITHDRAWALS = (
    Withdrawal(
        "agenda.feeds",
        lazy("Adresses de calendrier"),
        Fate.ENDS,
        count_feeds,
        (),
        end_feeds,
        order=10,
    ),
    Withdrawal(
        "agenda.slots",
        lazy("Créneaux libres à venir"),
        Fate.ENDS,
        count_slots,
        ("agenda.agenda.professional",),
        close_agendas,
        order=12,
    ),
    Withdrawal(
        "agenda.appointments",
        lazy("Rendez-vous à venir"),
        Fate.STAYS,
        count_appointments,
        (),
        otherwise=lazy("à déplacer : le secrétariat les a dans « À déplacer »"),
        order=82,
    ),
)
