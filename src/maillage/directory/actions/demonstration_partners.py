"""Invented partners of a demonstration territory: care teams, coordination, associations, municipalities.

Their members are beside the professionals: elected officials, social workers, coordinators, users. None has
an RPPS number nor a profession of TRE_G15, so that no list of those who care counts them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from maillage.directory.models import CareUnit, CareUnitCommune, Membership, Professional, Structure
from maillage.directory.rules.professionals import Function, PracticeStatus, Profession
from maillage.directory.rules.structures import Origin, Precision, StructureKind, r66_code
from maillage.kernel.names import search_key
from maillage.kernel.sounds import name_sound
from maillage.territory import api as territory

SOURCE = "démonstration"
#: Members join over the year before.
_DAYS_SINCE = 365
#: The communes whose municipality is there: the largest.
_MUNICIPALITIES = 4


@dataclass(frozen=True, slots=True)
class _Partner:
    """A structure to invent: what, its title, at which rank of the communes by population, and its people."""

    kind: StructureKind
    title: str
    rank: int
    members: tuple[tuple[str, str, Function, PracticeStatus], ...] = ()
    care: tuple[Profession, ...] = ()


_PARTNERS = (
    _Partner(
        StructureKind.CPTS, "CPTS de démonstration", 0,
        (
            ("Odile", "Capucine", Function.MANAGEMENT, PracticeStatus.SALARIED),
            ("Yanis", "Tamaris", Function.COORDINATION, PracticeStatus.SALARIED),
            ("Ginette", "Pervenche", Function.USER, PracticeStatus.VOLUNTEER),
        ),
    ),
    _Partner(
        StructureKind.DAC, "Dispositif d’appui à la coordination", 1,
        (
            ("Salomé", "Aubépine", Function.COORDINATION, PracticeStatus.SALARIED),
            ("Bruno", "Genévrier", Function.SOCIAL, PracticeStatus.SALARIED),
        ),
    ),
    _Partner(
        StructureKind.ESP, "Équipe de soins primaires des Trois Chemins", 2,
        care=(Profession.PHYSICIAN, Profession.NURSE, Profession.PHARMACIST),
    ),
    _Partner(
        StructureKind.ESS, "Équipe de soins spécialisés en cardiologie", 0,
        (("Mireille", "Fougère", Function.COORDINATION, PracticeStatus.SALARIED),),
    ),
    _Partner(
        StructureKind.ASSOCIATION, "Association d’aide à domicile du Lavoir", 1,
        (
            ("Nadège", "Bruyère", Function.SOCIAL, PracticeStatus.SALARIED),
            ("Lucien", "Cytise", Function.MANAGEMENT, PracticeStatus.VOLUNTEER),
        ),
    ),
    _Partner(
        StructureKind.ASSOCIATION, "Association des usagers de la santé", 3,
        (("Denise", "Muguet", Function.USER, PracticeStatus.VOLUNTEER),),
    ),
)  # fmt: skip
_ELECTED = (
    ("Colette", "Sureau"), ("Mamadou", "Noisetier"), ("Agnès", "Bourdaine"), ("Fabrice", "Cornouiller"),
)  # fmt: skip
_SOCIAL = (("Sandrine", "Viorne"), ("Aurélien", "Houx"), ("Fatou", "Mélisse"), ("Didier", "Fusain"))


def create_partners(communes: Sequence[territory.Commune], today: date) -> int:
    """Create the partners in the communes given, the largest first; return how many were missing.

    Again, it changes nothing: each structure has its own identifier, and members come with their structure.
    """
    if not communes:
        return 0
    made = 0
    for order, partner in enumerate(_PARTNERS):
        commune = communes[partner.rank % len(communes)]
        structure = _structure(partner.kind, f"{partner.title}, {commune.name}", str(order), commune)
        if structure is None:
            continue
        made += 1
        for number, (first, last, function, status) in enumerate(partner.members):
            since = today - timedelta(days=_DAYS_SINCE - 30 * (order + number))
            _member(_somebody(first, last), structure, function, status, since)
        _care_team(partner, structure, communes, today)
    for rank, commune in enumerate(communes[:_MUNICIPALITIES]):
        structure = _structure(
            StructureKind.MUNICIPALITY, f"Commune de {commune.name}", commune.code, commune
        )
        if structure is None:
            continue
        made += 1
        since = today - timedelta(days=_DAYS_SINCE)
        _member(_somebody(*_ELECTED[rank]), structure, Function.ELECTED, None, since)
        _member(_somebody(*_SOCIAL[rank]), structure, Function.SOCIAL, PracticeStatus.SALARIED, since)
    return made


def _structure(kind: StructureKind, name: str, key: str, commune: territory.Commune) -> Structure | None:
    """Create a partner; None where it is already there."""
    structure, is_new = Structure.objects.get_or_create(
        id=f"demonstration:{kind.value}:{key}",
        defaults={
            "kind": kind.value, "name": name, "search_name": search_key(name), "city": commune.name,
            "category_code": r66_code(kind, ""), "commune": commune, "lon": commune.lon,
            "lat": commune.lat, "precision": Precision.COMMUNE.value, "count": 1, "source": SOURCE,
            "origin": Origin.DEMONSTRATION.value,
        },
    )  # fmt: skip
    return structure if is_new else None


def _somebody(first: str, last: str) -> Professional:
    return Professional.objects.create(
        first_name=first, last_name=last, search_name=search_key(first, last),
        sound=name_sound(last, first), is_demonstration=True, source=SOURCE,
    )  # fmt: skip


def _member(
    one: Professional, structure: Structure, function: Function, status: PracticeStatus | None, since: date
) -> None:
    Membership.objects.create(
        professional=one, structure=structure, function=function.value,
        status=status.value if status else "", starts_on=since, source=SOURCE,
    )  # fmt: skip


def _care_team(
    partner: _Partner, structure: Structure, communes: Sequence[territory.Commune], today: date
) -> None:
    """Give a team of care its project, its communes, and those of the territory who work in it already."""
    if partner.kind not in {StructureKind.ESP, StructureKind.ESS}:
        return
    unit = CareUnit.objects.create(structure=structure, has_project=True, has_formal_coordination=True)
    near = communes[partner.rank : partner.rank + 3] or communes[:1]
    CareUnitCommune.objects.bulk_create(CareUnitCommune(unit=unit, commune=one) for one in near)
    invented = Professional.objects.filter(is_demonstration=True)
    for profession in partner.care:
        # The second of each: the first sheets carry the accounts of the demonstration's roles.
        for one in invented.filter(profession=profession.value).order_by("pk")[1:2]:
            _member(one, structure, Function.COORDINATION, PracticeStatus.SELF_EMPLOYED, today)
