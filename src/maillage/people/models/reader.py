"""Whom a person is for the circle of care, and the rule as a condition on the tables of patients."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import Any, NamedTuple

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.utils import timezone

from maillage.directory import api as directory
from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.once import once
from maillage.kernel.sourced_rules import rule
from maillage.kernel.statements import Keys, Statement, given, numbered, rounded
from maillage.people.models.carers import MandateItem
from maillage.people.models.circle import CareConsent, CareLink, CareOpposition
from maillage.people.models.restrictions import CareRestriction, about, in_force
from maillage.people.rules.circle import (
    ACTS,
    CARE_TEAM,
    RULE,
    SPARED,
    Fact,
    Need,
    Origin,
    Part,
    fold,
    origins_opening,
    roles_in_need,
)

#: Conditions kept as written, of the shapes of readers seen last: one takes some kilobytes.
WRITTEN = 1024
EVERYBODY = Q(person=None, professional=None, structure=None)


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody as the circle knows them: their account, their sheet, where they work, their roles today."""

    person: int
    professional: int | None
    structures: frozenset[str]
    roles: frozenset[str]

    @property
    def named(self) -> Q:
        """The condition « names this reader » on a table that names a holder."""
        return _named(self.person, self.professional, sorted(self.structures))

    @property
    def shape(self) -> Shape:
        """What a condition is written for."""
        places = rounded(len(self.structures)) if self.structures else 0
        return Shape(self.professional is not None, places, tuple(sorted(self.roles)))

    @property
    def values(self) -> dict[str, Any]:
        """What is put in the places of a condition written for the shape of this reader."""
        known = {"person": self.person, "professional": self.professional}
        if not self.structures:
            return known
        return known | numbered(rounded(len(self.structures)), structure=sorted(self.structures))


class Shape(NamedTuple):
    """What makes the condition of a reader another one than that of the next: all but who and where.

    `places`: for how many structures it is written; one who works in fewer is told the last one again.
    """

    has_sheet: bool
    places: int
    roles: tuple[str, ...]

    @property
    def named(self) -> Q:
        """`Reader.named`, of values given later."""
        structures = [given(f"structure{place}") for place in range(self.places)]
        return _named(given("person"), given("professional") if self.has_sheet else None, structures)


def _named(person: Any, professional: Any, structures: list[Any]) -> Q:
    condition = Q(person=person)
    if professional is not None:
        condition |= Q(professional=professional)
    return reduce(operator.or_, (Q(structure=one) for one in structures), condition)


def _sheet_and_workplaces() -> QuerySet[Any, tuple[int, str]]:
    """Return the sheet of the reader, with no structure, then a row for each structure where they work."""
    sheet = directory.Professional.objects.filter(account=given("person"), is_active=True).order_by()
    works = directory.Membership.objects.in_force(given("day")).filter(
        professional__account=given("person"), professional__is_active=True, structure__is_active=True
    )
    here = works.order_by().values_list("professional", "structure")
    return sheet.values_list("pk", Value("", CharField())).union(here, all=True)


_SHEET: Statement[tuple[int, str]] = Statement(_sheet_and_workplaces)


def need() -> Need:
    """Return the parts of a file that each role needs (rule `people.circle.need`)."""
    found: Need = rule("people.circle.need").value
    return found


@once
def reader_of(person: Person) -> Reader:
    """Return `person` as the circle knows them; two statements at most."""
    rows = _SHEET.rows(person=person.pk, day=timezone.localdate())
    roles = frozenset(one.role for one in access.roles_of(person))
    sheet = rows[0][0] if rows else None
    return Reader(person.pk, sheet, frozenset(structure for _sheet, structure in rows if structure), roles)


def readable(person: Person, part: Part = Part.IDENTITY, *, prefix: str = "") -> Q:
    """Return the condition « `person` may read `part` of this patient » by the circle, or as their own file.

    On a table of patients; `prefix` (« patient__ ») leads there from another one.
    """
    mine = Q(**{f"{prefix}account": person})
    return mine | readable_by(reader_of(person), part, prefix=prefix)


def readable_by(reader: Reader, part: Part, *, prefix: str = "") -> Q:
    """Return the condition « the circle lets `reader` read `part` of this patient ».

    Written once for all the readers of one shape, and again where the rule of needs says another thing.
    """
    allowing = _allowing(reader.shape, part, tuple(roles_in_need(part, need(), reader.roles)))
    return Q(**{f"{prefix}pk__in": allowing.of(now=timezone.now(), **reader.values)})


def unrestricted(part: Part, *, prefix: str = "") -> Q:
    """Return the condition « the use of `part` of this patient's file is not frozen »."""
    if part in SPARED:
        return Q(**{f"{prefix}pk__isnull": False})
    return ~Q(**{f"{prefix}pk__in": _restricting(part).of(now=timezone.now())})


