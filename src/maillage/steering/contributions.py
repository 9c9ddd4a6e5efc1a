"""What `steering` brings to the shared pages: its entry, the last evaluations, invented ones."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.contributions import (
    SHOWN,
    Block,
    Contribution,
    Entry,
    Line,
    Processing,
    Verb,
    Waiting,
    rows_waiting,
)
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role
from maillage.steering.actions.demonstration import create_demonstration_evaluations
from maillage.steering.models import Evaluation
from maillage.steering.queries.evaluations import evaluations_for
from maillage.territory.api import Territory


def last_evaluations(person: Person) -> Waiting | None:
    """Return the last evaluations; one statement, nothing computed."""
    rows = evaluations_for(person, SHOWN)
    said = ngettext("{count} évaluation à lire", "{count} évaluations à lire", len(rows))
    return rows_waiting(
        _("Évaluations"),
        rows,
        _line,
        said,
        url=reverse("steering:evaluations"),
        gesture=_("Toutes les évaluations"),
    )


def _line(one: Evaluation) -> Line:
    return Line(
        one.title,
        reverse("steering:evaluation", args=[one.pk]),
        f"{one.outcome} · {formats.date_short(one.at)}",
    )


def demonstrate(place: Territory, now: datetime) -> None:
    """Give the territory invented evaluations."""
    create_demonstration_evaluations(place=place, now=now)


CONTRIBUTION = Contribution(
    "steering",
    navigation=(
        Entry(
            Verb.STEER,
            lazy("Évaluations"),
            "steering:evaluations",
            "chart-line",
            lazy("Savoir ce qu’une mesure a changé : avec et sans, avant et après."),
            Permission.VIEW_EVALUATIONS,
            order=20,
        ),
    ),
    first_screen=(Block("steering.evaluations", {Role.ANALYST: 3, Role.BOARD: 4}, last_evaluations),),
    demonstrate=demonstrate,
    named_in_journal=(Evaluation,),
    told_of_leavers=("steering.evaluation.by",),
    processing=Processing(
        lazy("Pilotage du territoire"),
        lazy("Évaluer ce que changent les mesures prises, sur des territoires et des structures."),
        lazy("Personnes qui gardent une évaluation"),
        lazy("Coordination, analyse et conseil du territoire"),
    ),
)
