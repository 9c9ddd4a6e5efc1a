"""Invented residents of a demonstration home: their cards, grids, and what happened to some of them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.care.models import AcuteEvent, AggirGrid, CrisisCard, PeerReview, Stay, Transfer
from maillage.care.rules.aggir import Activity, Grade, groups_of, outcome_of
from maillage.directory import api as directory
from maillage.kernel import journal
from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people
from maillage.territory import api as territory

RESIDENTS = 26
_WHAT_TO_DO = (
    "Chute sans douleur : surveiller toutes les heures, appeler le médecin de garde avant tout départ.",
    "Essoufflement : asseoir, oxygène prescrit à 2 litres, appeler le médecin de garde.",
    "Fièvre : paracétamol prescrit, faire boire, avis du médecin de garde au-delà de 39 °C.",
    "Agitation : parler, lumière douce, ne pas attacher ; avis du médecin de garde si elle dure.",
    "Fin de vie : protocole de confort dans la chambre, appeler l’hospitalisation à domicile.",
)
_WISHES = (
    "« Je veux rester dans ma chambre, avec ma radio. »",
    "« L’hôpital si cela me remet debout, sinon non. »",
    "« Qu’on appelle ma fille avant de décider. »",
)
_TREATMENTS = (
    "Anticoagulant (apixaban) : toute chute sur la tête est à dire au médecin.",
    "Insuline du soir : glycémie avant toute décision.",
    "Aucun traitement qui change la conduite en urgence.",
    "Antiépileptique : ne pas sauter de prise.",
)
_BASELINE = (
    "Parle et reconnaît l’équipe, marche avec un déambulateur, mange seule.",
    "Désorientée le soir, marche aidée, mange mixé.",
    "Ne parle presque plus, au fauteuil, aidée pour tout.",
)
_RELATIVES = ("Claire", "Malik", "Hélène", "Jean", "Sofia", "Rémi")


@transaction.atomic
def create_demonstration_home(*, by: Person | None, place: territory.Territory, now: datetime) -> int:
    """Fill the first home of a territory with invented residents; return how many. Again, nothing changes.

    Needs the accounts, the directory and the patients of the demonstration; without them, nothing is made.
    """
    known = Stay.objects.in_scope(place.scope).filter(is_demonstration=True).count()
    home = _home(place)
    nurse, doctor = (demonstration_account(role, place.scope) for role in (Role.NURSE, Role.PHYSICIAN))
    if known or home is None or nurse is None or doctor is None:
        return known
    patients = people.Patient.objects.in_scope(place.scope).filter(is_demonstration=True, account=None)
    oldest = list(patients.order_by("birth_date", "pk")[:RESIDENTS])
    stays = [_stay(order, patient, home, nurse, now) for order, patient in enumerate(oldest)]
    for order, stay in enumerate(stays):
        _card(order, stay, doctor, nurse, now)
        if order % 5:
            _grid(order, stay, nurse, now)
    _events(stays, nurse, doctor, now)
    _mobile_visits(place, timezone.localdate(now))
    journal.record(
        by=by,
        verb="care.demonstration_created",
        target=journal.target_of(place),
        changes={"residents": len(stays)},
        scope=place.scope_id,
    )
    return len(stays)


def _home(place: territory.Territory) -> directory.Structure | None:
    """Return the home where the demonstration's account of a home works."""
    account = demonstration_account(Role.EHPAD, place.scope)
    if account is None:
        return None
    return directory.Structure.objects.filter(pk__in=directory.homes_of(account)).order_by("pk").first()


def _stay(
    order: int, patient: people.Patient, home: directory.Structure, nurse: Person, now: datetime
) -> Stay:
    """Let somebody live there for months; one was not told yet."""
    since = timezone.localdate(now) - timedelta(days=40 + 37 * order)
    people.enter_home(by=nurse, patient=patient, home=home, is_informed=order != 3)
    return Stay.objects.create(
        patient=patient,
        home=home,
        room=str(101 + order),
        since=since,
        by=nurse,
        at=now - timedelta(days=40 + 37 * order),
        is_demonstration=True,
    )


def _card(order: int, stay: Stay, doctor: Person, nurse: Person, now: datetime) -> None:
    """Write a card: the nurse first, then the doctor; a few are empty or lack what only the doctor writes."""
    if order in {5, 17}:
        return
    relative = f"{_RELATIVES[order % 6]} {stay.patient.birth_name}"
    is_avoiding = order % 3 == 0
    values: dict[str, Any] = {
        "hospital": "avoid" if is_avoiding else "if_useful",
        "wishes": _WISHES[order % 3],
        "allergy": "yes" if order % 6 == 0 else "no",
        "allergies": "Pénicilline" if order % 6 == 0 else "",
        "baseline": _BASELINE[order % 3],
        "directives": "yes" if order % 4 == 0 else "no",
        "directives_where": "copie dans le classeur bleu de la salle de soins" if order % 4 == 0 else "",
        "trusted_person": relative,
        "trusted_phone": f"+33639981{order:03d}",
        "to_call": f"{relative}, {'son fils' if order % 2 else 'sa fille'}",
        "to_call_phone": f"+33639981{order:03d}",
        "to_call_at_night": "no" if order % 2 else "yes",
    }
    written = now - timedelta(days=90 + order)
    CrisisCard.objects.create(
        patient=stay.patient, version=1, by=nurse, at=written, as_role=Role.NURSE.value, **values
    )
    if order in {9, 13}:
        return
    values |= {
        "what_to_do": _WHAT_TO_DO[order % 5],
        "treatments": _TREATMENTS[order % 4],
        "palliative": "yes" if order % 5 == 4 else "no",
        "history": "Hypertension, arthrose ; dossier complet au cabinet.",
        "prescriptions_on": timezone.localdate(now) - timedelta(days=20 + order),
        "laboratory_on": timezone.localdate(now) - timedelta(days=35 + order) if order % 4 else None,
    }
    revised = now - timedelta(days=220 if order == 11 else 30 + order)
    CrisisCard.objects.create(
        patient=stay.patient, version=2, by=doctor, at=revised, as_role=Role.PHYSICIAN.value, **values
    )


