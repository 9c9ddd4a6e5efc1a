"""Invented professionals for a demonstration territory: no real person, always the same for a territory.

Names are of plants and birds; RPPS numbers are of the range that `rules.professionals` documents. Offices
are sized from the communes' population: about one general practitioner for 1 500 inhabitants.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db import transaction
from django.utils import timezone

from maillage.directory.actions.demonstration_partners import create_partners
from maillage.directory.actions.demonstration_services import create_services
from maillage.directory.models import (
    CareUnit,
    CareUnitCommune,
    FactDate,
    Membership,
    OpeningHours,
    PracticePlace,
    Professional,
    ServiceOffer,
    Structure,
    Welcome,
    WelcomeStep,
)
from maillage.directory.rules.freshness import Fact
from maillage.directory.rules.professionals import Function, Profession, Sector, Specialty, demonstration_rpps
from maillage.directory.rules.structures import Origin, Precision, StructureKind
from maillage.directory.rules.welcome import Step
from maillage.kernel import journal
from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person
from maillage.kernel.names import search_key
from maillage.kernel.rules import Role
from maillage.kernel.sounds import name_sound
from maillage.territory import api as territory

SOURCE = "démonstration"
_FIRST_NAMES = (
    "Anaïs", "Basile", "Clémence", "Driss", "Élise", "Félix", "Gaëlle", "Hassan", "Irène", "Jules", "Karima",
    "Léon", "Maëlle", "Nathan", "Ondine", "Pierre", "Quitterie", "Rémi", "Solène", "Théo",
)  # fmt: skip
_LAST_NAMES = (
    "Alouette", "Ancolie", "Bergeronnette", "Bleuet", "Bouvreuil", "Campanule", "Chardon", "Coquelicot",
    "Cormoran", "Églantier", "Épervier", "Fauvette", "Gentiane", "Grive", "Hirondelle", "Jonquille",
    "Loriot", "Marjolaine", "Mésange", "Myosotis", "Orchis", "Pinson", "Roitelet", "Rossignol", "Sarcelle",
    "Troène", "Véronique", "Vanneau", "Serpolet", "Jacinthe",
)  # fmt: skip
_OFFICE_TEAMS = (
    (Profession.PHYSICIAN, 1_500), (Profession.NURSE, 900), (Profession.PHYSIOTHERAPIST, 1_300),
    (Profession.PHARMACIST, 3_000), (Profession.MIDWIFE, 9_000), (Profession.DENTIST, 3_000),
    (Profession.SPEECH_THERAPIST, 6_000),
)  # fmt: skip
_MOST_OF_A_PROFESSION = 12
_MORNING, _AFTERNOON = (time(8, 30), time(12, 0)), (time(14, 0), time(18, 30))


@dataclass
class _Draw:
    """A deterministic source of choices: the same words always give the same numbers."""

    seed: str

    def below(self, bound: int, *words: object) -> int:
        """Return a number from 0 to `bound` - 1."""
        text = "|".join([self.seed, *(str(word) for word in words)])
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6]) % bound


@transaction.atomic
def create_demonstration_directory(*, by: Person | None, place: territory.Territory) -> int:
    """Fill a territory with invented professionals and partners; return how many people.

    Again, it changes nothing; where an older program filled it, it adds the partners that are missing.

    The demonstration account of a role becomes the account of the first professional of its profession.
    """
    today = timezone.localdate()
    codes = territory.member_codes(place)
    communes = list(territory.Commune.objects.filter(code__in=codes).order_by("-population", "code"))
    invented = Professional.objects.filter(is_demonstration=True)
    if not invented.exists():
        _professionals(place, communes, today)
    before = invented.count()
    partners = create_partners(communes, today)
    people = invented.count()
    if partners:
        journal.record(
            by=by,
            verb="directory.demonstration_created",
            target=journal.target_of(place),
            scope=place.scope_id,
            changes={"professionals": before, "partners": partners, "members": people - before},
        )
    return people


def _professionals(place: territory.Territory, communes: Sequence[territory.Commune], today: date) -> None:
    """Create the professionals in their offices, the teams, the newcomer and the services."""
    draw = _Draw(place.slug)
    offices = _offices(place)
    count = 0
    for structure, office, people in offices:
        for profession in people:
            count += 1
            member = _professional(count, profession, draw, today)
            _member(member, structure, office, draw, today)
    _teams(offices)
    _link_accounts()
    _newcomer(place, today)
    create_services(communes, today)


def _offices(place: territory.Territory) -> list[tuple[Structure, PracticePlace, list[Profession]]]:
    """Create one or two offices in each commune that can have them, with the professions of each."""
    communes = territory.Commune.objects.filter(code__in=territory.member_codes(place)).order_by("code")
    found = []
    for commune in communes:
        people = [
            profession
            for profession, inhabitants in _OFFICE_TEAMS
            for _number in range(min(_MOST_OF_A_PROFESSION, commune.population // inhabitants))
        ]
        half = len(people) // 2 if len(people) > 8 else len(people)
        groups = [people[0::2], people[1::2]] if half < len(people) else [people]
        for number, group in enumerate((group for group in groups if group), start=1):
            found.append((*_office(commune, number, len(group)), group))
    return found


def _office(commune: territory.Commune, number: int, size: int) -> tuple[Structure, PracticePlace]:
    kind = StructureKind.MSP if number == 1 and size >= 5 else StructureKind.OFFICE
    title = "Maison de santé" if kind is StructureKind.MSP else "Cabinet"
    trees = ("du Tilleul", "des Saules", "du Lavoir", "de la Halle", "du Moulin")
    name = f"{title} {trees[(int(commune.code[-2:]) + number) % len(trees)]}, {commune.name}"
    key = f"demonstration:{commune.code}:{number}"
    structure = Structure.objects.create(
        id=key, kind=kind.value, name=name, search_name=search_key(name), city=commune.name,
        category_code="603" if kind is StructureKind.MSP else "", commune=commune, lon=commune.lon,
        lat=commune.lat, precision=Precision.COMMUNE.value, count=1, source=SOURCE,
        origin=Origin.DEMONSTRATION.value,
    )  # fmt: skip
    place = PracticePlace.objects.create(
        key=key, structure=structure, name=name, postcode=(commune.postcodes.split() or [""])[0],
        commune=commune, lon=commune.lon, lat=commune.lat, wheelchair=number == 1, source=SOURCE,
    )  # fmt: skip
    return structure, place


def _professional(order: int, profession: Profession, draw: _Draw, today: date) -> Professional:
    first = _FIRST_NAMES[draw.below(len(_FIRST_NAMES), "first", order)]
    last = _LAST_NAMES[draw.below(len(_LAST_NAMES), "last", order)]
    others = (" fr ", " fr en ", " fr ", " fr ar ", " fr pt ", " fr ", " fr es ")
    one = Professional.objects.create(
        rpps=demonstration_rpps(order), first_name=first, last_name=last,
        search_name=search_key(first, last), sound=name_sound(last, first), profession=profession.value,
        specialty=Specialty.GENERAL_PRACTICE.value if profession is Profession.PHYSICIAN else "",
        languages=others[draw.below(len(others), "languages", order)],
        mssante=f"pro{order}@demonstration.invalid", phone=f"+3319900{order:04d}"[:12],
        is_demonstration=True, source=SOURCE,
    )  # fmt: skip
    FactDate.objects.bulk_create(
        FactDate(
            professional=one,
            fact=fact.value,
            stated_on=today - timedelta(days=draw.below(420, fact.value, order)),
            source=SOURCE,
        )
        for fact in Fact
    )
    return one


def _member(one: Professional, structure: Structure, place: PracticePlace, draw: _Draw, today: date) -> None:
    membership = Membership.objects.create(
        professional=one, structure=structure, place=place, function=Function.CARE.value, status="L",
        starts_on=today - timedelta(days=200 + draw.below(4_000, "since", one.pk)),
        time_share=(1.0, 1.0, 0.8, 0.5)[draw.below(4, "share", one.rpps)], source=SOURCE,
    )  # fmt: skip
    offer = ServiceOffer.objects.create(
        membership=membership,
        home_visits=one.profession in {Profession.NURSE, Profession.MIDWIFE}
        or draw.below(3, "visits", one.rpps) > 0,
        remote=draw.below(3, "remote", one.rpps) == 0,
        new_patients=draw.below(3, "new", one.rpps) == 0,
        sector=Sector.ONE.value,
        age_min=0,
    )
    free = draw.below(5, "free", one.rpps)
    OpeningHours.objects.bulk_create(
        OpeningHours(offer=offer, weekday=day, opens_at=opens, closes_at=closes)
        for day in range(5)
        if day != free
        for opens, closes in (_MORNING, _AFTERNOON)
    )


def _teams(offices: list[tuple[Structure, PracticePlace, list[Profession]]]) -> None:
    """Give each MSP a care unit with the communes of the two offices nearest in order."""
    for index, (structure, _place, _people) in enumerate(offices):
        if structure.kind != StructureKind.MSP:
            continue
        unit = CareUnit.objects.create(structure=structure, has_project=True, has_formal_coordination=True)
        codes = {one.commune_id for one, _p, _g in offices[max(0, index - 1) : index + 2]}
        CareUnitCommune.objects.bulk_create(
            CareUnitCommune(unit=unit, commune_id=code) for code in sorted(filter(None, codes))
        )


_PROFESSION_OF_ROLE = {
    Role.PHYSICIAN: Profession.PHYSICIAN,
    Role.NURSE: Profession.NURSE,
    Role.PHARMACIST: Profession.PHARMACIST,
    Role.MIDWIFE: Profession.MIDWIFE,
    Role.PHYSIOTHERAPIST: Profession.PHYSIOTHERAPIST,
}


def _link_accounts() -> None:
    """Give the demonstration accounts of caring roles the first sheet of their profession, and its name."""
    for role, profession in _PROFESSION_OF_ROLE.items():
        account = demonstration_account(role)
        sheet = Professional.objects.filter(is_demonstration=True, profession=profession.value).order_by("pk")
        first = sheet.first()
        if account is None or first is None:
            continue
        first.account, first.first_name, first.last_name = account, account.first_name, account.last_name
        first.search_name = search_key(first.first_name, first.last_name)
        first.sound = name_sound(first.last_name, first.first_name)
        first.save(update_fields=["account", "first_name", "last_name", "search_name", "sound"])


def _newcomer(place: territory.Territory, today: date) -> None:
    """Let the last physician be a newcomer, welcomed by the first, two steps done."""
    physicians = Professional.objects.filter(
        is_demonstration=True, profession=Profession.PHYSICIAN.value
    ).order_by("pk")
    mentor, newcomer = physicians.first(), physicians.last()
    if mentor is None or newcomer is None or mentor == newcomer:
        return
    welcome = Welcome.objects.create(
        professional=newcomer, territory=place, mentor=mentor, started_on=today - timedelta(days=20)
    )
    noted_by = mentor.account
    if noted_by is not None:
        WelcomeStep.objects.bulk_create(
            WelcomeStep(
                welcome=welcome, step=step.value, done_on=today - timedelta(days=12), done_by=noted_by
            )
            for step in (Step.MEET_MENTOR, Step.OPEN_ACCOUNT)
        )
