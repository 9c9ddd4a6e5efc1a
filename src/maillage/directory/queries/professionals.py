"""Reads of professionals: by territory and filters, by name, one sheet with all that is known of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from maillage.directory.models import (
    CareUnit,
    ConfirmationRequest,
    FactDate,
    Membership,
    MembershipQuerySet,
    Professional,
    ProfessionalQuerySet,
    ServiceOffer,
    Structure,
)
from maillage.directory.rules.freshness import Fact, Freshness, freshness
from maillage.directory.rules.practice import Practice, Setting, practice
from maillage.kernel.sounds import name_sounds
from maillage.kernel.sourced_rules import rule


@dataclass(frozen=True, slots=True)
class Criteria:
    """What is asked of a professional; an empty or false field filters nothing."""

    professions: tuple[str, ...] = ()
    language: str = ""
    new_patients: bool = False
    home_visits: bool = False
    remote: bool = False
    wheelchair: bool = False
    sector_one: bool = False


@dataclass(frozen=True, slots=True)
class DatedFact:
    """A group of facts of a sheet, with its date and what to think of it."""

    fact: Fact
    stated_on: date | None
    source: str
    freshness: Freshness
    request: ConfirmationRequest | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that is known of a professional on a day."""

    professional: Professional
    memberships: list[Membership]
    practice: Practice
    facts: list[DatedFact]


def professionals_in(codes: Collection[str], criteria: Criteria = Criteria()) -> ProfessionalQuerySet:
    """Return those who practise today in the communes `codes` and answer the criteria, each once.

    Neither who only replaces somebody there, nor students.
    """
    here = _practising(timezone.localdate(), criteria).filter(
        Q(place__commune__in=list(codes)) | Q(place=None, structure__commune__in=list(codes))
    )
    found = Professional.objects.active().of_professions(criteria.professions)
    if criteria.language:
        found = found.filter(languages__contains=f" {criteria.language} ")
    return found.filter(Exists(here))


def search_professionals(text: str, limit: int = 20) -> list[Professional]:
    """Return those whose names begin with the words of `text`, or of that RPPS number."""
    return list(Professional.objects.active().matching(text).order_by("search_name", "id")[:limit])


def professionals_alike(one: Professional, limit: int = 20) -> list[Professional]:
    """Return the sheets whose names sound the same, in either order: those of the same profession first.

    A sheet of another profession counts too, unless both have an RPPS number; read by its key.
    """
    sounds = name_sounds(one.last_name, one.first_name)
    if not sounds:
        return []
    found = Professional.objects.active().filter(sound__in=sounds).exclude(pk=one.pk)
    if one.rpps:
        found = found.filter(Q(rpps=None) | Q(profession=one.profession))
    near = sorted(
        found.order_by("pk")[:200], key=lambda other: (other.profession != one.profession, other.pk)
    )
    return near[:limit]


def memberships_of(
    professionals: Iterable[Professional], on: date | None = None
) -> dict[int, list[Membership]]:
    """Return the memberships in force of each professional, by key, with structure, place and commune."""
    keys = [one.pk for one in professionals]
    found: dict[int, list[Membership]] = {key: [] for key in keys}
    for membership in _full(Membership.objects.in_force(on or timezone.localdate())).filter(
        professional__in=keys
    ):
        found[membership.professional_id].append(membership)
    return found


def team_of(structure: Structure, on: date | None = None) -> list[Membership]:
    """Return the memberships of a structure in force, with their professionals and what they offer."""
    in_force = _full(Membership.objects.in_force(on or timezone.localdate())).filter(
        structure=structure, professional__merged_into=None, professional__is_active=True
    )
    return list(in_force.order_by("professional__profession", "professional__search_name", "pk"))


def sheet(pk: int, on: date | None = None) -> Sheet:
    """Return a professional's sheet, that of the one kept where two were merged.

    Raises Professional.DoesNotExist.
    """
    day = on or timezone.localdate()
    one = Professional.objects.select_related("merged_into", "account").get(pk=pk)
    while one.merged_into is not None:
        one = one.merged_into
    memberships = memberships_of([one], day)[one.pk]
    dates = {row.fact: row for row in FactDate.objects.filter(professional=one)}
    requests = {row.fact: row for row in ConfirmationRequest.objects.filter(professional=one, answer="")}
    return Sheet(
        one, memberships, practices_of({one.pk: memberships}, day)[one.pk], dated(dates, requests, day)
    )


