"""Who is proposed for a request, in which order and why; who is not, and why; what would widen the search."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, reduce
from operator import or_
from typing import Any

from django.db.models import Q

from maillage.agenda.api import Slot
from maillage.directory.api import Professional, Structure
from maillage.engines import booking
from maillage.kernel import clock
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.kernel.statements import Statement, given
from maillage.orientation.computations.capacity import audience_bits
from maillage.orientation.computations.criteria import PROFESSIONS, Criteria, motive_bit
from maillage.orientation.computations.index import REACH, DeskIndex, desk_index, minutes_of, moment_of
from maillage.orientation.computations.services import Near
from maillage.orientation.models import Proposal, Request
from maillage.orientation.queries.ages import age_of
from maillage.orientation.queries.safety import Clearance, clearance
from maillage.orientation.rules.services import TO_CHECK
from maillage.orientation.rules.vocabulary import Origin, ProposalKind, ProposalState, Why
from maillage.roster import api as roster

CHILD_MONTHS = 5 * 12
EXPLAINED = 60
NO_LANGUAGE = "language"
_ORDER = {kind: place for place, kind in enumerate(ProposalKind)}


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing to propose: a slot, the doctor on call, a service to call by `phone`, or the 15.

    `travel` in minutes, an estimate where `travel_source` is empty.
    """

    kind: ProposalKind
    why: tuple[Why, ...]
    slot: Slot | None = None
    professional: Professional | None = None
    travel: float | None = None
    travel_source: str = ""
    structure: Structure | None = None
    phone: str = ""
    protocol: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Offers, best first, then the 15, then what is to be checked; the excluded; what each criterion given up
    would add.
    """

    offers: list[Offer]
    excluded: list[dict[str, Any]] = field(default_factory=list)
    widen: list[dict[str, Any]] = field(default_factory=list)
    on_call: str = ""


def find(
    request: Request, criteria: Criteria, *, by: Person, now: datetime, known: Clearance | None = None
) -> Answer:
    """Return what to propose; what was refused before for this request is left out.

    The request has a commune. `known`: what was just read of its safety. Raises `booking.UrgentRequestError`
    for P0 and P1.
    """
    assert request.commune is not None
    index = desk_index(request.scope, now)
    places, services = _refused(request)
    with index.lock:
        asked = _asked(index, request, criteria, by, now, places)
        slots, excluded, widen = ([], [], []) if asked is None else _searched(index, request, asked)
        tele = [] if asked is None else _tele_at_the_ehpad(index, request, asked, slots)
        near = index.services.near(
            request, now.astimezone(clock.zone_of(request.scope)), _max_travel(criteria), services,
            known or clearance(request),
        )  # fmt: skip
    if asked is None:
        widen = [{"reason": NO_LANGUAGE, "people": len(index.schedules)}]
    on_call = roster.on_call(request.commune, now)
    doctors = [
        Offer(ProposalKind.ON_CALL, (Why.ON_CALL,), professional=one.volunteer.professional)
        for one in on_call.held
    ]
    samu = Offer(ProposalKind.SAMU, (Why.ALWAYS,))
    beside = sorted([*doctors, *tele, *map(_service, near)], key=lambda one: _ORDER[one.kind])
    sure = [one for one in beside if not TO_CHECK & set(one.why)]
    unsure = [one for one in beside if TO_CHECK & set(one.why)]
    return Answer([*slots, *sure, samu, *unsure], excluded, widen, on_call.coverage.value)


_REFUSED: Statement[tuple[Any, ...]] = Statement(
    lambda: (
        Proposal.objects.of_request(given("request"))
        .filter(state=ProposalState.REFUSED.value)
        .values_list("schedule", "kind", "professional", "structure")
    )
)


def _refused(request: Request) -> tuple[frozenset[int], frozenset[tuple[str, str]]]:
    """Return the places of consultation, and the services (kind and key), refused before."""
    told = _REFUSED.rows(request=request.pk)
    places = frozenset(place for place, *_rest in told if place is not None)
    services = (
        (kind, str(who if who is not None else structure))
        for place, kind, who, structure in told
        if place is None
    )
    return places, frozenset(services)


def _service(near: Near) -> Offer:
    one = near.service
    return Offer(
        one.kind, near.why, professional=one.professional, travel=near.travel,
        travel_source=near.travel_source, structure=one.structure, phone=one.phone, protocol=near.protocol,
    )  # fmt: skip


def _tele_at_the_ehpad(
    index: DeskIndex, request: Request, asked: booking.Request, known: list[Offer]
) -> list[Offer]:
    """The first remote slot, for a resident of an EHPAD where a nurse can be beside them."""
    home = index.services.ehpad_with_nurse.get(request.commune_id or "")
    if home is None or request.origin != Origin.EHPAD.value:
        return []
    remote = replace(asked, kinds=Criteria(remote=True).kinds(), max_travel=REACH)
    found = index.engine.search(remote, 1)
    best = list(zip(found.row.tolist(), found.start.tolist(), found.travel.tolist(), strict=True))
    shown = {one.slot.pk for one in known if one.slot}
    return [
        Offer(ProposalKind.EHPAD_TELE, (Why.AT_THE_EHPAD,), slot, slot.agenda.professional, structure=home)
        for slot in _slots(index, best).values()
        if slot.pk not in shown
    ]


def _asked(
    index: DeskIndex, request: Request, criteria: Criteria, by: Person, now: datetime, refused: frozenset[int]
) -> booking.Request | None:
    """Return what the engine is asked; None where nobody in the index speaks the language."""
    abilities = criteria.abilities(index.languages)
    if abilities is None:
        return None
    assert request.commune is not None
    age = age_of(request)
    own = request.patient.referring_doctor_id if request.patient else None
    return booking.Request(
        priority=request.priority,
        now=minutes_of(now) + 1,
        reach=index.reach(request.commune),
        max_travel=_max_travel(criteria),
        latest=minutes_of(now) + _minutes_left(request, criteria),
        professions=1 << PROFESSIONS.index(criteria.profession),
        abilities=abilities,
        motive=motive_bit().get(request.motive, 0),
        age=CHILD_MONTHS if age is None and criteria.child else age,
        audiences=audience_bits(by, request.scope_id),
        kinds=criteria.kinds(),
        travel_weight=float(rule("orientation.search.travel_weight").value),
        own=index.rows_of(own) if own else (),
        refused=tuple(index.rows[key] for key in sorted(refused) if key in index.rows),
    )


def _max_travel(criteria: Criteria) -> float:
    return criteria.max_travel or float(rule("orientation.search.max_travel").value)


def _minutes_left(request: Request, criteria: Criteria) -> int:
    """Return the minutes in which a slot must begin: those asked, else the delay decided, else the rule's."""
    if criteria.horizon_hours is not None:
        return criteria.horizon_hours * 60
    decided: dict[str, int] = rule("orientation.delays.minutes").value
    usual: int = rule("orientation.search.horizon_hours").value * 60
    return decided.get(request.delay, usual)


