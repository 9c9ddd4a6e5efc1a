"""What `roster` brings to the shared pages: its entry, legal steps, who is on call, its demonstration."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.kernel import clock, formats
from maillage.kernel.contributions import Block, Contribution, Entry, Line, Processing, Verb, Waiting
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role
from maillage.roster.actions.demonstration import create_demonstration_roster
from maillage.roster.actions.leaving import WITHDRAWALS
from maillage.roster.models import STATE_LABELS, Post, Roster, Sector
from maillage.roster.pages.presenters import named, until
from maillage.roster.queries.duties import duties_of, on_call_by_sector
from maillage.roster.queries.sectors import own_sectors_first, sectors_in
from maillage.roster.queries.settings import next_deadline
from maillage.roster.rules.workflow import Deadline
from maillage.territory.api import Territory

SHOWN = 4


def legal_steps(person: Person) -> Waiting | None:
    """Say which legal steps come next, the nearest first, for whoever keeps or follows the rosters."""
    sectors = sectors_in(person, Permission.VIEW_DUTY_PAY)
    rows = Roster.objects.filter(sector__in=sectors.order_by()).select_related("sector__territory__scope")
    dated = [
        (found, one)
        for one in rows
        if (found := next_deadline(one, clock.today(one.sector.territory.scope))) is not None
    ]
    if not dated:
        return None
    dated.sort(key=lambda pair: (pair[0].days_left, pair[0].step))
    alike = [list(rows) for _key, rows in groupby(dated, lambda pair: (pair[0].days_left, pair[0].step))]
    lines = tuple(_steps_of_one_day(rows) for rows in alike[:SHOWN])
    nearest, roster = dated[0]
    if (count := len(alike[0])) > 1:
        said = _rosters(count, nearest)
    else:
        said = _("tableau du secteur {sector} : {step}").format(
            sector=roster.sector.name, step=_step(nearest)
        )
    return Waiting(
        _("Étapes légales des gardes"), lines, said, reverse("roster:index"), _("Voir les tableaux")
    )


def _steps_of_one_day(rows: list[tuple[Deadline, Roster]]) -> Line:
    """Return the line of the rosters whose next step is the same, as many days away; one roster by name."""
    found, roster = rows[0]
    if len(rows) > 1:
        sectors = ", ".join(one.sector.name for _found, one in rows)
        return Line(_rosters(len(rows), found), reverse("roster:index"), sectors, found.is_late)
    span = f"{formats.date_short(roster.first_day)} – {formats.date_short(roster.last_day)}"
    address = reverse("roster:steps", args=[roster.pk])
    return Line(f"{roster.sector.name}, {span}", address, _step(found), found.is_late)


def _rosters(count: int, found: Deadline) -> str:
    """Return « 3 tableaux : « Envoyé au CDOM » dans 13 jours »."""
    said = ngettext("{count} tableau : {step}", "{count} tableaux : {step}", count)
    return said.format(count=formats.number(count), step=_step(found))


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
    lines = []
    for sector, given in on_call_by_sector(own_sectors_first(person)[: SHOWN - 1], now):
        names = ", ".join(one.volunteer.professional.name for one in given.held)
        # The doctor of the PDSA is reached after regulation; whoever holds a shared on-call, directly.
        # Who may read the number of a doctor on call is said by the page: it takes more statements.
        phones = [one.volunteer.professional.phone for one in given.held if sector.is_shared]
        lines.append(
            Line(
                sector.name,
                reverse("roster:on_call"),
                names or given.sentence,
                phone=next(filter(None, phones), ""),
            )
        )
    return Waiting(
        _("Qui appeler maintenant"),
        (*_numbers(), *lines),
        "",
        reverse("roster:on_call"),
        _("Qui est de garde dans une commune"),
        finding=_("Le médecin de garde se joint par le 15 ou le 116 117.") if lines else "",
    )


def numbers_to_call(_person: Person) -> Waiting:
    """Say which numbers answer at any hour."""
    return Waiting(_("Qui appeler en cas de besoin"), _numbers())


def _numbers() -> tuple[Line, Line]:
    """Return the two numbers that answer at any hour, to dial."""
    return (
        Line(_("Urgence vitale (SAMU)"), phone="15"),
        Line(_("Médecin de garde, quand le cabinet est fermé"), phone="116117"),
    )


def own_duties(person: Person) -> Waiting | None:
    """Say whether one is on call now and until when, and when next."""
    now = timezone.now()
    rows = duties_of(person, now)[:3]
    if not rows:
        return None
    lines = tuple(
        Line(_duty_said(one.post, now), reverse("roster:own_duties"), one.post.roster.sector.name)
        for one in rows
    )
    said = _("vous êtes de garde en ce moment") if rows[0].post.starts_at <= now else ""
    return Waiting(_("Mes gardes"), lines, said, reverse("roster:own_duties"), _("Voir mes gardes"))


def _duty_said(post: Post, now: datetime) -> str:
    """Return « En cours, jusqu’à 20 h 00 » for a duty under way, its day and hours for one to come."""
    zone = post.roster.sector.zone
    if post.starts_at <= now:
        return _("En cours, {until}").format(until=until(post, zone, now))
    return named(post, zone)


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
        Block("roster.steps", {Role.COORDINATOR: 1, Role.BOARD: 2}, legal_steps),
        Block("roster.duties", {Role.PHYSICIAN: 4, Role.MIDWIFE: 4, Role.PHYSIOTHERAPIST: 4}, own_duties),
        Block("roster.on_call", {Role.EHPAD: 1, Role.NURSE: 4, Role.PHARMACIST: 1}, on_call_now),
        Block("roster.numbers", {Role.PATIENT: 2, Role.CARER: 2}, numbers_to_call, is_kept=True),
    ),
    demonstrate=demonstrate,
    named_in_journal=(Sector,),
    withdrawals=WITHDRAWALS,
    told_of_leavers=("roster.absence.professional",),
    processing=Processing(
        lazy("Gardes et remplacements"),
        lazy("Tenir les tableaux de permanence, dire qui est de garde."),
        lazy("Professionnels"),
        lazy("Régulation ; conseil de l’Ordre et ARS, pour les tableaux"),
    ),
)