def structure_facts(structure: Structure, on: date | None = None) -> list[DatedFact]:
    """Return the dated facts of a structure."""
    day = on or timezone.localdate()
    dates = {row.fact: row for row in FactDate.objects.filter(structure=structure)}
    requests = {row.fact: row for row in ConfirmationRequest.objects.filter(structure=structure, answer="")}
    return dated(dates, requests, day, facts=(Fact.CONTACT, Fact.PLACES, Fact.SERVICES))


def dated(
    dates: dict[str, FactDate],
    requests: dict[str, ConfirmationRequest],
    day: date,
    facts: Iterable[Fact] = tuple(Fact),
) -> list[DatedFact]:
    """Return each fact with its freshness on `day`, by the rule `directory.freshness.days`."""
    limits = rule("directory.freshness.days", on=day).value
    return [
        DatedFact(
            fact,
            row.stated_on if (row := dates.get(fact.value)) else None,
            row.source if row else "",
            freshness(row.stated_on if row else None, day, limits[fact.value]),
            requests.get(fact.value),
        )
        for fact in facts
    ]


def practices_of(memberships: dict[int, list[Membership]], on: date) -> dict[int, Practice]:
    """Return how each professional practises, from memberships read by `memberships_of`."""
    rows = [one for several in memberships.values() for one in several]
    others = _people_at({one.place_id for one in rows if one.place_id}, on)
    units = {
        unit.structure_id: unit
        for unit in CareUnit.objects.filter(structure__in={one.structure_id for one in rows})
    }
    kinds = rule("directory.practice.coordinated_kinds", on=on).value
    return {
        key: practice([_setting(one, others, units) for one in several], kinds)
        for key, several in memberships.items()
    }


def duplicate_pairs(codes: Collection[str], limit: int = 50) -> list[tuple[Professional, Professional]]:
    """Return pairs of sheets with the same names and profession, not both with an RPPS number.

    One sheet of each pair practises in the communes `codes`; the one with a number comes first.
    """
    here = list(professionals_in(codes).order_by("search_name", "pk"))
    names = {one.search_name for one in here}
    same: dict[tuple[str, str], list[Professional]] = {}
    for one in Professional.objects.active().filter(search_name__in=names):
        same.setdefault((one.search_name, one.profession), []).append(one)
    pairs = [
        (first, second)
        for sheets in same.values()
        for first, second in _pairs(sorted(sheets, key=lambda one: (one.rpps is None, one.pk)))
        if second.rpps is None
    ]
    return pairs[:limit]


def _pairs(sheets: list[Professional]) -> list[tuple[Professional, Professional]]:
    return [(sheets[0], other) for other in sheets[1:]]


def _practising(day: date, criteria: Criteria) -> MembershipQuerySet:
    found = Membership.objects.in_force(day).standing().filter(professional=OuterRef("pk"))
    if criteria.new_patients:
        found = found.filter(offer__new_patients=True)
    if criteria.home_visits:
        found = found.filter(offer__home_visits=True)
    if criteria.remote:
        found = found.filter(offer__remote=True)
    if criteria.wheelchair:
        found = found.filter(place__wheelchair=True)
    if criteria.sector_one:
        found = found.filter(offer__sector="1")
    return found


def _full(memberships: MembershipQuerySet) -> MembershipQuerySet:
    return memberships.select_related(
        "professional", "structure__commune", "place__commune", "offer"
    ).prefetch_related("offer__hours")


def _people_at(places: Collection[int], on: date) -> dict[int, int]:
    """Return how many professionals practise at each place."""
    counted = (
        Membership.objects.in_force(on)
        .standing()
        .filter(place__in=places, professional__merged_into=None, professional__is_active=True)
        .order_by()
        .values_list("place")
        .annotate(people=Count("professional", distinct=True))
    )
    return dict(counted)


def _setting(one: Membership, others: dict[int, int], units: dict[str, CareUnit]) -> Setting:
    unit = units.get(one.structure_id)
    return Setting(
        kind=one.structure.kind,
        name=one.structure.title,
        has_project=unit is not None and unit.has_project,
        has_formal_coordination=unit is not None and unit.has_formal_coordination,
        colleagues=others.get(one.place_id, 1) - 1 if one.place_id else None,
    )


def offer_of(membership: Membership) -> ServiceOffer | None:
    """Return what a membership offers, None where nobody has told."""
    return getattr(membership, "offer", None)
