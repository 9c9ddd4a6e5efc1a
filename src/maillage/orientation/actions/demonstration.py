"""A believable Saturday afternoon at the desk, invented, always the same for the same people.

Closed calls of the morning give the day its figures; others wait in every state, from every door, some late.
What is held or booked goes through the actions of the desk, so that the agenda agrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from maillage.directory.api import StructureKind, structures_in
from maillage.kernel import api as kernel
from maillage.kernel import journal
from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation.actions import linking
from maillage.orientation.actions.proposals import hold, hold_and_book, propose
from maillage.orientation.actions.requests import release
from maillage.orientation.actions.safety import create_example_sheets
from maillage.orientation.models import Closure, Decision, Proposal, Request, SafetyAnswer, SpokenCheck
from maillage.orientation.queries.ages import age_of
from maillage.orientation.queries.safety import clearance
from maillage.orientation.rules.ages import months_on
from maillage.orientation.rules.vocabulary import (
    OF_A_SLOT,
    Answer,
    CallerKind,
    DecisionKind,
    Origin,
    Outcome,
    State,
)
from maillage.orientation.rules.workflow import HUB_DECISION, STATE_OF_DECISION
from maillage.people.api import Patient
from maillage.territory import api as territory


@dataclass(frozen=True, slots=True)
class _Call:
    """Minutes since the call, the door, who calls, what for, for whom, and how far it went.

    `state` is where it stands where nothing was decided; PROPOSED: a slot is held; BOOKED: it is booked.
    """

    ago: int
    origin: Origin
    caller: CallerKind
    motive: str
    complaint: str
    priority: str = ""
    age_months: int | None = None
    sex: str = ""
    decided: DecisionKind | None = None
    outcome: Outcome | None = None
    state: State = State.NEW


_PATIENT, _FAMILY = CallerKind.PATIENT, CallerKind.FAMILY
_CARER, _DOCTOR = CallerKind.CARER_PROFESSIONAL, CallerKind.PHYSICIAN
_CALLS = (
    _Call(331, Origin.SINGLE_NUMBER, _PATIENT, "M02.06", "Coupure au doigt.", "P3", 412,
          decided=DecisionKind.ADVICE, outcome=Outcome.SEEN),
    _Call(274, Origin.SAMU, _FAMILY, "M03.06", "Douleur dans la poitrine.", "P1", 811,
          decided=DecisionKind.TRANSFER, outcome=Outcome.EMERGENCY),
    _Call(251, Origin.PHARMACY, _CARER, "M03.05", "Brûlures urinaires.", "P3", 388, "female",
          decided=DecisionKind.PROTOCOL, outcome=Outcome.SEEN),
    _Call(206, Origin.SINGLE_NUMBER, _FAMILY, "M03.21", "Vomit depuis le matin.", "P2", 74,
          decided=DecisionKind.ADVICE, outcome=Outcome.SEEN),
    _Call(188, Origin.EHPAD, _CARER, "M03.22", "Douleur de hanche au lever.", "P2", 1072,
          decided=DecisionKind.ADVICE, outcome=Outcome.SEEN),
    _Call(167, Origin.SINGLE_NUMBER, _PATIENT, "M03.15", "Piqûre de guêpe, main gonflée.", "P3", 520,
          decided=DecisionKind.ADVICE, outcome=Outcome.NOT_HONOURED),
    _Call(143, Origin.PROFESSIONAL, _DOCTOR, "M03.22", "Lombalgie aiguë depuis jeudi.", "P3", 540,
          decided=DecisionKind.PROTOCOL),
    _Call(96, Origin.SINGLE_NUMBER, _PATIENT, "M06.02", "Ordonnance oubliée, en vacances.", "P3", 702,
          decided=DecisionKind.ADVICE),
    _Call(82, Origin.SAMU, _FAMILY, "M03.12", "Essoufflé au repos, lèvres pâles.", "P1", 930,
          decided=DecisionKind.TRANSFER),
    _Call(58, Origin.SINGLE_NUMBER, _FAMILY, "M03.22", "Mal à l’oreille depuis la nuit.", "P2", 62,
          state=State.BOOKED),
    _Call(24, Origin.EHPAD, _CARER, "M03.12", "Toux, encombrement, 38,2.", "P2", 1046, "female"),
    _Call(18, Origin.PHARMACY, _CARER, "M03.05", "Brûlures urinaires, demande un avis.", "P3", 402, "female",
          state=State.IN_HAND),
    _Call(11, Origin.PORTAL, _PATIENT, "M03.11", "Migraine depuis hier soir.", "", 351),
    _Call(9, Origin.SINGLE_NUMBER, _PATIENT, "M03.21", "Gastro, ne garde rien.", "P2", 289,
          state=State.PROPOSED),
    _Call(7, Origin.PROFESSIONAL, _CARER, "M02.06", "Plaie de jambe qui suinte, vue à domicile.", "P3", 948,
          state=State.IN_HAND),
    _Call(4, Origin.SINGLE_NUMBER, _FAMILY, "M03.14", "Enfant fiévreux depuis ce matin.", "P2", 38),
    _Call(2, Origin.SINGLE_NUMBER, _PATIENT, "M02.06", "Cheville tordue au marché.", "P3", 430),
    _Call(1, Origin.PHARMACY, _CARER, "M03.20", "Mal au ventre, attend à la pharmacie.", "", 233),
)  # fmt: skip
#: Minutes from the call to the answer, and from the answer to the decision.
_ANSWER, _DECISION = 1, 6
#: Who opened what came by each door; the desk itself answers the telephone.
_OPENED_BY = {Origin.EHPAD: Role.EHPAD, Origin.PHARMACY: Role.PHARMACIST, Origin.PROFESSIONAL: Role.PHYSICIAN}
_COLLEAGUE = ("regulator-2@demonstration.invalid", "Colette", "Aubier")


@transaction.atomic
def create_demonstration_desk(*, by: Person | None, place: territory.Territory, now: datetime) -> int:
    """Fill the desk of a territory with the invented requests of a day; return how many there are.

    Needs the accounts, the patients and the agendas of the demonstration. Again on that day, it changes
    nothing; on a later one, what was left open is closed first.
    """
    create_example_sheets(by=by)
    first = f"demonstration-{place.pk}-{now.astimezone(place.zone).date().isoformat()}"
    known = Request.objects.in_scope(place.scope).filter(key__startswith=first).count()
    regulator = demonstration_account(Role.REGULATOR, place.scope)
    if known or regulator is None:
        return known
    _close_the_past(place, regulator, now)
    pair = (regulator, _colleague(by, place))
    patients = list(Patient.objects.in_scope(place.scope).filter(is_demonstration=True).order_by("pk")[:90])
    codes = territory.member_codes(place)
    communes = list(territory.Commune.objects.filter(code__in=codes).order_by("-population", "code")[:6])
    home = structures_in(codes, [StructureKind.EHPAD]).order_by("pk").first()
    for order, call in enumerate(_CALLS):
        row = _request(call, f"{first}-{order}", pair[order % 2], place, now)
        row.patient = _alike(patients, call, now)
        if row.patient is not None and row.patient.birth_date is not None:
            row.age_months = months_on(row.patient.birth_date, now.date())
        row.commune = communes[order % len(communes)] if communes else None
        if row.patient is not None and call.origin in _OPENED_BY:
            row.said_last_name = row.patient.birth_name
            row.said_first_name = row.patient.birth_first_names
            row.said_birth_date = row.patient.birth_date
            row.caller_name = row.opened_by.get_full_name()
        if call.origin is Origin.EHPAD and home is not None:
            row.commune, row.place = home.commune, home.name
        row.save()
        _answer(row, call)
        if call.decided is not None:
            _decide(row, call, row.owner)
        if call.state in {State.PROPOSED, State.BOOKED}:
            _give_a_slot(row, call, pair[1])
        else:  # what was given a slot is followed like any other
            linking.follow(row)
    target = journal.target_of(place)
    changes = {"requests": len(_CALLS)}
    journal.record(
        by=by, verb="orientation.demonstration_created", target=target, changes=changes, scope=place.scope_id
    )
    return len(_CALLS)


def _colleague(by: Person | None, place: territory.Territory) -> Person:
    """Return the second regulator of the desk, to whom a shift is handed over."""
    email, first_name, last_name = _COLLEAGUE
    person = Person.objects.filter(email=email).first()
    if person is None:
        person = kernel.invite_person(by=by, email=email, first_name=first_name, last_name=last_name)
        person.is_demonstration = True
        person.save(update_fields=["is_demonstration"])
        kernel.grant_role(by=by, person=person, role=Role.REGULATOR, scope=place.scope)
    return person


def _close_the_past(place: territory.Territory, regulator: Person, now: datetime) -> None:
    """Close what the demonstration of another day left open."""
    for row in Request.objects.in_scope(place.scope).open():
        row.state, row.state_since, row.ended_at = State.CLOSED.value, now, now
        row.locked_by = row.locked_until = None
        row.save()
        note = "Démonstration d’un autre jour."
        Closure.objects.create(
            request=row, outcome=Outcome.SEEN.value, closes=True, note=note, by=regulator, at=now
        )


def _request(call: _Call, key: str, regulator: Person, place: territory.Territory, now: datetime) -> Request:
    called = now - timedelta(minutes=call.ago)
    answered = called + timedelta(minutes=_ANSWER) if call.decided or call.state is not State.NEW else None
    decided = called + timedelta(minutes=_ANSWER + _DECISION) if call.decided else None
    ended = decided + timedelta(minutes=45) if decided and call.outcome else None
    opener = (
        demonstration_account(_OPENED_BY[call.origin], place.scope) if call.origin in _OPENED_BY else None
    )
    owner = regulator if answered or opener is None else opener
    return Request(
        scope=place.scope, origin=call.origin.value, caller_kind=call.caller.value, motive=call.motive,
        complaint=call.complaint, priority=call.priority, age_months=call.age_months,
        state=_state(call).value, owner=owner, opened_by=opener or regulator, called_at=called,
        is_demonstration=True, answered_at=answered, decided_at=decided, ended_at=ended,
        state_since=ended or decided or answered or called,
        caller_phone=f"+3363998{call.ago:04d}", key=key,
    )  # fmt: skip


def _state(call: _Call) -> State:
    if call.outcome is not None:
        return State.CLOSED
    if call.decided is not None:
        return STATE_OF_DECISION[call.decided]
    return call.state if call.state is State.NEW else State.IN_HAND


def _decide(row: Request, call: _Call, regulator: Person) -> None:
    kind: Any = call.decided
    note = "Patient confié au 15, antécédents transmis." if kind is DecisionKind.TRANSFER else ""
    Decision.objects.create(
        request=row, kind=kind.value, hub_code=HUB_DECISION[kind].value, note=note, by=regulator,
        at=row.decided_at or row.called_at,
    )  # fmt: skip
    if call.outcome is not None:
        Closure.objects.create(
            request=row,
            outcome=call.outcome.value,
            closes=True,
            by=regulator,
            at=row.ended_at or row.called_at,
        )


def _answer(row: Request, call: _Call) -> None:
    """Answer the questions of a request that was answered: nothing alarms, but where it went to the 15."""
    if call.decided is None and call.state not in {State.PROPOSED, State.BOOKED}:
        return
    alarms = call.decided is DecisionKind.TRANSFER
    found, at = clearance(row), row.answered_at or row.called_at
    for sheet in found.sheets:
        keys = found.missing.get(sheet.pk, [])
        SafetyAnswer.objects.bulk_create(
            SafetyAnswer(
                request=row, sheet=sheet, question=key, by=row.owner, at=at,
                answer=(Answer.YES if alarms and place == 0 else Answer.NO).value,
                is_red_flag=alarms and place == 0,
            )
            for place, key in enumerate(keys)
        )  # fmt: skip
    if not found.sheets and not alarms:
        SpokenCheck.objects.create(
            request=row, motive=row.motive, age_months=age_of(row), said_by=row.caller_kind, by=row.owner,
            at=at, note="Respire et parle sans gêne, pas de douleur insupportable, pas de saignement.",
        )  # fmt: skip
    row.has_red_flag = alarms
    row.save(update_fields=["has_red_flag"])


def _give_a_slot(row: Request, call: _Call, regulator: Person) -> None:
    """Hold the best slot for a request, or book it; without a slot, or a patient, it stays in hand."""
    if row.commune is None or row.patient is None:
        return
    search = propose(by=regulator, request=row)
    best = Proposal.objects.of_request(row).filter(search=search).first()
    if best is None or best.kind not in OF_A_SLOT:
        return
    if call.state is State.PROPOSED:
        hold(by=regulator, proposal=best, key=f"{row.key}-hold")
        return
    made = hold_and_book(by=regulator, proposal=best, key=f"{row.key}-book")
    release(by=regulator, request=made.request)
    decided = row.called_at + timedelta(minutes=_ANSWER + _DECISION)
    Request.objects.keyed(row.pk).update(decided_at=decided, state_since=decided)
    Decision.objects.of_request(row).update(at=decided)


def _alike(patients: list[Patient], call: _Call, now: datetime) -> Patient | None:
    """Take the patient nearest to the age of the call, of the sex asked where there is one; nobody twice."""
    day = now.date()
    wanted = call.age_months
    aged = [(one, one.birth_date) for one in patients if one.birth_date is not None]
    alike = [(one, born) for one, born in aged if not call.sex or one.sex == call.sex] or aged
    if wanted is None or not alike:
        return None
    best, _born = min(alike, key=lambda pair: abs((day - pair[1]).days / 30.4 - wanted))
    patients.remove(best)
    return best
