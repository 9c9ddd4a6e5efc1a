"""An invented programme with its team, its sessions and the people who follow it, for each first screen."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import transaction

from maillage.directory import api as directory
from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people
from maillage.protocols.actions import enrolments
from maillage.protocols.actions.education import join_team, open_programme, plan_session, write_text
from maillage.protocols.models import EducationSession, Enrolment, Programme
from maillage.protocols.queries.education import may_enrol
from maillage.protocols.rules.education import Ending, Filing, Level, Moment, Proof, SessionKind
from maillage.territory.api import Territory

_TEXT = {
    "pathology": "Insuffisance cardiaque chronique",
    "audience": "Adultes suivis en ville, seuls ou avec un proche.",
    "aims": "Reconnaître les signes qui doivent alerter et savoir qui appeler.\n"
    "Se peser et noter son poids.\nCuisiner moins salé sans perdre le goût.",
    "course": "Un bilan éducatif, trois séances en groupe, un point à la fin.",
    "filing": Filing.DECLARED.value,
    "filed_on": date(2024, 3, 18),
    "filing_number": "",
    "proof": Proof.TOLD.value,
}
_SESSIONS = (
    ("Reconnaître les signes d’alerte", -6, 14),
    ("Bouger à son rythme", 3, 14),
    ("Cuisiner moins salé", 9, 10),
)


@transaction.atomic
def create_demonstration_education(*, place: Territory, now: datetime) -> int:
    """Write one programme, once; return how many people follow it. It needs the circles of `people`."""
    if Programme.objects.filter(scope=place.scope).exists():
        return 0
    coordinator, nurse = demonstration_account(Role.COORDINATOR), demonstration_account(Role.NURSE)
    pharmacist, physician = demonstration_account(Role.PHARMACIST), demonstration_account(Role.PHYSICIAN)
    if coordinator is None or nurse is None or physician is None:
        return 0
    sheet = getattr(nurse, "professional", None)
    if sheet is None:
        return 0
    key = "demonstration-education"
    programme = open_programme(
        by=coordinator, scope=place.scope, title="Vivre avec son cœur", coordinator=sheet, key=key
    )
    write_text(by=nurse, programme=programme, content=_TEXT, key=key)
    other = getattr(pharmacist, "professional", None)
    if other is not None:
        join_team(by=nurse, programme=programme, professional=other, is_coordinator=False, key=key)
    sessions = [_planned(nurse, programme, sheet, place, now, order) for order in range(len(_SESSIONS))]
    invented = people.Patient.objects.in_scope(place.scope).filter(is_demonstration=True)
    followed = [one for one in invented.order_by("pk") if may_enrol(nurse, one)][:5]
    for order, patient in enumerate(followed):
        row = enrolments.enrol(
            by=nurse, patient=patient, programme=programme, educator=sheet, has_agreed=True,
            agreed_on=(now - timedelta(days=12)).date(), means=people.Means.SPOKEN, key=f"{key}-{patient.pk}",
        )  # fmt: skip
        _follow(nurse, row, sessions, order)
    return len(followed)


def _planned(
    by: Person,
    programme: Programme,
    leader: directory.Professional,
    place: Territory,
    now: datetime,
    order: int,
) -> EducationSession:
    theme, days, hour = _SESSIONS[order]
    zone = place.scope.zone
    day = now.astimezone(zone).date() + timedelta(days=days)
    return plan_session(
        by=by, programme=programme, theme=theme, kind=SessionKind.GROUP,
        starts_at=datetime.combine(day, time(hour), zone), minutes=90, capacity=8, leader=leader,
        place="Maison de santé, salle du premier étage", key=f"demonstration-session-{order}",
    )  # fmt: skip


def _follow(by: Person, row: Enrolment, sessions: list[EducationSession], order: int) -> None:
    """Give places; the last one enrolled waits for an assessment, the one before has finished."""
    if order == 4:
        return
    enrolments.assess(
        by=by,
        enrolment=row,
        needs="Se pèse de temps en temps, sans noter. Craint de déranger son médecin.",
        goals="Se peser chaque matin et noter. Savoir quand appeler.",
        base="",
    )
    codes = [one["code"] for one in rule("protocols.education.items").value]
    enrolments.evaluate(
        by=by, enrolment=row, moment=Moment.BEFORE, answers=dict.fromkeys(codes, Level.LITTLE.value)
    )
    for session in sessions[: 1 if order == 3 else 3]:
        enrolments.give_place(by=by, session=session, enrolment=row)
    if order == 3:
        enrolments.evaluate(
            by=by, enrolment=row, moment=Moment.AFTER, answers=dict.fromkeys(codes, Level.RATHER.value),
            words="Je sais qui appeler, et quand.",
        )  # fmt: skip
        enrolments.end_enrolment(
            by=by,
            enrolment=row,
            ending=Ending.COMPLETED,
            summary="Se pèse chaque matin et note. Sait quels signes doivent la faire appeler.",
        )
