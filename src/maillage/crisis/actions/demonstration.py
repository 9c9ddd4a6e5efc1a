"""An invented crisis: an open cell in mid-afternoon, and an exercise of last spring; names after plants."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from maillage.crisis.computations.situations import content_of
from maillage.crisis.models import (
    AskedStructure,
    Call,
    Cell,
    Duty,
    FragilePerson,
    GestureDone,
    LogEntry,
    SituationReport,
    StructureState,
    SupplyRequest,
    Volunteer,
)
from maillage.crisis.queries.cells import cell_now
from maillage.crisis.queries.links import places
from maillage.crisis.queries.templates import template_of
from maillage.crisis.rules.calls import Outcome, State, Why
from maillage.crisis.rules.vocabulary import Helper, Kind, Level, Note, Post, Supply
from maillage.directory import api as directory
from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.territory import api as territory
from maillage.territory.api import Territory

_NAMES = (
    "Mme Rose Églantier", "M. Firmin Noisetier", "Mme Lucie Mirabelle", "M. Gaston Cerisier",
    "Mme Hortense Glycine", "M. Paul Charme", "Mme Iris Bouleau", "M. Basile Platane",
    "Mme Olive Marjolaine", "M. Aubin Sureau", "Mme Violette Troène", "M. Narcisse Buis",
    "Mme Angélique Orme", "M. Silvain Houx",
)  # fmt: skip
_HOT = frozenset(range(5, 10))
_SAID = {
    Kind.HEAT: (
        "Canicule",
        "Vigilance orange depuis ce matin, 38 °C attendus trois jours de suite ; les nuits restent chaudes.",
        "Deux ventilateurs en panne, pas de pièce rafraîchie au deuxième étage",
        "ventilateurs",
    ),
    Kind.EPIDEMIC: (
        "Grippe et bronchiolite",
        "Le seuil d’alerte est passé depuis trois jours ; les consultations non programmées ont doublé.",
        "Deux aides-soignantes malades, plus de masques pour les visites",
        "boîtes de masques",
    ),
}


@transaction.atomic
def create_demonstration_cell(*, place: Territory, now: datetime) -> int:
    """Open an invented cell in a territory, once; return how many were made."""
    lead = demonstration_account(Role.PREVENTION_LEAD)
    if lead is None or Cell.objects.in_scope(place.scope).exists():
        return 0
    _exercise(place, lead, now)
    kind = Kind.HEAT if now.astimezone(place.zone).month in _HOT else Kind.EPIDEMIC
    title, why, need, supply = _SAID[kind]
    opened = now - timedelta(hours=5)
    cell = Cell.objects.create(
        by=lead, at=opened, key=uuid4().hex, scope=place.scope, kind=kind, title=title, why=why,
        report_hours=4, is_demonstration=True,
    )  # fmt: skip
    coordinator, nurse = demonstration_account(Role.COORDINATOR), demonstration_account(Role.NURSE)
    Duty.objects.create(cell=cell, post=Post.DIRECTOR, person=lead, since=opened, phone="+33639980011")
    if coordinator is not None:
        Duty.objects.create(cell=cell, post=Post.DIRECTOR, person=coordinator, is_deputy=True, since=opened)
        Duty.objects.create(cell=cell, post=Post.STRUCTURES, person=coordinator, since=opened)
    if nurse is not None:
        Duty.objects.create(cell=cell, post=Post.CALLS, person=nurse, since=opened)
    Duty.objects.create(
        cell=cell, post=Post.CALLS, name="Élise Capucine, mairie", phone="+33639980012", since=opened
    )
    codes = [code for code, _words in template_of(kind, opened).gestures]
    for place_, code in enumerate(codes[:5]):
        at = opened + timedelta(minutes=4 * place_ + 3)
        GestureDone.objects.create(cell=cell, code=code, by=lead, at=at)
    _structures(cell, lead, opened, need)
    _people(cell, lead, nurse or lead, now, opened)
    SupplyRequest.objects.create(
        cell=cell, by=lead, at=opened + timedelta(hours=1), key=uuid4().hex, what=supply, quantity=12,
        whom="EHPAD, aile nord", state=Supply.PROMISED, answer="Livrés demain matin par l’intercommunalité",
        answered_by=lead, answered_at=opened + timedelta(hours=2),
    )  # fmt: skip
    SupplyRequest.objects.create(
        cell=cell, by=lead, at=now - timedelta(minutes=35), key=uuid4().hex, what="lits picots", quantity=6,
        whom="salle des fêtes", state=Supply.ASKED,
    )  # fmt: skip
    Volunteer.objects.create(
        cell=cell, key=uuid4().hex, name="Jeanne Prunelle", profession="infirmière retraitée",
        phone="+33639980013", available="Samedi et dimanche, 8 h à 14 h", at=now - timedelta(hours=2),
        state=Helper.OFFERED,
    )  # fmt: skip
    _log(cell, lead, opened, why)
    content = content_of(cell_now(cell, now=opened + timedelta(minutes=20), lines=None), None, why)
    SituationReport.objects.create(
        cell=cell, number=1, by=lead, at=opened + timedelta(minutes=20), content=content
    )
    return 2


def _exercise(place: Territory, lead: Person, now: datetime) -> None:
    opened = now - timedelta(days=160)
    cell = Cell.objects.create(
        by=lead, at=opened, key=uuid4().hex, scope=place.scope, kind=Kind.FLOOD, title="Exercice inondation",
        why="Exercice avec la préfecture : deux communes coupées, un EHPAD à évacuer.", report_hours=6,
        is_exercise=True, closed_at=opened + timedelta(hours=6), closed_by=lead,
        closing="Fin de l’exercice, toutes les structures ont répondu.",
        lessons="Les numéros de secours de deux cabinets manquaient : ils sont notés depuis.",
        is_demonstration=True,
    )  # fmt: skip
    Duty.objects.create(cell=cell, post=Post.DIRECTOR, person=lead, since=opened)


def _structures(cell: Cell, lead: Person, opened: datetime, need: str) -> None:
    kinds = [directory.StructureKind(one) for one in template_of(Kind(cell.kind), opened).structures]
    found = list(
        directory.structures_in(places(cell), kinds, every_origin=True).order_by("search_name", "pk")
    )
    homes = [one for one in found if one.kind == directory.StructureKind.EHPAD.value][:4]
    others = [one for one in found if one.kind != directory.StructureKind.EHPAD.value][:5]
    levels = (Level.CRITICAL, Level.STRAINED, Level.NORMAL, None)
    for rank, one in enumerate(homes + others):
        asked = AskedStructure.objects.create(cell=cell, structure=one, by=lead, at=opened)
        level = levels[rank % len(levels)]
        if level is None:
            continue
        StructureState.objects.create(
            asked=asked, key=uuid4().hex, level=level, beds=(0, 2, 4)[rank % 3], absent=(3, 1, 0)[rank % 3],
            needs=need if level is Level.CRITICAL and rank == 0 else "",
            contact=("Cadre de santé", "Direction", "Secrétariat")[rank % 3],
            phone=f"+336399800{20 + rank}", at=opened + timedelta(minutes=40 + 13 * rank),
        )  # fmt: skip


def _people(cell: Cell, lead: Person, caller: Person, now: datetime, opened: datetime) -> None:
    found = places(cell)[:5]
    communes = list(territory.names_of(found).values()) or ["–"]
    for rank, name in enumerate(_NAMES):
        state, why, unanswered = State.TO_CALL, "", 0
        call_at: datetime | None = now - timedelta(minutes=10 * rank)
        if rank in {0, 1}:
            state, call_at = State.VISIT, None
            why = (Why.UNANSWERED if rank == 0 else Why.HELP).value
            unanswered = 3 if rank == 0 else 0
        elif rank in {2, 3, 4}:
            call_at = now + timedelta(hours=20, minutes=rank)
        elif rank == 5:
            unanswered, call_at = 1, now + timedelta(minutes=45)
        row = FragilePerson.objects.create(
            cell=cell, by=lead, at=opened, key=uuid4().hex, name=name, phone=f"+3363998010{rank}"[:12],
            commune=communes[rank % len(communes)], source="Registre de la mairie (inventé)", state=state,
            call_at=call_at, why=why, unanswered=unanswered,
            visit_since=now - timedelta(hours=5 if rank == 0 else 1) if state is State.VISIT else None,
            note="Entend mal : laisser sonner" if rank == 0 else "",
        )  # fmt: skip
        outcomes = {0: (Outcome.NO_ANSWER,) * 3, 1: (Outcome.HELP,), 5: (Outcome.NO_ANSWER,)}.get(
            rank, (Outcome.WELL,) if rank < 5 else ()
        )
        for turn, outcome in enumerate(outcomes):
            Call.objects.create(
                person=row, by=caller, at=opened + timedelta(minutes=30 + 60 * turn + rank), key=uuid4().hex,
                outcome=outcome, said="Plus de courses depuis deux jours" if outcome is Outcome.HELP else "",
            )  # fmt: skip


def _log(cell: Cell, lead: Person, opened: datetime, why: str) -> None:
    lines = (
        (0, Note.DECISION, "Cellule ouverte.", ""),
        (6, Note.MESSAGE, "ARS et préfecture prévenues, prochain échange à 17 h.", "standard de l’ARS"),
        (25, Note.FACT, why, ""),
        (50, Note.REQUEST, "Un EHPAD demande des renforts pour la nuit.", "cadre de santé"),
        (95, Note.DECISION, "La salle des fêtes ouvre à 16 h : eau, fraîcheur, une infirmière.", ""),
        (180, Note.REQUEST, "Quelqu’un à aller voir : plusieurs appels sans réponse.", ""),
    )
    for minutes, kind, text, who in lines:
        at = opened + timedelta(minutes=minutes)
        LogEntry.objects.create(
            cell=cell, kind=kind, text=text, at=at, noted_at=at, by=lead, said_by=who, key=uuid4().hex
        )
