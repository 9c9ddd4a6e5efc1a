"""Where somebody may still be sent although every slot is full, nearest in time and travel first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from maillage.agenda import api as agenda
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.orientation.computations.criteria import PROFESSIONS, Criteria, profession_bits
from maillage.orientation.models import Request
from maillage.orientation.queries.ages import age_of
from maillage.orientation.queries.asked import is_vital
from maillage.orientation.rules.safety import enters_slot_search
from maillage.territory.api import journeys_from


@dataclass(frozen=True, slots=True)
class ExtraSeat:
    """A full slot whose professional accepts somebody more: `left` that day, `travel` in minutes."""

    slot: agenda.Slot
    left: int
    travel: float
    travel_source: str


def extra_seats(
    request: Request,
    criteria: Criteria,
    *,
    by: Person,
    now: datetime,
    limit: int | None = 5,
    one_a_place: bool = True,
) -> list[ExtraSeat]:
    """Return the best full slots that accept somebody more, within the criteria.

    `one_a_place`: the first of each place only; `limit`: how many at most, None for all of them.
    The request has a commune; nobody is sought for one that goes to the 15.
    """
    if (
        request.has_red_flag
        or is_vital(request.motive, age_of(request))
        or not enters_slot_search(request.priority)
    ):
        return []
    hours = criteria.horizon_hours or rule("orientation.search.horizon_hours").value
    extras = [
        one
        for one in agenda.extra_slots(by, now, now + timedelta(hours=hours))
        if one.slot.schedule.commune_id is not None
        and profession_bits(one.slot.agenda.professional) & 1 << PROFESSIONS.index(criteria.profession)
    ]
    firsts = {one.slot.schedule_id: one for one in reversed(extras)}
    places = {schedule: place for place, schedule in enumerate(firsts)}
    communes = [one.slot.schedule.commune for one in firsts.values()]
    assert request.commune is not None
    journeys = journeys_from(request.commune, [one for one in communes if one is not None])
    furthest = criteria.max_travel or float(rule("orientation.search.max_travel").value)
    weight = float(rule("orientation.search.travel_weight").value)
    seats = [
        ExtraSeat(one.slot, one.left, round(float(journeys.minutes[place]), 1), journeys.source_to(place))
        for one in (firsts.values() if one_a_place else extras)
        for place in [places[one.slot.schedule_id]]
        if journeys.minutes[place] <= furthest
    ]

    def score(seat: ExtraSeat) -> tuple[float, int]:
        wait = (seat.slot.starts_at - now) / timedelta(minutes=1)
        return wait + weight * seat.travel, seat.slot.pk

    return sorted(seats, key=score)[:limit]
