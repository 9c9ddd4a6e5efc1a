"""A believable Saturday afternoon at the desk, invented, always the same for the same people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.orientation.actions.safety import create_example_sheets
from maillage.orientation.models import Closure, Decision, Request
from maillage.orientation.rules.vocabulary import CallerKind, DecisionKind, Origin, Outcome, State
from maillage.orientation.rules.workflow import HUB_DECISION, STATE_OF_DECISION
from maillage.people.api import Patient
from maillage.territory import api as territory


@dataclass(frozen=True, slots=True)
class _Call:
    """Minutes since the call, the door, who calls, what for, and what was already decided."""

    ago: int
    origin: Origin
    caller: CallerKind
    motive: str
    complaint: str
    priority: str = ""
    age_months: int | None = None
    decided: DecisionKind | None = None
    outcome: Outcome | None = None


_CALLS = (
    _Call(318, Origin.SINGLE_NUMBER, CallerKind.PATIENT, "M02.06", "Coupure au doigt.", "P3", 412,
          DecisionKind.ADVICE, Outcome.SEEN),
    _Call(274, Origin.SAMU, CallerKind.FAMILY, "M03.06", "Douleur dans la poitrine.", "P1", 811,
          DecisionKind.TRANSFER, Outcome.EMERGENCY),
    _Call(251, Origin.PHARMACY, CallerKind.CARER_PROFESSIONAL, "M03.05", "Brûlures urinaires.", "P3", 388,
          DecisionKind.PROTOCOL, Outcome.SEEN),
    _Call(206, Origin.SINGLE_NUMBER, CallerKind.FAMILY, "M03.21", "Vomit depuis le matin.", "P2", 74,
          DecisionKind.ADVICE, Outcome.SEEN),
    _Call(143, Origin.PROFESSIONAL, CallerKind.PHYSICIAN, "M03.22", "Lombalgie aiguë.", "P3", 540,
          DecisionKind.PROTOCOL),
    _Call(96, Origin.SINGLE_NUMBER, CallerKind.PATIENT, "M06.02", "Ordonnance oubliée.", "P3", 702,
          DecisionKind.ADVICE),
    _Call(17, Origin.EHPAD, CallerKind.CARER_PROFESSIONAL, "M03.12", "Toux, encombrement.", "P2", 1046),
    _Call(9, Origin.PORTAL, CallerKind.PATIENT, "M03.11", "Migraine depuis hier soir.", "", 351),
    _Call(4, Origin.SINGLE_NUMBER, CallerKind.FAMILY, "M03.14", "Enfant fiévreux.", "P2", 38),
    _Call(1, Origin.PHARMACY, CallerKind.CARER_PROFESSIONAL, "M03.20", "Mal au ventre."),
)  # fmt: skip
#: Minutes from the call to the answer, and from the answer to the decision.
_ANSWER, _DECISION = 1, 6


@transaction.atomic
def create_demonstration_desk(*, by: Person | None, place: territory.Territory, now: datetime) -> int:
    """Fill the desk of a territory with invented requests; return how many there are.

    Needs the accounts and the patients of the demonstration. Again, it changes nothing.
    """
    create_example_sheets(by=by)
    known = Request.objects.in_scope(place.scope).filter(is_demonstration=True).count()
    regulator = _regulator(place)
    if known or regulator is None:
        return known
    patients = list(Patient.objects.in_scope(place.scope).filter(is_demonstration=True).order_by("pk")[:60])
    codes = territory.member_codes(place)
    communes = list(territory.Commune.objects.filter(code__in=codes).order_by("-population", "code")[:6])
    for order, call in enumerate(_CALLS):
        row = _request(call, order, regulator, place, now)
        row.patient = _alike(patients, call, now, order) if call.decided or order == len(_CALLS) - 2 else None
        row.commune = communes[order % len(communes)] if communes else None
        row.save()
        if call.decided is not None:
            _decide(row, call, regulator)
    target = journal.target_of(place)
    changes = {"requests": len(_CALLS)}
    journal.record(by=by, verb="orientation.demonstration_created", target=target, changes=changes)
    return len(_CALLS)


def _regulator(place: territory.Territory) -> Person | None:
    people = Person.objects.filter(is_demonstration=True, roles__role="regulator", roles__scope=place.scope)
    return people.order_by("pk").first()


def _request(
    call: _Call, order: int, regulator: Person, place: territory.Territory, now: datetime
) -> Request:
    called = now - timedelta(minutes=call.ago)
    decided = called + timedelta(minutes=_ANSWER + _DECISION)
    ended = decided + timedelta(minutes=45) if call.outcome else None
    state = State.CLOSED if call.outcome else State.NEW
    if call.decided and not call.outcome:
        state = STATE_OF_DECISION[call.decided]
    return Request(
        scope=place.scope, origin=call.origin.value, caller_kind=call.caller.value, motive=call.motive,
        complaint=call.complaint, priority=call.priority, age_months=call.age_months, state=state.value,
        owner=regulator, opened_by=regulator, called_at=called, is_demonstration=True,
        answered_at=called + timedelta(minutes=_ANSWER) if call.decided else None,
        decided_at=decided if call.decided else None, ended_at=ended, state_since=ended or (
            decided if call.decided else called),
        caller_phone=f"+3363998{order:04d}", key=f"demonstration-{place.pk}-{order}",
    )  # fmt: skip


def _decide(row: Request, call: _Call, regulator: Person) -> None:
    kind: Any = call.decided
    note = "Patient confié au 15, antécédents transmis." if kind is DecisionKind.TRANSFER else ""
    Decision.objects.create(
        request=row,
        kind=kind.value,
        hub_code=HUB_DECISION[kind].value,
        note=note,
        by=regulator,
        at=row.decided_at,
    )
    if call.outcome is not None:
        Closure.objects.create(
            request=row, outcome=call.outcome.value, closes=True, by=regulator, at=row.ended_at
        )


def _alike(patients: list[Patient], call: _Call, now: datetime, order: int) -> Patient | None:
    """Return the patient nearest to the age of the call, never twice the same."""
    if not patients or call.age_months is None:
        return None
    day = now.date()
    aged = [one for one in patients if one.birth_date is not None]
    if not aged:
        return patients.pop(order % len(patients))
    best = min(aged, key=lambda one: abs((day - one.birth_date).days / 30.4 - call.age_months))
    patients.remove(best)
    return best
