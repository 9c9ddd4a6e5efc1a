"""What `agenda` brings to the shared pages: its entry, one's day, its demonstration."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.agenda.actions.demonstration import create_demonstration_agenda
from maillage.agenda.queries.appointments import own_day
from maillage.kernel import formats
from maillage.kernel.contributions import Block, Contribution, Entry, Line, Verb, Waiting
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role
from maillage.territory.api import Territory

SHOWN = 4
AT_CARE = (Role.PHYSICIAN, Role.NURSE, Role.MIDWIFE, Role.PHYSIOTHERAPIST, Role.PHARMACIST)


def day(person: Person) -> Waiting | None:
    """Say how many appointments one's own agenda has today, and the next ones: hour and place, no name."""
    rows = own_day(person)
    if not rows:
        return None
    now = timezone.now()
    said = ngettext("{count} rendez-vous aujourd’hui", "{count} rendez-vous aujourd’hui", len(rows))
    coming = [one for one in rows if one.slot.ends_at > now]
    lines = tuple(
        Line(
            formats.time_short(one.slot.starts_at.astimezone(one.slot.agenda.zone)),
            f"{reverse('agenda:week', args=[one.slot.agenda_id])}#creneau-{one.slot_id}",
            f"{one.slot.schedule} · {one.get_state_display()}",
        )
        for one in coming[:SHOWN]
    )
    return Waiting(
        _("Ma journée"),
        lines,
        said.format(count=formats.number(len(rows))),
        reverse("agenda:mine"),
        _("Ouvrir l’agenda"),
    )


def demonstrate(place: Territory, now: datetime) -> None:
    """Give the territory its invented agendas."""
    create_demonstration_agenda(by=None, place=place, today=timezone.localdate(now))


CONTRIBUTION = Contribution(
    "agenda",
    navigation=(
        Entry(
            Verb.ACT,
            lazy("Agenda"),
            "agenda:mine",
            "calendar",
            lazy("Voir ses rendez-vous, choisir qui voit chaque créneau, noter une absence."),
            Permission.BOOK_APPOINTMENT,
            order=40,
        ),
    ),
    first_screen=(Block("agenda.day", dict.fromkeys(AT_CARE, 1), day),),
    demonstrate=demonstrate,
)