def countable(*, prefix: str = "") -> Q:
    """Return the condition « this patient may be used in counts »: neither frozen, even in part, nor opposed.

    For what is published of many people; what somebody has to do today is not counted by it.
    """
    rows = CareRestriction._base_manager.filter(in_force(timezone.now()))
    return ~Q(**{f"{prefix}pk__in": rows.order_by().values("patient")})


def unopposed(person: Person, part: Part, *, prefix: str = "") -> Q:
    """Return the condition « nothing is opposed to `person` reading `part` of this patient, nor frozen ».

    It opens nothing by itself: for what is sent to somebody outside the circle, with the patient's agreement.
    """
    return not_opposed(person, part, prefix=prefix) & unrestricted(part, prefix=prefix)


def not_opposed(person: Person, part: Part, *, prefix: str = "") -> Q:
    """Return the condition « this patient opposes nothing to `person` reading `part` », nor to everybody."""
    reader = reader_of(person)
    opposed = _opposing(reader.shape._replace(roles=()), part)
    return ~Q(**{f"{prefix}pk__in": opposed.of(now=timezone.now(), **reader.values)})


@lru_cache(maxsize=WRITTEN)
def _allowing(shape: Shape, part: Part, needing: tuple[str, ...]) -> Keys:
    """Return the patients whose links let the readers of a shape read `part`, which roles `needing` need."""

    def links() -> QuerySet[Any, Any]:
        allowed = _links_allowing(shape, part, needing)
        return CareLink._base_manager.filter(allowed).order_by().values("patient")

    return Keys(links)


@lru_cache(maxsize=WRITTEN)
def _opposing(shape: Shape, part: Part) -> Keys:
    """Return the patients who oppose `part` being read by the readers of a shape, or by everybody."""

    def oppositions() -> QuerySet[Any, Any]:
        lasting = Q(until=None) | Q(until__gt=given("now"))
        rows = CareOpposition._base_manager.filter(
            EVERYBODY | shape.named, lasting, Q(part="") | Q(part=part.value), since__lte=given("now")
        )
        return rows.order_by().values("patient")

    return Keys(oppositions)


@lru_cache(maxsize=WRITTEN)
def _restricting(part: Part) -> Keys:
    """Return the patients the use of `part` of whose file is frozen."""

    def restrictions() -> QuerySet[Any, Any]:
        rows = CareRestriction._base_manager.filter(about(part), in_force(given("now")))
        return rows.order_by().values("patient")

    return Keys(restrictions)


def _links_allowing(shape: Shape, part: Part, needing: tuple[str, ...]) -> Q:
    """Return the rule as a condition on the links of a reader, who is given later."""
    now = given("now")
    unnamed = Q(role="") & (Q(pk__isnull=False) if needing else Q(pk__in=[]))

    named_part = Q(part="") | Q(part=part.value)

    def standing(rows: Any, *which: Q, **more: Any) -> Q:
        lasting = Q(until=None) | Q(until__gt=now)
        return Q(Exists(rows.filter(*which, lasting, patient=OuterRef("patient"), since__lte=now, **more)))

    consents = CareConsent._base_manager.filter(shape.named)
    oppositions = CareOpposition._base_manager.filter(EVERYBODY | shape.named)
    restrictions = CareRestriction._base_manager.all()
    opened = MandateItem._base_manager.filter(Q(until=None) | Q(until__gt=now), since__lte=now)
    facts = {
        Fact.IN_FORCE: Q(starts_at__lte=now) & (Q(ends_at=None) | Q(ends_at__gt=now)),
        Fact.ROLE_HELD: Q(role__in=shape.roles) | Q(role=""),
        Fact.OPENED: Q(origin__in=origins_opening(part)),
        Fact.NEEDED: Q(role__in=needing) | unnamed,
        Fact.OPPOSED: standing(oppositions, named_part),
        Fact.OPPOSED_IN_EMERGENCY: standing(oppositions, named_part, in_emergency=True),
        Fact.RESTRICTED: Q(pk__in=[]) if part in SPARED else standing(restrictions, about(part)),
        Fact.IN_TEAM: Q(origin__in=sorted(one.value for one in CARE_TEAM)),
        Fact.INFORMED: Q(informed_at__isnull=False),
        # A consent to any part opens whose file it is.
        Fact.CONSENTED: standing(consents, *([] if part is Part.IDENTITY else [named_part])),
        Fact.OF_AN_ACT: Q(origin__in=sorted(one.value for one in ACTS)),
        Fact.OF_AN_EMERGENCY: Q(origin=Origin.EMERGENCY.value),
        Fact.OF_A_MANDATE: Q(origin=Origin.MANDATE.value),
        Fact.MANDATED: Q(Exists(opened.filter(mandate__link=OuterRef("pk"), part=part.value))),
    }
    allowed: Q = fold(RULE, facts.__getitem__, operator.and_, operator.or_, operator.invert)
    return shape.named & allowed
