"""What `crisis` brings to the shared pages: the open cells, whom to go and see, an invented crisis."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.crisis.actions.demonstration import create_demonstration_cell
from maillage.crisis.actions.leaving import WITHDRAWALS
from maillage.crisis.models import Cell, Duty, FragilePerson
from maillage.crisis.pages import words
from maillage.crisis.queries.cells import OpenCell, open_cells
from maillage.crisis.queries.waiting import posts_to_hold, visits_to_direct
from maillage.crisis.rules.calls import State
from maillage.crisis.rules.vocabulary import Post
from maillage.kernel.contributions import (
    Block,
    Confided,
    Contribution,
    Entry,
    InboxLine,
    InboxSource,
    Line,
    Processing,
    Verb,
    Waiting,
    Waits,
    rows_waiting,
)
from maillage.kernel.models import Person
from maillage.kernel.rules import InboxGroup, Permission, Role, allows
from maillage.territory.api import Territory, at_place


def cells_open(person: Person) -> Waiting | None:
    """Return the open cells of the territories of a person; one statement, no name of anybody called."""
    cells = open_cells(person)
    said = ngettext("{count} cellule de crise ouverte", "{count} cellules de crise ouvertes", len(cells))
    return rows_waiting(
        _("Cellules de crise"),
        cells,
        _cell_line,
        said,
        url=reverse("crisis:cells"),
        gesture=_("Toutes les cellules"),
    )


def _cell_line(one: OpenCell) -> Line:
    pieces = [_("exercice")] if one.cell.is_exercise else []
    is_late = timezone.now() > one.report_due
    pieces.append(words.standing(one))
    url = reverse("crisis:cell", args=[one.cell.pk])
    return Line(one.cell.title, url, " · ".join(pieces), is_late=is_late or bool(one.visits))


def demonstrate(place: Territory, now: datetime) -> None:
    """Give the territory an invented heatwave, and an older exercise."""
    create_demonstration_cell(place=place, now=now)


def visit_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the people whom somebody has to go and see: where and why, never who."""
    rows = FragilePerson.objects.for_person(person).filter(pk__in=keys, state=State.VISIT.value)
    return [
        InboxLine(
            one.pk,
            _("Quelqu’un à aller voir {at_commune}").format(at_commune=at_place(one.commune)),
            reverse("crisis:fragile", args=[one.cell_id, one.pk]),
            detail=str(one.get_why_display()),
        )
        for one in rows.select_related("cell")
    ]


def held_visits(owner: Person, holder: Person, keys: Sequence[int]) -> list[InboxLine]:  # noqa: ARG001 (one shape for all kinds)
    """Return the same for whoever holds the inbox of `owner`: a visit waits; where and why tell of health."""
    return [InboxLine(one.pk, _("Quelqu’un à aller voir")) for one in visit_lines(owner, keys)]


def post_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the posts that somebody holds in cells that are open."""
    rows = Duty.objects.for_person(person).filter(pk__in=keys, person=person).select_related("cell")
    return [
        InboxLine(
            one.pk,
            one.cell.title,
            reverse("crisis:calls" if one.post == Post.CALLS else "crisis:cell", args=[one.cell_id]),
            detail=_("votre poste : {post}").format(post=one.get_post_display()),
        )
        for one in rows
    ]


_FOLLOW = frozenset(role for role in Role if allows(role, Permission.VIEW_CRISIS))
_MANAGE = frozenset(role for role in Role if allows(role, Permission.MANAGE_CRISIS))

CONTRIBUTION = Contribution(
    "crisis",
    navigation=(
        Entry(
            Verb.STEER,
            lazy("Crise"),
            "crisis:cells",
            "alert-triangle",
            lazy("Ouvrir une cellule en un quart d’heure, savoir qui tient, appeler les personnes fragiles."),
            Permission.VIEW_CRISIS,
            within=("crisis:",),
            order=80,
        ),
    ),
    first_screen=(
        Block(
            "crisis.cells",
            {Role.PREVENTION_LEAD: 0, Role.COORDINATOR: 0, Role.REGULATOR: 0, Role.BOARD: 5},
            cells_open,
        ),
    ),
    inbox=(
        InboxSource(
            "crisis.visit",
            lazy("Personnes à aller voir"),
            "alert-triangle",
            _MANAGE,
            Waits(visits_to_direct, "visit_since"),
            visit_lines,
            order=2,
            confided=Confided(InboxGroup.TASKS, held_visits),
        ),
        # Not confided: a post is passed on in its cell, where everybody reads who holds it.
        InboxSource(
            "crisis.post",
            lazy("Cellule de crise"),
            "alert-triangle",
            _FOLLOW,
            Waits(posts_to_hold, "since"),
            post_lines,
            order=3,
        ),
    ),
    demonstrate=demonstrate,
    named_in_journal=(Cell,),
    withdrawals=WITHDRAWALS,
    told_of_leavers=(
        "crisis.askedstructure.by",
        "crisis.call.by",
        "crisis.cell.by",
        "crisis.cell.closed_by",
        "crisis.structurestate.by",
        "crisis.fragileperson.by",
        "crisis.gesturedone.by",
        "crisis.logentry.by",
        "crisis.situationreport.by",
        "crisis.supplyrequest.answered_by",
        "crisis.supplyrequest.by",
        "crisis.visit.by",
        "crisis.volunteer.answered_by",
    ),
    processing=Processing(
        lazy("Crise sanitaire"),
        lazy("Tenir une cellule de crise, appeler les personnes fragiles, recevoir les volontaires."),
        lazy("Personnes fragiles signalées par une commune ou un professionnel, volontaires, cellule"),
        lazy("Direction et appelants de la cellule ; les noms sont effacés après le retour à la normale"),
    ),
)
