"""What keeps professionals at a place at given hours: their openings and the appointments made there.

Read from the rules, not from the slots alone: an opening next season keeps somebody as much as a slot of
tomorrow. No patient is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from maillage.agenda.models import Agenda, Closure, Opening, Slot
from maillage.agenda.rules.clock import Span, opened
from maillage.agenda.rules.vocabulary import State

_KEPT = (State.BOOKED.value, State.ARRIVED.value, State.HONOURED.value)
Period = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Commitment:
    """Hours at a place; `booked`: how many appointments are made there during the period asked about."""

    starts_at: datetime
    ends_at: datetime
    place: str
    booked: int


def commitments_during(asked: Mapping[int, Sequence[Period]]) -> dict[int, list[tuple[Period, Commitment]]]:
    """Return what keeps each professional (by key) during the periods asked, with the period it meets.

    Openings whole, absences and closings of the place taken away; an appointment that no opening holds any
    more is a commitment too. Four queries, however many people and periods.
    """
    agendas = list(Agenda.objects.filter(professional__in=list(asked)).with_names())
    every = [span for periods in asked.values() for span in periods]
    if not agendas or not every:
        return {}
    first, last = min(start for start, _end in every), max(end for _start, end in every)
    openings: dict[int, list[Opening]] = defaultdict(list)
    for one in Opening.objects.filter(schedule__agenda__in=agendas).select_related("schedule"):
        openings[one.schedule.agenda_id].append(one)
    closures: dict[int, list[Closure]] = defaultdict(list)
    for shut in Closure.objects.filter(agenda__in=agendas, starts_at__lt=last, ends_at__gt=first):
        closures[shut.agenda_id].append(shut)
    slots: dict[int, list[Slot]] = defaultdict(list)
    rows = Slot.objects.filter(
        agenda__in=agendas, starts_at__lt=last, ends_at__gt=first, appointments__state__in=_KEPT
    )
    for slot in rows.select_related("schedule").order_by("starts_at", "pk"):
        slots[slot.agenda_id].append(slot)  # once for each appointment
    return {
        agenda.professional_id: [
            (period, commitment)
            for period in asked[agenda.professional_id]
            for commitment in _during(
                agenda, period, openings[agenda.pk], closures[agenda.pk], slots[agenda.pk]
            )
        ]
        for agenda in agendas
    }


def _during(
    agenda: Agenda,
    period: Period,
    openings: Sequence[Opening],
    closures: Sequence[Closure],
    slots: Sequence[Slot],
) -> list[Commitment]:
    asked = Span(*period)
    booked = [one for one in slots if asked.meets(Span(one.starts_at, one.ends_at))]
    found = []
    for opening, span in _opened(agenda, asked, openings):
        own = [
            one for one in booked
            if one.schedule_id == opening.schedule_id and span.meets(Span(one.starts_at, one.ends_at))
        ]  # fmt: skip
        shut = [one.closed.span for one in closures if one.closed.place in {None, opening.schedule_id}]
        parts = [part for part in _left(span, shut) if part.meets(asked)]
        found += [
            Commitment(
                part.starts_at,
                part.ends_at,
                opening.schedule.name,
                sum(part.meets(Span(one.starts_at, one.ends_at)) for one in own),
            )
            for part in parts
        ]
        kept = [one for one in own if any(part.meets(Span(one.starts_at, one.ends_at)) for part in parts)]
        booked = [one for one in booked if one not in kept]
    found += [Commitment(one.starts_at, one.ends_at, one.schedule.name, 1) for one in booked]
    return sorted(found, key=lambda one: (one.starts_at, one.ends_at, one.place))


def _opened(agenda: Agenda, asked: Span, openings: Sequence[Opening]) -> Iterator[tuple[Opening, Span]]:
    """Give each opening with what it opens during the time asked, past midnight included."""
    day = asked.starts_at.astimezone(agenda.zone).date() - timedelta(days=1)
    last = asked.ends_at.astimezone(agenda.zone).date()
    while day <= last:
        for opening in openings:
            span = opened(opening.recurrence, day, agenda.zone)
            if span is not None and span.meets(asked):
                yield opening, span
        day += timedelta(days=1)


def _left(span: Span, shut: Sequence[Span]) -> list[Span]:
    """Return what is left of a stretch of time once others are taken away."""
    left, start = [], span.starts_at
    for one in sorted(shut):
        if one.ends_at <= start or one.starts_at >= span.ends_at:
            continue
        if one.starts_at > start:
            left.append(Span(start, one.starts_at, span.key))
        start = max(start, one.ends_at)
    if start < span.ends_at:
        left.append(Span(start, span.ends_at, span.key))
    return left
