"""Invented evaluations: one with comparators, one without, one still to come."""

from __future__ import annotations

from datetime import datetime

import numpy as np
from django.db import transaction

from maillage.kernel.api import demonstration_account
from maillage.kernel.rules import Role
from maillage.steering.actions.evaluations import keep_evaluation
from maillage.steering.models import Evaluation
from maillage.steering.rules.directions import Better
from maillage.steering.rules.panels import Measures
from maillage.territory.api import Territory

_PLACES = (
    "Val-Vert", "Haut-Bocage", "Rive-Douce", "Monts-Clairs", "Plaine-Haute", "Deux-Étangs", "Bois-Joli",
    "Pierre-Blanche", "Vallon", "Source-Vive", "Grand-Pré", "Petit-Mont", "Belle-Rive", "Combe-Noire",
    "Champ-Long", "Roche-Grise", "Pont-Neuf", "Haute-Lande", "Clair-Ruisseau", "Vieux-Moulin", "Longue-Haie",
    "Chêne-Rond", "Fontaine-Froide", "Saut-du-Loup",
)  # fmt: skip


@transaction.atomic
def create_demonstration_evaluations(*, place: Territory, now: datetime) -> int:
    """Keep three invented evaluations in a territory, once; return how many were made."""
    if Evaluation.objects.in_scope(place.scope).exists():
        return 0
    analyst = demonstration_account(Role.ANALYST)
    if analyst is None:
        return 0
    rng = np.random.default_rng(20261130)
    months = 24
    first = now.year * 12 + now.month - 1 - months
    level = 18 + rng.normal(0, 2, (24, 1))
    season = 1.2 * np.sin(2 * np.pi * (np.arange(months) + now.month) / 12)
    visits = level + season + rng.normal(0, 0.6, (24, months))
    starts: list[int | None] = [12 + 2 * (one % 3) if one < 12 else None for one in range(24)]
    for one, start in enumerate(starts):
        if start is not None:
            visits[one, start:] -= 1.4
    alone = 9 + 0.05 * np.arange(months) + rng.normal(0, 0.7, months)
    delays = 6 + rng.normal(0, 1, (10, 1)) + rng.normal(0, 0.8, (10, months))
    made = (
        (
            "Permanence de soins du soir", "Un médecin reçoit sans rendez-vous de 18 h à 21 h, en semaine.",
            "passages aux urgences sans hospitalisation", "pour 1 000 habitants",
            Measures(_PLACES, 12, first, _lines(visits), tuple(starts)),
        ),
        (
            "Infirmière de coordination", "Une infirmière appelle chaque semaine les personnes suivies.",
            "hospitalisations non programmées", "pour 1 000 habitants",
            Measures(_PLACES[:1], 12, first, _lines(alone[None]), (15,)),
        ),
        (
            "Agenda partagé de deux cabinets", "Deux cabinets s’ouvriront leurs créneaux du jour.",
            "délai du troisième rendez-vous libre", "jours",
            Measures(_PLACES[:10], 12, first, _lines(delays), (months + 1,) * 4 + (None,) * 6),
        ),
    )  # fmt: skip
    for rank, (title, described, outcome, unit, measures) in enumerate(made):
        keep_evaluation(
            by=analyst, scope=place.scope, title=title, described=described, outcome=outcome, unit=unit,
            better=Better.LOWER, source="Données inventées pour la démonstration", measures=measures,
            key=f"demonstration-{place.pk}-{rank}", is_demonstration=True,
        )  # fmt: skip
    return len(made)


def _lines(values: np.ndarray) -> tuple[tuple[float | None, ...], ...]:
    return tuple(tuple(round(float(one), 2) for one in line) for line in values)
