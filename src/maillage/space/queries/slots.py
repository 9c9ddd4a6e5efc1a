"""The slots that a patient, or who books for them, may see: the agenda's one availability, the public's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.kernel.models import Person
from maillage.people import api as people
from maillage.territory import api as territory

#: Slots looked at, the soonest first, of one's own professionals and of the others, before they are ranked.
LOOKED_AT = 4000
_PUBLIC = agenda.Visibility.PUBLIC.value
_UNKNOWN = 1e9


@dataclass(frozen=True, slots=True)
class Choice:
    """A slot: its key, when it begins, how the person is seen."""

    pk: int
    starts_at: datetime
    kind: str


@dataclass(frozen=True, slots=True)
class Option:
    """A professional at a place, with free slots: `minutes` by road from home, None where nobody knows.

    `is_mine`: of those who care for the patient, or saw them before.
    """

    schedule: agenda.Schedule
    is_mine: bool
    minutes: float | None
    is_estimate: bool
    slots: list[Choice] = field(default_factory=list)


def is_open_to_all(person: Person, slot: agenda.Slot) -> bool:
    """Return whether a slot is one that `person` may see as anybody: its professional chose the public."""
    return slot.visibility == _PUBLIC and agenda.may_see(person, slot)


def options(
    person: Person,
    patient: people.Patient,
    start: datetime,
    end: datetime,
    *,
    profession: str = "",
    of_agenda: int = 0,
) -> list[Option]:
    """Return the professionals whose slots `person` may book: those of the patient, then the nearest."""
    free = agenda.free_slots(person, start, end).filter(visibility=_PUBLIC)
    if profession:
        free = free.filter(agenda__professional__profession=profession)
    if of_agenda:
        free = free.filter(agenda=of_agenda)
    mine = own_professionals(person, patient)
    # Apart: in a large territory the soonest hours of all would leave out those of one's own.
    rows = [
        row
        for some in (
            free.filter(agenda__professional__in=mine),
            free.exclude(agenda__professional__in=mine),
        )
        for row in some.values_list("schedule", "pk", "starts_at", "kind")[:LOOKED_AT]
    ]
    slots: dict[int, list[Choice]] = {}
    for schedule, pk, starts_at, kind in rows:
        slots.setdefault(schedule, []).append(Choice(pk, starts_at, kind))
    names = (
        "agenda__professional", "agenda__territory__scope", "commune", "place__commune", "structure__commune",
    )  # fmt: skip
    schedules = list(agenda.Schedule.objects.filter(pk__in=list(slots)).select_related(*names))
    minutes = _minutes(person, patient, schedules)
    found = []
    for one in schedules:
        far, is_estimate = minutes.get(one.pk, (None, False))
        found.append(Option(one, one.agenda.professional_id in mine, far, is_estimate, slots[one.pk]))
    return sorted(found, key=_rank)


def _rank(one: Option) -> tuple[bool, float, datetime]:
    return (not one.is_mine, one.minutes if one.minutes is not None else _UNKNOWN, one.slots[0].starts_at)


def own_professionals(person: Person, patient: people.Patient) -> set[int]:
    """Return the professionals of a patient, by key, as far as `person` may know them.

    Those of the circle where the reader reads the circle; those whom the patient saw, whose appointments
    the caller has read.
    """
    seen = agenda.of_patient(patient, timezone.now() - timedelta(days=365))
    found = {one.slot.agenda.professional_id for one in seen if one.state != agenda.State.CANCELLED.value}
    if people.decision(person, patient, people.Part.CIRCLE).is_allowed:
        links = people.links_of_circle(patient)
        found |= {one.professional_id for one in links if one.professional_id and one.is_in_force()}
    return found


def commune_of(schedule: agenda.Schedule) -> territory.Commune | None:
    """Return where a professional sees people, None where no row says it."""
    owners = (schedule, schedule.place, schedule.structure)
    return next((one.commune for one in owners if one is not None and one.commune is not None), None)


def _minutes(
    person: Person, patient: people.Patient, schedules: list[agenda.Schedule]
) -> dict[int, tuple[float, bool]]:
    """Return the minutes from home to each place, where the reader may know where the patient lives."""
    if not people.decision(person, patient, people.Part.REACH).is_allowed:
        return {}
    home = people.home_of(by=person, patient=patient)
    known = [(one.pk, commune) for one in schedules if (commune := commune_of(one)) is not None]
    if home is None or not known:
        return {}
    journeys = territory.journeys_from(home, [commune for _pk, commune in known])
    return {
        pk: (float(journeys.minutes[place]), bool(journeys.is_estimate[place]))
        for place, (pk, _commune) in enumerate(known)
    }