def _searched(
    index: DeskIndex, request: Request, asked: booking.Request
) -> tuple[list[Offer], list[dict[str, Any]], list[dict[str, Any]]]:
    count = rule("orientation.search.proposals").value
    answer = index.engine.answer(asked, count, EXPLAINED)
    found = answer.best
    best = list(zip(found.row.tolist(), found.start.tolist(), found.travel.tolist(), strict=True))
    own = answer.own
    if own is not None and own.row not in found.row:
        best.insert(0, (own.row, own.start, own.travel))
    ranked = sorted(best, key=lambda one: one[0] not in asked.own)[:count]
    why = {one.row: one for one in answer.choices}
    slots = _slots(index, ranked)
    assert request.commune is not None
    journeys = index.journeys(request.commune)
    offers = [
        replace(
            _offer(slot, travel, row in asked.own, why.get(row), place),
            travel_source=journeys.source_to(index.place_of(row)),
        )
        for place, (row, start, travel) in enumerate(ranked)
        if (slot := slots.get((row, start))) is not None
    ]
    return offers, _explained(index, answer.explained), _widened(answer.alone)


def _offer(slot: Slot, travel: float, is_own: bool, choice: booking.Choice | None, place: int) -> Offer:
    why = [Why.OWN_DOCTOR] if is_own else []
    if choice is not None:
        why += [Why.EARLIEST] * choice.is_earliest + [Why.NEAREST] * choice.is_nearest
    why += [Why.BEST_SCORE] * (place == 0 and not is_own)
    kind = ProposalKind.OWN_DOCTOR if is_own else ProposalKind.SLOT
    return Offer(kind, tuple(why) or (Why.ACCEPTABLE,), slot, slot.agenda.professional, round(travel, 1))


@cache
def _slots_at(count: int) -> Statement[Slot]:
    """Return the slots of so many places, each at its hour."""
    places = (Q(schedule=given(f"schedule{one}"), starts_at=given(f"start{one}")) for one in range(count))
    wanted = reduce(or_, places)
    return Statement(lambda: Slot.objects.filter(wanted).order_by())


def _slots(index: DeskIndex, ranked: list[tuple[int, int, float]]) -> dict[tuple[int, int], Slot]:
    """Read the slots found, by row and start, with the place and the professional that the index knows."""
    places = {index.schedules[row].pk: index.schedules[row] for row, _start, _travel in ranked}
    given_values: dict[str, Any] = {}
    for place, (row, start, _travel) in enumerate(ranked):
        given_values |= {f"schedule{place}": index.schedules[row].pk, f"start{place}": moment_of(start)}
    found = {}
    for slot in _slots_at(len(ranked)).rows(**given_values) if ranked else []:
        slot.schedule = places[slot.schedule_id]
        slot.agenda = slot.schedule.agenda
        found[index.rows[slot.schedule_id], minutes_of(slot.starts_at)] = slot
    return found


def _explained(index: DeskIndex, excluded: list[booking.Exclusion]) -> list[dict[str, Any]]:
    """Why each of these was left out, as it is kept with the search."""
    return [
        {
            "schedule": index.schedules[one.row].pk,
            "name": index.names[one.row],
            "place": index.schedules[one.row].name,
            "reasons": [reason.value for reason in one.reasons],
            "first_start": None if one.first_start is None else moment_of(one.first_start).isoformat(),
        }
        for one in excluded
    ]


def _widened(alone: dict[booking.Reason, int]) -> list[dict[str, Any]]:
    """How many people giving up one criterion alone would add; a refusal and an own time are not criteria."""
    fixed = {booking.Reason.REFUSED, booking.Reason.NO_SLOT}
    adds = [(people, reason.value) for reason, people in alone.items() if reason not in fixed]
    return [{"reason": reason, "people": people} for people, reason in sorted(adds, key=lambda one: -one[0])]
