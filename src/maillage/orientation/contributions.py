"""What `orientation` brings to the shared pages: the desk, the outcomes one has to say, its demonstration."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.contributions import Block, Contribution, Entry, Line, Verb, Waiting
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role
from maillage.orientation.actions.demonstration import create_demonstration_desk
from maillage.orientation.queries.asked import under_way_count
from maillage.orientation.queries.outcomes import received_count, sent, to_close
from maillage.territory.api import Territory

SHOWN = 4
RECEIVERS = (Role.PHYSICIAN, Role.NURSE, Role.MIDWIFE, Role.PHYSIOTHERAPIST, Role.PHARMACIST)


def outcomes_to_say(person: Person) -> Waiting | None:
    """Say of how many people received the desk awaits the outcome; the hour and the commune, no name."""
    rows = to_close(by=person)
    if not rows:
        return None
    said = ngettext("{count} réponse attendue", "{count} réponses attendues", len(rows))
    lines = tuple(
        Line(
            _("Demande de {hour}").format(hour=formats.time_short(one.called_at)),
            f"{reverse('orientation:mine')}#demande-{one.pk}",
            f"{formats.date_short(one.called_at)} · {one.commune.name}" if one.commune else "",
        )
        for one in rows[:SHOWN]
    )
    return Waiting(
        _("À répondre"),
        lines,
        said.format(count=formats.number(len(rows))),
        reverse("orientation:mine"),
        _("Répondre"),
    )


def requests_sent(person: Person) -> Waiting | None:
    """Say where the requests stand that one sent to a desk."""
    rows = [one for one in sent(by=person) if one.answered.is_open]
    if not rows:
        return None
    said = ngettext("{count} demande en cours", "{count} demandes en cours", len(rows))
    lines = tuple(
        Line(
            _("Demande de {hour}").format(hour=formats.time_short(one.request.called_at)),
            reverse("orientation:asked"),
            one.answered.get_state_display(),
        )
        for one in rows[:SHOWN]
    )
    return Waiting(
        _("Demandes en cours"),
        lines,
        said.format(count=formats.number(len(rows))),
        reverse("orientation:asked"),
        _("Suivre les demandes"),
    )


def demonstrate(place: Territory, now: datetime) -> None:
    """Give the territory a desk at work."""
    create_demonstration_desk(by=None, place=place, now=now)


CONTRIBUTION = Contribution(
    "orientation",
    navigation=(
        Entry(
            Verb.ACT,
            lazy("Régulation"),
            "orientation:desk",
            "phone",
            lazy("Répondre aux demandes de soins : questions de sécurité, créneaux, médecin de garde."),
            Permission.REGULATE,
            order=10,
            first_screen_of=frozenset({Role.REGULATOR}),
        ),
        Entry(
            Verb.ACT,
            lazy("Demandes reçues"),
            "orientation:mine",
            "circle-check",
            lazy("Dire en un geste ce que sont devenues les personnes que le bureau vous a adressées."),
            Permission.BOOK_APPOINTMENT,
            received_count,
            within=("orientation:mine",),
            order=20,
        ),
        Entry(
            Verb.ACT,
            lazy("Mes demandes"),
            "orientation:asked",
            "report-medical",
            lazy(
                "Demander un soin au bureau de régulation pour un résident ou un patient, "
                "suivre ce qu’il décide."
            ),
            Permission.SEND_REQUEST,
            under_way_count,
            within=("orientation:asked", "orientation:ask", "orientation:withdraw"),
            order=25,
        ),
    ),
    first_screen=(
        Block("orientation.outcomes", dict.fromkeys(RECEIVERS, 2), outcomes_to_say),
        Block("orientation.sent", {Role.EHPAD: 2}, requests_sent),
    ),
    demonstrate=demonstrate,
)
