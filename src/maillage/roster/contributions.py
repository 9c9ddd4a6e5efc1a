"""What `roster` brings to the shared pages: its entry, legal steps, who is on call, its demonstration."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.contributions import Block, Contribution, Entry, Line, Verb, Waiting
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role
from maillage.roster.actions.demonstration import create_demonstration_roster
from maillage.roster.models import STATE_LABELS, Roster
from maillage.roster.pages.presenters import named
from maillage.roster.queries.duties import duties_of, on_call_by_sector
from maillage.roster.queries.sectors import sectors_in
from maillage.roster.queries.settings import next_deadline
from maillage.roster.rules.workflow import Deadline
from maillage.territory.api import Territory

SHOWN = 4


def legal_steps(person: Person) -> Waiting | None:
    """Say which legal steps come next, the nearest first, for whoever keeps the rosters."""
    sectors = sectors_in(person, Permission.MANAGE_ROSTER)
    rows = Roster.objects.filter(sector__in=sectors.order_by()).select_related("sector__territory")
    dated = [
        (found, one)
        for one in rows
        if (found := next_deadline(one, timezone.localdate(timezone=one.sector.zone))) is not None
    ]
    if not dated:
        return None
    dated.sort(key=lambda pair: pair[0].last_day)
    lines = tuple(
        Line(
            f"{one.sector.name}, {formats.date_short(one.first_day)} – {formats.date_short(one.last_day)}",
            reverse("roster:steps", args=[one.pk]),
            _step(found),
            found.is_late,
        )
        for found, one in dated[:SHOWN]
    )
    nearest, roster = dated[0]
    said = _("tableau du secteur {sector} : {step}").format(sector=roster.sector.name, step=_step(nearest))
    return Waiting(
        _("Étapes légales des gardes"), lines, said, reverse("roster:index"), _("Voir les tableaux")
    )


def _step(found: Deadline) -> str:
    label, days = STATE_LABELS[found.step], abs(found.days_left)
    if found.is_late:
        late = ngettext("« {step} » en retard de {days} jour", "« {step} » en retard de {days} jours", days)
        return late.format(step=label, days=formats.number(days))
    if not days:
        return _("« {step} » aujourd’hui au plus tard").format(step=label)
    coming = ngettext("« {step} » dans {days} jour", "« {step} » dans {days} jours", days)
    return coming.format(step=label, days=formats.number(days))


def on_call_now(person: Person) -> Waiting | None:
    """Say whom to call now in each sector of the person."""
    now = timezone.now()
    sectors = list(sectors_in(person)[: SHOWN + 1])
    if not sectors:
        return None
    lines = []
    for sector, given in on_call_by_sector(sectors[:SHOWN], now):
        # How to reach them, and who may, is said by the page: it takes more statements.
        names = ", ".join(one.volunteer.professional.name for one in given.held)
        lines.append(Line(sector.name, reverse("roster:on_call"), names or given.sentence))
    return Waiting(
        _("Qui appeler maintenant"), tuple(lines), "", reverse("roster:on_call"), _("Chercher une commune")
    )


def own_duties(person: Person) -> Waiting | None:
    """Say when one is on call next."""
    now = timezone.now()
    rows = duties_of(person, now)[:2]
    if not rows:
        return None
    lines = tuple(
        Line(
            named(one.post, one.post.roster.sector.zone), reverse("roster:mine"), one.post.roster.sector.name
        )
        for one in rows
    )
    said = _("vous êtes de garde en ce moment") if rows[0].post.starts_at <= now else ""
    return Waiting(_("Mes prochaines gardes"), lines, said, reverse("roster:mine"), _("Mes gardes"))


def demonstrate(place: Territory, now: datetime) -> None:
    """Give the territory its invented rosters."""
    create_demonstration_roster(by=None, place=place, today=timezone.localdate(now))


CONTRIBUTION = Contribution(
    "roster",
    navigation=(
        Entry(
            Verb.ACT,
            lazy("Gardes"),
            "roster:index",
            "shield-check",
            lazy("Savoir qui est de garde, demander ou prendre un remplacement."),
            Permission.VIEW_ROSTER,
            order=50,
        ),
    ),
    first_screen=(
        Block("roster.steps", {Role.COORDINATOR: 1}, legal_steps),
        Block("roster.duties", {Role.PHYSICIAN: 4, Role.MIDWIFE: 4, Role.PHYSIOTHERAPIST: 4}, own_duties),
        Block("roster.on_call", {Role.EHPAD: 1, Role.NURSE: 4, Role.PHARMACIST: 4}, on_call_now),
    ),
    demonstrate=demonstrate,
)