def _grid(order: int, stay: Stay, nurse: Person, now: datetime) -> None:
    wanted = (Grade.A, Grade.B, Grade.C)
    # From who does nearly all alone to who does nothing, the last activities of the grid lost first.
    lost = order % (2 * len(Activity) + 1)
    grades = {
        one: wanted[min(2, max(0, lost - (len(Activity) - 1 - rank)))] for rank, one in enumerate(Activity)
    }
    algorithm = rule("care.aggir.algorithm")
    found = outcome_of(grades, groups_of(algorithm.value))
    AggirGrid.objects.create(
        patient=stay.patient,
        grades={key.value: grade.value for key, grade in grades.items()},
        gir=found.gir,
        rank=found.rank,
        group=found.group,
        rule_from=algorithm.valid_from,
        by=nurse,
        at=now - timedelta(days=60),
    )


#: Days ago, hour, resident, what, ending, decider, with its sheet, admitted, days away, reviewed.
_PAST: tuple[tuple[int, int, int, str, str, str, bool | None, bool | None, int | None, str], ...] = (
    (1, 23, 7, "Chute dans la salle de bain, mal à la hanche", "transferred", "samu", True, None, None, ""),
    (6, 3, 1, "Essoufflée au repos, 88 % d’oxygène", "deferred", "on_call", None, None, None, ""),
    (19, 22, 10, "Fièvre à 39,2 °C, ne boit plus", "transferred", "on_call", True, True, 5, "justified"),
    (41, 2, 4, "Agitation, refuse de se coucher", "avoided", "on_call", None, None, None, "not_judged"),
    (75, 5, 14, "Chute sans témoin, pas de douleur", "transferred", "home", False, False, 1,
     "potentially_avoidable"),
    (120, 14, 2, "Douleur du ventre, vomissements", "transferred", "own_doctor", True, True, 8, "justified"),
    (200, 21, 8, "Malaise au repas", "transferred", "samu", None, False, 1, "not_judged"),
)  # fmt: skip


def _events(stays: list[Stay], nurse: Person, doctor: Person, now: datetime) -> None:
    for order, (ago, hour, who, what, ending, decider, sheet, admitted, away, judged) in enumerate(_PAST):
        if who >= len(stays):
            continue
        stay = stays[who]
        zone = stay.patient.scope.zone
        at = datetime.combine(now.astimezone(zone).date() - timedelta(days=ago), time(hour, 10), zone)
        event = AcuteEvent.objects.create(
            key=f"demonstration-{stay.pk}-{order}",
            stay=stay,
            by=nurse,
            at=at,
            reason=what,
            ending=ending,
            decider=decider,
            ended_at=at + timedelta(minutes=50),
            ended_by=nurse,
            advised_by="Dr Hélène Aubépine" if decider == "on_call" else "",
            advice="Paracétamol, faire boire, me rappeler dans deux heures." if decider == "on_call" else "",
            advised_at=at + timedelta(minutes=20) if decider == "on_call" else None,
            told="reached",
            told_at=at + timedelta(minutes=70),
            is_demonstration=True,
        )
        if ending == "transferred":
            Transfer.objects.create(
                event=event,
                left_at=at + timedelta(minutes=50),
                destination="urgences",
                with_call=decider != "home",
                with_sheet=sheet,
                is_admitted=admitted,
                returned_at=at + timedelta(days=away) if away is not None else None,
                medicines="Sans changement." if away is not None else "",
            )
        if judged:
            PeerReview.objects.create(
                event=event, judgement=judged, attended="Équipe de nuit, médecin coordonnateur", by=doctor
            )


def _mobile_visits(place: territory.Territory, today: date) -> None:
    """Open morning visits of the mobile geriatric team, on the agenda of one of its members."""
    member = (
        agenda.Agenda.objects.filter(
            territory=place,
            professional__is_demonstration=True,
            professional__memberships__structure__kind=directory.StructureKind.MOBILE_TEAM.value,
        )
        .order_by("pk")
        .first()
    )
    if member is None:
        return
    teams = directory.structures_in(territory.member_codes(place), [directory.StructureKind.MOBILE_TEAM])
    schedule = agenda.add_schedule(
        by=None, agenda=member, name="Équipe mobile de gériatrie", structure=teams.first()
    )
    for weekday in range(7):
        agenda.add_opening(
            by=None,
            schedule=schedule,
            weekday=weekday,
            starts=time(7, 30),
            ends=time(8, 30),
            minutes=30,
            valid_from=today,
            key=f"demonstration-mobile-{member.pk}-{weekday}",
            kind=agenda.Kind.HOME,
            visibility=agenda.Visibility.PRO,
        )
