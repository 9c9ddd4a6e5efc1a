"""Writes the professionals that the Annuaire Santé describes and where they practise, within an import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from maillage.directory.models import (
    HAND_SOURCE,
    FactDate,
    Membership,
    PracticePlace,
    Professional,
    Structure,
)
from maillage.directory.rules.extractions import Activity
from maillage.directory.rules.freshness import Fact
from maillage.directory.rules.professionals import Function
from maillage.directory.rules.structures import FINESS_PREFIX, Origin, Precision, StructureKind
from maillage.kernel.names import search_key
from maillage.kernel.phones import stored_phone
from maillage.kernel.sounds import name_sound
from maillage.territory import api as territory

_BATCH = 400
Row = TypeVar("Row", bound=Model)
_PREFIX = "annuaire:"
_IDENTITY = ("last_name", "first_name", "search_name", "sound", "profession", "specialty")


@dataclass
class _Tally:
    added: int = 0
    changed: int = 0
    unchanged: int = 0


def write(rows: Sequence[Activity], source: str, extracted_on: date) -> dict[str, int]:
    """Add and update professionals, their places and memberships; end the memberships no longer there.

    Only memberships that this source brought are ended. Return the counts `added`, `changed`, `unchanged`
    (professionals) and `places`, `memberships`, `ended`.
    """
    tally = _Tally()
    people = _write_people(rows, source, extracted_on, tally)
    sites = [row for row in rows if row.site and row.commune]
    places, new_places = _write_places(sites, source)
    memberships, ended = _write_memberships(rows, people, places, source, extracted_on)
    return {
        "added": tally.added,
        "changed": tally.changed,
        "unchanged": tally.unchanged,
        "places": new_places,
        "memberships": memberships,
        "ended": ended,
    }


def _write_people(
    rows: Sequence[Activity], source: str, extracted_on: date, tally: _Tally
) -> dict[str, Professional]:
    """Return the professionals of the file by RPPS number, written."""
    wanted = {row.rpps: row for row in reversed(rows)}
    specialties: dict[str, str] = {}
    for row in rows:
        specialties[row.rpps] = specialties.get(row.rpps) or row.specialty
    known = {one.rpps or "": one for one in _batched(Professional.objects.all(), "rpps__in", list(wanted))}
    stated = _stated_later(known.values(), extracted_on)
    added: list[Professional] = []
    changed: list[Professional] = []
    for number, row in wanted.items():
        values = _identity(row, specialties[number])
        present = known.get(number)
        if present is None:
            added.append(Professional(rpps=number, source=source, **values))
        elif present.pk not in stated and any(getattr(present, name) != values[name] for name in _IDENTITY):
            for name in _IDENTITY:
                setattr(present, name, values[name])
            changed.append(present)
    Professional.objects.bulk_create(added, batch_size=_BATCH)
    Professional.objects.bulk_update(changed, list(_IDENTITY), batch_size=_BATCH)
    tally.added, tally.changed = len(added), len(changed)
    tally.unchanged = len(wanted) - len(added) - len(changed)
    people = known | {one.rpps or "": one for one in added}
    _stamp([one for one in people.values() if one.pk not in stated], source, extracted_on)
    return people


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


def _stamp(people: Sequence[Professional], source: str, extracted_on: date) -> None:
    if extracted_on == date.max:  # a preview: dates are of no use, all is undone
        return
    for fact in (Fact.IDENTITY, Fact.PLACES):
        FactDate.objects.bulk_create(
            [
                FactDate(professional=one, fact=fact.value, stated_on=extracted_on, source=source)
                for one in people
            ],
            update_conflicts=True,
            unique_fields=["professional", "fact"],
            update_fields=["stated_on", "source"],
            batch_size=_BATCH,
        )


def _write_places(sites: Sequence[Activity], source: str) -> tuple[dict[str, PracticePlace], int]:
    """Return the places of the file by site identifier, written, and how many are new."""
    wanted = {row.site: row for row in sites}
    keys = {site: f"{_PREFIX}{site}"[:40] for site in wanted}
    known = {one.key: one for one in _batched(PracticePlace.objects.all(), "key__in", list(keys.values()))}
    centres = {
        one.code: one
        for one in _batched(
            territory.Commune.objects.active(), "code__in", list({row.commune for row in sites})
        )
    }
    structures = _structures(wanted, keys, centres, source)
    added = []
    for site, row in wanted.items():
        if keys[site] in known:
            continue
        centre = centres[row.commune]
        added.append(
            PracticePlace(
                key=keys[site],
                structure=structures[site],
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
        )
    PracticePlace.objects.bulk_create(added, batch_size=_BATCH)
    known |= {one.key: one for one in added}
    return {site: known[key] for site, key in keys.items()}, len(added)


def _structures(
    wanted: dict[str, Activity],
    keys: dict[str, str],
    centres: dict[str, territory.Commune],
    source: str,
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
    Structure.objects.bulk_create(added, batch_size=_BATCH)
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
) -> tuple[int, int]:
    """Add what is new and end what this source no longer says; return how many of each."""
    wanted = {(people[row.rpps].pk, places[row.site].pk): row for row in rows if row.site in places}
    keys = [one.pk for one in people.values()]
    present = {
        (one.professional_id, one.place_id): one
        for one in _batched(Membership.objects.filter(ends_on=None), "professional__in", keys)
    }
    structures = {place.pk: place.structure_id for place in places.values()}
    added = [
        Membership(
            professional_id=person,
            structure_id=structures[place],
            place_id=place,
            function=Function.CARE.value,
            status=row.status if row.status in {"L", "S", "B"} else "",
            source=source,
        )
        for (person, place), row in wanted.items()
        if (person, place) not in present
    ]
    gone = [one.pk for pair, one in present.items() if one.source == source and pair not in wanted]
    Membership.objects.bulk_create(added, batch_size=_BATCH)
    for start in range(0, len(gone), _BATCH):
        old = Membership.objects.filter(pk__in=gone[start : start + _BATCH])
        old.filter(Q(starts_on=None) | Q(starts_on__lte=extracted_on)).update(ends_on=extracted_on)
    return len(added), len(gone)


def _batched(rows: QuerySet[Row], lookup: str, keys: Sequence[str | int]) -> Iterator[Row]:
    """Yield the rows whose `lookup` is among many keys, a few hundred keys at a time (SQLite's limit)."""
    for start in range(0, len(keys), _BATCH):
        yield from rows.filter(**{lookup: keys[start : start + _BATCH]})
