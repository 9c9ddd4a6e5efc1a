"""A roster: its posts made from the rule, its steps, its duties given by hand."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.kernel import clock, formats, outbox
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import UnknownRuleError
from maillage.roster.actions.holding import hand_over
from maillage.roster.actions.recording import record
from maillage.roster.actions.rights import lock_people, locked, refuse_gone, require_manager
from maillage.roster.models import Assignment, Post, Roster, Sector, StateChange, Volunteer
from maillage.roster.queries.duties import missing_posts
from maillage.roster.queries.settings import holidays_kept, legal_delays, planned, points_of_burden
from maillage.roster.rules.blocks import burden
from maillage.roster.rules.errors import RosterError
from maillage.roster.rules.vocabulary import Origin, SectorKind
from maillage.roster.rules.workflow import EDITABLE, Obstacle, State, is_long_enough, obstacle

OBSTACLES: dict[Obstacle, str | Promise] = {
    Obstacle.NO_SUCH_STEP: gettext_lazy("Ce n’est pas l’étape suivante de ce tableau : rechargez la page."),
    Obstacle.POSTS_MISSING: gettext_lazy("Des postes restent à pourvoir : le tableau est lacunaire."),
    Obstacle.NOTHING_MISSING: gettext_lazy("Tous les postes sont pourvus : le tableau est complet."),
    Obstacle.NOT_STARTED: gettext_lazy("La période de ce tableau n’a pas commencé."),
    Obstacle.NOT_ENDED: gettext_lazy("La période de ce tableau n’est pas terminée."),
}
MOST_DAYS = timedelta(days=366)
"""The longest roster: beyond, nobody knows their holidays."""


@transaction.atomic
def create_roster(*, by: Person, sector: Sector, first_day: date, last_day: date) -> Roster:
    """Make a draft and its posts. Raises RosterError as `check_period` does; PermissionDenied."""
    require_manager(by, sector)
    Sector.objects.select_for_update().get(pk=sector.pk)
    check_period(sector, first_day, last_day)
    roster = Roster.objects.create(sector=sector, first_day=first_day, last_day=last_day)
    _make_posts(roster)
    StateChange.objects.create(roster=roster, state=roster.state, at=timezone.now(), by=by)
    changes = {"sector": sector, "first_day": first_day, "last_day": last_day}
    record(sector, roster, by=by, verb="roster.created", changes=changes)
    return roster


def check_period(sector: Sector, first_day: date, last_day: date) -> None:
    """Raise RosterError where a roster may not cover these days: too short, too long, or already covered."""
    if last_day < first_day:
        raise RosterError(_("Le dernier jour précède le premier."))
    try:
        months = legal_delays(first_day).minimum_months
    except UnknownRuleError as error:
        message = _("Aucune règle de la permanence des soins n’est connue ici au {day}.")
        raise RosterError(message.format(day=formats.date_short(first_day))) from error
    if not sector.is_shared and not is_long_enough(first_day, last_day, months):
        message = _("Un tableau couvre au moins {months} mois : choisissez un dernier jour plus tard.")
        raise RosterError(message.format(months=months))
    if last_day - first_day > MOST_DAYS:
        raise RosterError(_("Un tableau couvre un an au plus : choisissez un dernier jour plus tôt."))
    known = Roster.objects.filter(sector=sector, first_day__lte=last_day, last_day__gte=first_day).first()
    if known is not None:
        message = _(
            "Un tableau de ce secteur couvre déjà une partie de cette période : du {first} au {last}."
        )
        first, last = formats.date_short(known.first_day), formats.date_short(known.last_day)
        raise RosterError(message.format(first=first, last=last))


@transaction.atomic
def change_state(*, by: Person, roster: Roster, to: State, note: str = "") -> Roster:
    """Take a roster to its next state; what the CDOM answers is noted by whoever manages the roster.

    Publishes `roster.<state>`. Raises RosterError where the step is not possible; PermissionDenied.
    """
    row = locked(roster)
    require_manager(by, row.sector)
    return take_step(row, to, by=by, note=note)


def take_step(row: Roster, to: State, *, by: Person | None, note: str = "") -> Roster:
    """Write a step of a roster locked by the caller; `by` is None where the calendar takes it.

    Raises RosterError where the step is not possible.
    """
    today = clock.today(row.sector.territory.scope)
    why = obstacle(
        row.step,
        to,
        first=row.first_day,
        last=row.last_day,
        today=today,
        missing=missing_posts(row),
        kind=SectorKind(row.sector.kind),
    )
    if why is not None:
        raise RosterError(str(OBSTACLES[why]))
    before, row.state = row.state, to.value
    row.save(update_fields=["state"])
    step = StateChange.objects.create(roster=row, state=to.value, at=timezone.now(), by=by, note=note.strip())
    outbox.publish(f"roster.{to.value}", {"roster": row.pk}, key=f"roster-step-{step.pk}")
    changes = {"state": [before, to.value]}
    record(row.sector, row, by=by, verb="roster.state_changed", changes=changes)
    return row


@transaction.atomic
def assign(
    *, by: Person, post: Post, volunteer: Volunteer | None, is_locked: bool = True, reason: str = ""
) -> Assignment | None:
    """Give a post to somebody, or to nobody, by decision.

    A roster already sent, running or closed is changed with a reason only (the CDOM is told again, by
    `roster.changed`). Raises RosterError where it is done, where a reason is missing, where the volunteer is
    of another sector or on duty at that time; PermissionDenied.
    """
    row = locked(post.roster)
    require_manager(by, row.sector)
    _check_open(row, reason)
    if volunteer is not None:
        _check_free(row, post, volunteer)
    before, made = hand_over(row, post, volunteer, by=by, origin=Origin.MANUAL, is_locked=is_locked)
    changes = {"volunteer": [before, volunteer and volunteer.pk]}
    verb = "roster.unassigned" if volunteer is None else "roster.assigned"
    record(post.roster.sector, post, by=by, verb=verb, changes=changes, reason=reason.strip())
    return made


@transaction.atomic
def set_lock(*, by: Person, post: Post, is_locked: bool) -> Assignment:
    """Keep a duty from any computation to come, or leave it to them again.

    Raises RosterError where nobody holds the post, or the roster is no longer being made; PermissionDenied.
    """
    row = locked(post.roster)
    require_manager(by, row.sector)
    if row.step not in EDITABLE:
        raise RosterError(_("Ce tableau est parti au CDOM : aucun calcul ne le change plus."))
    held = Assignment.objects.filter(post=post).first()
    if held is None:
        raise RosterError(_("Personne ne tient cette garde : inscrivez d’abord quelqu’un."))
    before, held.is_locked = held.is_locked, is_locked
    held.save(update_fields=["is_locked"])
    changes = {"is_locked": [before, is_locked]}
    record(post.roster.sector, post, by=by, verb="roster.lock_set", changes=changes)
    return held


def _check_open(roster: Roster, reason: str) -> None:
    if roster.step is State.DUTY_DONE:
        raise RosterError(_("Le service fait est établi : ce tableau ne change plus."))
    if roster.step not in EDITABLE and not reason.strip() and not roster.sector.is_shared:
        raise RosterError(_("Ce tableau est parti au CDOM : dites pourquoi il change."))


def _check_free(roster: Roster, post: Post, volunteer: Volunteer) -> None:
    if volunteer.sector_id != roster.sector_id:
        raise RosterError(_("Cette personne n’est pas volontaire dans ce secteur."))
    lock_people([volunteer.professional_id])
    refuse_gone(volunteer, post)
    busy = Assignment.objects.filter(
        volunteer__professional=volunteer.professional_id,
        post__starts_at__lt=post.ends_at,
        post__ends_at__gt=post.starts_at,
    ).exclude(post=post)
    if busy.exists():
        raise RosterError(_("{name} est déjà de garde à ce moment.").format(name=volunteer))


def _make_posts(roster: Roster) -> None:
    sector = roster.sector
    kept, points = holidays_kept(sector, roster.first_day), points_of_burden(roster.first_day)
    Post.objects.bulk_create(
        Post(
            roster=roster,
            kind=block.kind.value,
            day=block.day,
            starts_at=block.starts_at,
            ends_at=block.ends_at,
            burden=burden(block, points, kept),
            seat=seat,
        )
        for block in planned(sector, roster.first_day, roster.last_day)
        for seat in range(sector.seats)
    )
