"""Plans, measures and tasks of invented patients, so that each first screen has something to do."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from maillage.care.actions.measures import draft_rule, record_measures, switch_on
from maillage.care.actions.networks import open_pathway
from maillage.care.actions.plans import consent_to_plan, save_plan
from maillage.care.actions.questionnaires import answer, ask
from maillage.care.actions.recalls import add_recall, note_recall
from maillage.care.models import AlertRule, NetworkPathway, NetworkStep, Recall, SharedPlan
from maillage.care.models.tasks import owned_by
from maillage.care.queries.networks import template
from maillage.care.queries.questionnaires import may_ask
from maillage.care.queries.rights import may_write
from maillage.care.rules.alerts import ConditionKind
from maillage.care.rules.networks import Network, planned
from maillage.care.rules.pathway import Step
from maillage.care.rules.plans import months_later
from maillage.care.rules.questionnaires import Way
from maillage.care.rules.recalls import ENDING, Came, RecallKind
from maillage.kernel import confiding
from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person
from maillage.kernel.rules import InboxGroup, Role
from maillage.people import api as people
from maillage.territory.api import Territory

#: Patients who get a plan, and those of them whose weight rose.
PLANS, IN_ALERT = 6, (1, 2)
DAYS = 12
#: How many days the physician is away.
AWAY = 9
#: Who recalls, for what, in how many days for the first patient, every so many months.
RECALLS = (
    (Role.PHYSICIAN, RecallKind.CONSULTATION, "insuffisance cardiaque", -6, 3),
    (Role.NURSE, RecallKind.BLOOD_TEST, "ionogramme et créatinine", 4, 3),
    (Role.PHYSICIAN, RecallKind.RENEWAL, "traitement du cœur", 8, 6),
    (Role.PHARMACIST, RecallKind.VACCINATION, "grippe", 20, 12),
    (Role.PHYSICIAN, RecallKind.ALD, "insuffisance cardiaque", 70, 60),
    (Role.NURSE, RecallKind.VACCINATION, "grippe", 26, 12),
)
#: The patients whose pathway follows a network: which one, and since how many days.
NETWORKS = {0: (Network.GERIATRICS, 34), 1: (Network.PALLIATIVE, 6), 3: (Network.PRECARIOUSNESS, 2)}
#: The patient and the recall of which the demonstration says that it was put off.
PUT_OFF = (1, 0)
#: Patients who are asked questions.
ASKED = (0, 3)
#: How much the weight moves from one morning to the next, in tenths of a kilogram.
DRIFT = (0, 1, -1, 2, 0, -2, 1, 0, -1, 1, 0, 1)


@transaction.atomic
def create_demonstration_care(*, place: Territory, now: datetime) -> int:
    """Write the plans of some invented patients, once; return how many. It needs the circles of `people`."""
    if SharedPlan.objects.in_scope(place.scope).exists():
        return 0
    team = {role: demonstration_account(role) for role in (Role.NURSE, Role.PHYSICIAN, Role.PHARMACIST)}
    nurse = team[Role.NURSE]
    if nurse is None:
        return 0
    invented = people.Patient.objects.in_scope(place.scope).filter(is_demonstration=True).order_by("pk")
    followed = [one for one in invented if people.decision(nurse, one, people.Part.PLAN).is_allowed]
    physician = team[Role.PHYSICIAN]
    for order, patient in enumerate(followed[:PLANS]):
        if physician is not None and order <= max(IN_ALERT):
            people.add_to_circle(
                by=nurse,
                patient=patient,
                who=getattr(physician, "professional", None) or physician,
                origin=people.Origin.TEAM,
                role=Role.PHYSICIAN,
                is_informed=True,
            )
        _follow(order, patient, team, now)
        _recall(order, patient, team, now)
        if order in NETWORKS:
            _open_network(patient, nurse, NETWORKS[order])
        if order in ASKED:
            _question(patient, nurse, physician)
    if physician is not None:
        _confide(physician, nurse, followed)
    return min(PLANS, len(followed))


def _confide(physician: Person, nurse: Person, followed: list[people.Patient]) -> None:
    """Let the physician be away some days: the nurse of their patients calls, the coordination the rest.

    The one, of the circle, sees the lines whole, and has called somebody already; the other sees that they
    wait.
    """
    today = timezone.localdate()
    for holder, groups in (
        (nurse, (InboxGroup.CALLS, InboxGroup.TASKS)),
        (demonstration_account(Role.COORDINATOR), (InboxGroup.MESSAGES, InboxGroup.VISITS)),
    ):
        if holder is None or not confiding.works_with(physician, holder):
            continue
        confiding.confide(
            by=physician,
            holder=holder,
            groups=groups,
            starts_on=today,
            ends_on=today + timedelta(days=AWAY),
            key=f"demonstration-{holder.pk}",
        )
    mine = Recall.objects.for_person(nurse).filter(owned_by(physician), shows_on__lte=today).open()
    for one in (
        mine.filter(patient__in=followed).select_related("patient__scope").order_by("due_on", "pk")[:1]
    ):
        if may_write(people.decision(nurse, one.patient, people.Part.HEALTH)):
            words = "rappellera demain matin"
            key = f"demonstration-held-{one.pk}"
            note_recall(by=nurse, recall=one, came=Came.CALLED, seen=one.version, key=key, words=words)


def _follow(order: int, patient: people.Patient, team: dict[Role, Person | None], now: datetime) -> None:
    """Write the plan of one patient, its rule and the weights of some days."""
    nurse = team[Role.NURSE]
    assert nurse is not None
    readers = {
        role: one
        for role, one in team.items()
        if one is not None and people.decision(one, patient, people.Part.PLAN).is_allowed
    }
    saved = save_plan(by=nurse, patient=patient, base=0, content=_text(readers, now), note="")
    if order % 2 == 0:
        consent_to_plan(
            by=nurse,
            patient=patient,
            version=saved.version.number,
            who=patient.name,
            means=people.Means.PAPER,
            signed_on=now.date() - timedelta(days=1),
        )
    rule = draft_rule(
        by=nurse,
        patient=patient,
        kind="weight",
        condition=ConditionKind.RISE,
        amount=Decimal(2),
        days=3,
        owner=_named(readers.get(Role.PHYSICIAN, nurse)),
        what="Revoir le traitement : prise de poids",
        hours=24,
    )
    switch_on(by=nurse, rule=rule, seen=0)
    AlertRule.objects.of_patient(patient).update(switched_on_at=now - timedelta(days=DAYS + 1))
    weight = Decimal(680 + 37 * order) / 10
    for day in range(DAYS, 0, -1):
        weight += Decimal(DRIFT[(day + order) % len(DRIFT)]) / 10
        is_last = day == 1
        rise = Decimal("2.4") if is_last and order in IN_ALERT else Decimal(0)
        values: dict[str, Any] = {"weight": weight + rise}
        if day % 3 == order % 3:
            values |= {"systolic": Decimal(128 + order + day % 5), "diastolic": Decimal(76 + day % 4)}
        record_measures(
            by=nurse,
            patient=patient,
            values=values,
            taken_at=now - timedelta(days=day, hours=-1 if is_last else 1),
            key=f"demonstration-{patient.pk}-{day}",
        )


def _recall(order: int, patient: people.Patient, team: dict[Role, Person | None], now: datetime) -> None:
    """Note what one patient is due for: some of it late, some soon, some that was put off."""
    today = now.date()
    for place, (role, kind, what, days, months) in enumerate(RECALLS):
        carrier = team[role]
        if (order + place) % 3 == 2 or carrier is None:
            continue
        if not may_write(people.decision(carrier, patient, people.Part.HEALTH)):
            continue
        due_on = today + timedelta(days=days + 9 * order)
        made = add_recall(
            by=carrier,
            patient=patient,
            kind=kind,
            what=what,
            due_on=due_on,
            owner=carrier,
            every_months=months,
            starts_on=months_later(due_on, -months) if kind in ENDING else None,
            key=f"demonstration-{patient.pk}-{place}",
        )
        if (order, place) == PUT_OFF:
            note_recall(
                by=carrier,
                recall=made,
                came=Came.POSTPONED,
                seen=1,
                key=f"demonstration-{made.pk}",
                until=today + timedelta(days=12),
                words="En famille jusqu’à la fin du mois",
            )


def _open_network(patient: people.Patient, nurse: Person, opened: tuple[Network, int]) -> None:
    """Open a pathway some days ago, whose first contact was made the day after the need."""
    network, days = opened
    made = open_pathway(by=nurse, patient=patient, network=network, key=f"demonstration-{patient.pk}")
    since = made.opened_on - timedelta(days=days)
    due = planned(since, template(network, since).days)
    NetworkPathway.objects.of_patient(patient).update(opened_on=since)
    done = {Step.NEED: since, Step.FIRST_CONTACT: since + timedelta(days=1)}
    for step in NetworkStep.objects.of_patient(patient):
        step.due_on, step.done_on = due[Step(step.step)], done.get(Step(step.step))
        step.save(update_fields=["due_on", "done_on"])


def _question(patient: people.Patient, nurse: Person, physician: Person | None) -> None:
    """Ask a patient about the medicines, twice answered aloud; and about everyday life, not answered yet."""
    for round_, said in enumerate(("sometimes", "often")):
        row = ask(by=nurse, patient=patient, code="treatment", key=f"demonstration-{patient.pk}-{round_}")
        answers = {one["code"]: said for one in row.asked}
        answer(by=nurse, questionnaire=row, answers=answers, way=Way.SPOKEN)
    asker = physician if physician is not None and may_ask(physician, patient) else nurse
    ask(by=asker, patient=patient, code="daily", key=f"demonstration-{patient.pk}-daily")


def _named(person: Person) -> Any:
    return getattr(person, "professional", None) or person


def _key(person: Person) -> str:
    sheet = getattr(person, "professional", None)
    return f"p{sheet.pk}" if sheet is not None else f"a{person.pk}"


def _text(readers: dict[Role, Person], now: datetime) -> dict[str, str]:
    """Return the text of a plan: heart failure followed at home."""
    today = now.date()
    content = {
        "coordinator": _key(readers[Role.NURSE]),
        "preferences": "Rester chez moi, et continuer d’aller au marché le jeudi.",
        "alert_procedure": "Essoufflement au repos, douleur dans la poitrine, malaise : appeler le 15.\n"
        "Poids qui monte, chevilles qui gonflent : appeler l’infirmière le jour même.",
        "revision_on": months_later(today, 6).isoformat(),
    }
    problems = (
        ("Insuffisance cardiaque, deux hospitalisations cette année", "medical", "1"),
        ("Oublie parfois ses comprimés", "psychological", "1"),
        ("Vit seul, courses difficiles", "social", ""),
    )
    for place, (text, kind, first) in enumerate(problems, start=1):
        content |= _entry("problem", place, {"text": text, "kind": kind, "is_priority": first})
    goals = (
        ("Garder un poids stable", "moins de 2 kg d’écart en trois jours"),
        ("Éviter une hospitalisation", "aucun passage aux urgences en six mois"),
    )
    for place, (text, criterion) in enumerate(goals, start=1):
        content |= _entry("goal", place, {"text": text, "criterion": criterion})
    does = [
        (Role.NURSE, "Peser et noter la tension", "chaque matin de visite", 2),
        (Role.PHYSICIAN, "Revoir le traitement du cœur", "", 6),
        (Role.PHARMACIST, "Préparer le pilulier de la semaine", "", 3),
    ]
    place = 0
    for role, text, note, days in does:
        if role in readers:
            place += 1
            due = (today + timedelta(days=days)).isoformat()
            said = {"text": text, "note": note, "owner": _key(readers[role]), "due_on": due}
            content |= _entry("intervention", place, said)
    return content


def _entry(kind: str, place: int, values: dict[str, str]) -> dict[str, str]:
    key = f"{kind}.{place:08x}"
    return {f"{key}.{name}": value for name, value in (values | {"place": str(place)}).items() if value}
