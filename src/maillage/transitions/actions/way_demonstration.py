"""Invented stays of the demonstration: asked, refused, under way, back with treatments half decided."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people import api as people
from maillage.territory.api import Territory
from maillage.transitions.actions import ways as actions
from maillage.transitions.models import Way
from maillage.transitions.rules.medicines import Change
from maillage.transitions.rules.ways import AdmissionRefusal, ReturnRefusal, WayKind

_BEFORE = """Furosémide 40 mg le matin
Bisoprolol 2,5 mg le matin
Metformine 850 mg matin et soir
Zopiclone 7,5 mg au coucher
Paracétamol 1 g si douleur"""
_AFTER = """Furosémide 80 mg le matin
Bisoprolol 2,5 mg le matin
Apixaban 5 mg matin et soir
Paracétamol 1 g si douleur"""
#: What is decided of the first lines; the others wait.
_DECIDED = (
    (Change.CHANGED, "Dose doublée après la décompensation, poids tous les jours"),
    (Change.KEPT, ""),
    (Change.CLARIFY, "Absente de l’ordonnance : oubli ou arrêt ? Appeler le service"),
)


@transaction.atomic
def create_demonstration_ways(*, place: Territory, now: datetime) -> int:
    """Note some stays of invented patients; return how many. Again, none.

    Needs the accounts, the patients and the circles of the demonstration; without them, nothing is made.
    """
    if Way.objects.in_scope(place.scope).exists():
        return 0
    nurse = demonstration_account(Role.NURSE)
    if nurse is None:
        return 0
    invented = people.Patient.objects.in_scope(place.scope).filter(is_demonstration=True).order_by("pk")
    followed = [one for one in invented if people.decision(nurse, one, people.Part.HEALTH).is_allowed]
    makers = (_half_reconciled, _asked, _refused, _return_refused)
    for patient, make in zip(followed[2:], makers, strict=False):
        make(patient, nurse, now)
    Way.objects.in_scope(place.scope).update(is_demonstration=True)
    return min(len(makers), max(0, len(followed) - 2))


def _half_reconciled(patient: people.Patient, nurse: Person, now: datetime) -> None:
    way = actions.note_discharge(
        by=nurse,
        patient=patient,
        key=f"demonstration-{patient.pk}",
        place="Centre hospitalier, cardiologie",
        left_at=now - timedelta(hours=30),
        owner=nurse,
        summary="Décompensation cardiaque, 6 jours. Contrôle sanguin dans une semaine.",
    )
    lines = actions.receive_list(by=nurse, way=way, before=_BEFORE, after=_AFTER)
    for line, (change, note) in zip(lines, _DECIDED, strict=False):
        actions.decide_line(by=nurse, line=line, change=change, seen="", note=note)


def _asked(patient: people.Patient, nurse: Person, now: datetime) -> None:
    actions.ask_admission(
        by=nurse,
        patient=patient,
        key=f"demonstration-{patient.pk}",
        kind=WayKind.DIRECT,
        place="Hôpital local, médecine",
        reason="Plaie qui s’étend, ne peut plus être soignée à domicile",
        wanted_on=(now + timedelta(days=1)).date(),
    )


def _refused(patient: people.Patient, nurse: Person, now: datetime) -> None:
    way = actions.ask_admission(
        by=nurse,
        patient=patient,
        key=f"demonstration-{patient.pk}",
        kind=WayKind.HAD,
        place="Hospitalisation à domicile du territoire",
        reason="Perfusions trois fois par jour",
        wanted_on=now.date(),
    )
    actions.answer_admission(
        by=nurse,
        way=way,
        refusal=AdmissionRefusal.NO_BED,
        said="Aucune place avant lundi ; rappeler vendredi, liste d’attente ouverte",
    )


def _return_refused(patient: people.Patient, nurse: Person, now: datetime) -> None:
    way = actions.note_discharge(
        by=nurse,
        patient=patient,
        key=f"demonstration-{patient.pk}",
        place="Centre hospitalier, gériatrie",
        left_at=now - timedelta(hours=5),
        owner=nurse,
    )
    actions.refuse_return(
        by=nurse,
        way=way,
        refusal=ReturnRefusal.NO_EQUIPMENT,
        said="Lit médicalisé livré demain seulement",
    )
