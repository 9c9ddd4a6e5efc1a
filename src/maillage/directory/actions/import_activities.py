"""Writes the professionals that the Annuaire Santé describes and where they practise, within an import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from maillage.directory.actions.import_record import BATCH, Record
from maillage.directory.models import (
    HAND_SOURCE,
    FactDate,
    Membership,
    PracticePlace,
    Professional,
    Structure,
)
from maillage.directory.rules.absences import absences
from maillage.directory.rules.extractions import Activity, Reading
from maillage.directory.rules.freshness import Fact
from maillage.directory.rules.gazetteer import departement_of
from maillage.directory.rules.professionals import PASSING, PracticeStatus, function_of
from maillage.directory.rules.structures import FINESS_PREFIX, Origin, Precision, StructureKind
from maillage.kernel.names import search_key
from maillage.kernel.phones import stored_phone
from maillage.kernel.sounds import name_sound
from maillage.kernel.sourced_rules import rule
from maillage.territory import api as territory

Row = TypeVar("Row", bound=Model)
_PREFIX = "annuaire:"
_STATUSES = frozenset(one.value for one in PracticeStatus)
ACTIVITIES = "directory.registers.activities"
_PLACE = ("name", "address", "postcode", "commune_id", "lon", "lat", "phone")
_IDENTITY = ("last_name", "first_name", "search_name", "sound", "profession", "specialty")


@dataclass
class _Tally:
    new: frozenset[str] = frozenset()
    added: int = 0
    changed: int = 0
    unchanged: int = 0


def write(
    reading: Reading, source: str, extracted_on: date, record: Record, *, is_latest: bool
) -> dict[str, int]:
    """Add and update professionals, their places and memberships; end the memberships no longer there.

    Only memberships that this source brought are ended, those of people gone from the file too: who has none
    left practises no more. A file older than the last one (not `is_latest`) only adds. Return the counts
    `added`, `changed`, `unchanged`, `closed` (professionals gone), `missing` (gone from a file that seems
    cut) and `places`, `moved` (places corrected), `memberships`, `ended`, `passing` (places where somebody
    replaces, studies or does not care).
    """
    rows = reading.activities
    tally = _Tally()
    people = _write_people(rows, source, extracted_on, tally, record)
    sites = [row for row in rows if row.site and row.commune]
    places, new_places, moved = _write_places(sites, source, record, is_latest=is_latest)
    if not is_latest:
        people = {number: one for number, one in people.items() if number in tally.new}
    memberships, ended, passing = _write_memberships(rows, people, places, source, extracted_on, record)
    closed, missing = _retire(reading, source, extracted_on, record) if is_latest else (0, 0)
    return {
        "added": tally.added,
        "changed": tally.changed,
        "unchanged": tally.unchanged,
        "closed": closed,
        "missing": missing,
        "places": new_places,
        "moved": moved,
        "memberships": memberships,
        "ended": ended,
        "passing": passing,
    }


def _retire(reading: Reading, source: str, extracted_on: date, record: Record) -> tuple[int, int]:
    """End the memberships of those gone from the file; return how many people, and how many are missing.

    Only people of this source, in the départements of which the file has places. One who practises nowhere
    any more is no longer active; a later file that has them makes them active again.
    """
    covered = {departement_of(row.commune) for row in reading.activities if row.commune}
    open_ones = Membership.objects.filter(ends_on=None, source=source, place__commune__isnull=False)
    known: dict[str, set[str]] = {}
    for number, commune in open_ones.values_list("professional__rpps", "place__commune"):
        part = departement_of(commune)
        if number and part in covered:
            known.setdefault(part, set()).add(number)
    found = absences(known, reading.seen, **rule("directory.registers.absences").value)
    gone = list(_batched(Professional.objects.all(), "rpps__in", sorted(found.gone)))
    keys = [one.pk for one in gone]
    for start in range(0, len(keys), BATCH):
        ended = open_ones.filter(professional__in=keys[start : start + BATCH])
        record.end(ended.filter(_begun_by(extracted_on)), ends_on=extracted_on)
    staying = {
        one.professional_id
        for one in _batched(Membership.objects.filter(ends_on=None), "professional__in", keys)
    }
    retired = [
        one for one in gone if one.pk not in staying and one.account_id is None and one.source == source
    ]
    for one in retired:
        one.is_active = False
    record.update(retired, ["is_active"])
    return len(gone), len(found.missing)


def _write_people(
    rows: Sequence[Activity], source: str, extracted_on: date, tally: _Tally, record: Record
) -> dict[str, Professional]:
    """Return the professionals of the file by RPPS number, written."""
    wanted = {row.rpps: row for row in reversed(rows)}
    specialties = _specialties(rows)
    known = {one.rpps or "": one for one in _batched(Professional.objects.all(), "rpps__in", list(wanted))}
    stated = _stated_later(known.values(), extracted_on)
    added: list[Professional] = []
    changed: list[Professional] = []
    for number, row in wanted.items():
        values = _identity(row, specialties[number])
        present = known.get(number)
        if present is None:
            added.append(Professional(rpps=number, source=source, **values))
        elif not present.is_active and present.merged_into_id is None and present.source == source:
            present.is_active = True
            changed.append(present)
        elif present.pk not in stated and any(getattr(present, name) != values[name] for name in _IDENTITY):
            for name in _IDENTITY:
                setattr(present, name, values[name])
            changed.append(present)
    record.create(added)
    record.update(changed, [*_IDENTITY, "is_active"])
    tally.new = frozenset(one.rpps or "" for one in added)
    tally.added, tally.changed = len(added), len(changed)
    tally.unchanged = len(wanted) - len(added) - len(changed)
    people = known | {one.rpps or "": one for one in added}
    _stamp([one for one in people.values() if one.pk not in stated], source, extracted_on, record)
    return people


def _specialties(rows: Iterable[Activity]) -> dict[str, str]:
    """Return the specialty of each person: that of the Ordre, else the first skill of any other type."""
    ordinal = rule(ACTIVITIES).value["ordinal_skill"]
    found: dict[str, tuple[bool, str]] = {}
    for row in rows:
        told = (bool(row.specialty) and row.skill in ordinal, row.specialty)
        held = found.get(row.rpps)
        if held is None or told[0] > held[0] or not held[1]:
            found[row.rpps] = told
    return {number: specialty for number, (_is_ordinal, specialty) in found.items()}


def _identity(row: Activity, specialty: str) -> dict[str, str]:
    return {
        "last_name": row.last_name[:80],
        "first_name": row.first_name[:80],
        "search_name": search_key(row.first_name[:80], row.last_name[:80]),
        "sound": name_sound(row.last_name[:80], row.first_name[:80]),
        "profession": row.profession,
        "specialty": specialty,
    }


def _stated_later(people: Iterable[Professional], extracted_on: date) -> set[int]:
    """Return those whose identity was written by hand, or stated after the day of the extraction."""
    keys = [one.pk for one in people]
    later = FactDate.objects.filter(
        Q(source=HAND_SOURCE) | Q(stated_on__gt=extracted_on), fact=Fact.IDENTITY.value
    )
    return {row.professional_id or 0 for row in _batched(later, "professional__in", keys)}


def _stamp(people: Sequence[Professional], source: str, extracted_on: date, record: Record) -> None:
    if extracted_on == date.max:  # a preview: dates are of no use, all is undone
        return
    wanted = [Fact.IDENTITY.value, Fact.PLACES.value]
    known = {
        (one.professional_id, one.fact): one
        for one in _batched(
            FactDate.objects.filter(fact__in=wanted), "professional__in", [one.pk for one in people]
        )
    }
    added: list[FactDate] = []
    for one in people:
        for fact in wanted:
            row = known.get((one.pk, fact))
            if row is None:
                added.append(FactDate(professional=one, fact=fact, stated_on=extracted_on, source=source))
            else:
                row.stated_on, row.source = extracted_on, source
    record.create(added)
    record.update(list(known.values()), ["stated_on", "source"])


def _write_places(
    sites: Sequence[Activity], source: str, record: Record, *, is_latest: bool
) -> tuple[dict[str, PracticePlace], int, int]:
    """Return the places of the file by site identifier, written; how many are new, how many corrected."""
    wanted = {row.site: row for row in sites}
    keys = {site: f"{_PREFIX}{site}"[:40] for site in wanted}
    known = {one.key: one for one in _batched(PracticePlace.objects.all(), "key__in", list(keys.values()))}
    centres = {
        one.code: one
        for one in _batched(
            territory.Commune.objects.active(), "code__in", list({row.commune for row in sites})
        )
    }
    structures = _structures(wanted, keys, centres, source, record)
    added: list[PracticePlace] = []
    moved: list[PracticePlace] = []
    for site, row in wanted.items():
        place = _place(keys[site], row, centres[row.commune], structures[site], source)
        present = known.get(keys[site])
        if present is None:
            added.append(place)
        elif is_latest and present.source == source and _differ(present, place):
            for name in _PLACE:
                setattr(present, name, getattr(place, name))
            moved.append(present)
    record.create(added)
    record.update(moved, _PLACE)
    _correct_offices(moved, record)
    known |= {one.key: one for one in added}
    return {site: known[key] for site, key in keys.items()}, len(added), len(moved)


def _place(
    key: str, row: Activity, centre: territory.Commune, structure: Structure, source: str
) -> PracticePlace:
    return PracticePlace(
        key=key,
        structure=structure,
        name=row.site_name[:200],
        address=row.address[:200],
        postcode=row.postcode,
        commune=centre,
        lon=centre.lon,
        lat=centre.lat,
        precision=Precision.COMMUNE.value,
        phone=stored_phone(row.phone),
        source=source,
    )


def _differ(present: PracticePlace, place: PracticePlace) -> bool:
    return any(getattr(present, name) != getattr(place, name) for name in _PLACE)


def _correct_offices(moved: Sequence[PracticePlace], record: Record) -> None:
    """Write what changed of a place on the office of its own that an import made of it."""
    places = {one.key: one for one in moved}
    offices = list(_batched(Structure.objects.filter(origin=Origin.IMPORT.value), "pk__in", list(places)))
    for one in offices:
        place = places[one.pk]
        city = place.commune.name if place.commune else ""
        one.name, one.address, one.postcode, one.city = place.name, place.address, place.postcode, city
        one.search_name = search_key(place.name[:110], city)
        one.commune, one.lon, one.lat = place.commune, place.lon or one.lon, place.lat or one.lat
    record.update(offices, ["name", "search_name", "address", "postcode", "city", "commune_id", "lon", "lat"])


def _structures(
    wanted: dict[str, Activity],
    keys: dict[str, str],
    centres: dict[str, territory.Commune],
    source: str,
    record: Record,
) -> dict[str, Structure]:
    """Return the structure of each site: that of its FINESS number where known, else an office of its own."""
    numbers = {row.finess for row in wanted.values() if row.finess}
    asked = [*keys.values(), *(f"{FINESS_PREFIX}{number}" for number in numbers)]
    known = {one.pk: one for one in _batched(Structure.objects.all(), "pk__in", asked)}
    added: list[Structure] = []
    found: dict[str, Structure] = {}
    for site, row in wanted.items():
        present = known.get(f"{FINESS_PREFIX}{row.finess}") or known.get(keys[site])
        if present is None:
            present = _office(keys[site], row, centres[row.commune], source)
            added.append(present)
        found[site] = present
    record.create(added)
    return found


def _office(key: str, row: Activity, centre: territory.Commune, source: str) -> Structure:
    return Structure(
        id=key,
        finess=row.finess[:9],
        kind=StructureKind.OFFICE.value,
        name=row.site_name[:200],
        search_name=search_key(row.site_name[:110], centre.name),
        address=row.address[:200],
        postcode=row.postcode,
        city=centre.name,
        commune=centre,
        lon=centre.lon,
        lat=centre.lat,
        precision=Precision.COMMUNE.value,
        count=1,
        source=source,
        origin=Origin.IMPORT.value,
    )


def _write_memberships(
    rows: Sequence[Activity],
    people: dict[str, Professional],
    places: dict[str, PracticePlace],
    source: str,
    extracted_on: date,
    record: Record,
) -> tuple[int, int, int]:
    """Add what is new and end what this source no longer says; return how many of each, and how many pass."""
    codes = rule(ACTIVITIES).value
    wanted = {
        (
            people[row.rpps].pk,
            places[row.site].pk,
            function_of(row.category, row.kind, codes).value,
            _status(row),
        )
        for row in rows
        if row.site in places and row.rpps in people
    }
    covered = {departement_of(row.commune) for row in rows if row.commune}
    keys = [one.pk for one in people.values()]
    present = list(
        _batched(Membership.objects.filter(ends_on=None).select_related("place"), "professional__in", keys)
    )
    ours = {_told(one): one for one in present if one.source == source}
    theirs = {(one.professional_id, one.place_id) for one in present if one.source != source}
    structures = {place.pk: place.structure_id for place in places.values()}
    added = [
        Membership(
            professional_id=person,
            structure_id=structures[place],
            place_id=place,
            function=function,
            status=status,
            source=source,
        )
        for person, place, function, status in sorted(wanted)
        if (person, place, function, status) not in ours and (person, place) not in theirs
    ]
    gone = [
        one.pk
        for told, one in ours.items()
        if told not in wanted
        and one.place is not None
        and departement_of(one.place.commune_id or "") in covered
    ]
    record.create(added)
    for start in range(0, len(gone), BATCH):
        old = Membership.objects.filter(pk__in=gone[start : start + BATCH])
        record.end(old.filter(_begun_by(extracted_on)), ends_on=extracted_on)
    passing = sum(function in PASSING for _person, _place, function, _status_ in wanted)
    return len(added), len(gone), passing


def _begun_by(day: date) -> Q:
    """Return the condition « does not begin after that day »: nothing ends before it begins."""
    return Q(starts_on=None) | Q(starts_on__lte=day)


def _status(row: Activity) -> str:
    """Return the mode of practice of a line, empty where the code is none that we know."""
    return row.status if row.status in _STATUSES else ""


def _told(one: Membership) -> tuple[int, int | None, str, str]:
    """Return what makes a membership one: who, where, doing what, in which mode of practice."""
    return one.professional_id, one.place_id, one.function, one.status


def _batched(rows: QuerySet[Row], lookup: str, keys: Sequence[str | int]) -> Iterator[Row]:
    """Yield the rows whose `lookup` is among many keys, a few hundred keys at a time (SQLite's limit)."""
    for start in range(0, len(keys), BATCH):
        yield from rows.filter(**{lookup: keys[start : start + BATCH]})
