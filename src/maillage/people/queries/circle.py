"""The circle of care, read in three ways that cannot disagree: a decision, a condition of lists, a table.

All three interpret `rules.circle.RULE`: `decision` with its reason for one person and one part of a file;
`models.reader.readable` as a condition on patients; `matrix` for every holder and part of one patient.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    DateTimeField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
)
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.directory import api as directory
from maillage.kernel import access
from maillage.kernel.contributions import Pending
from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.once import once
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.kernel.statements import Statement, given
from maillage.people.models import (
    EVERYBODY,
    ROLE_OF_PROFESSION,
    CareConsent,
    CareLink,
    CareOpposition,
    CareRestriction,
    Holder,
    MandateItem,
    Patient,
    Reader,
    need,
    unrestricted,
)
from maillage.people.rules.circle import (
    Choice,
    Decision,
    Link,
    Origin,
    Part,
    Reason,
    Standing,
    decide,
)
from maillage.people.rules.rights import Right

REASON_LABELS = {
    Reason.OWN: _("c’est son dossier"),
    Reason.TEAM: _("équipe de soins, patient informé"),
    Reason.CONSENT: _("consentement du patient"),
    Reason.ACT: _("le temps d’un acte que le patient a demandé"),
    Reason.EMERGENCY: _("accès d’urgence, signalé au patient et au DPO"),
    Reason.MANDATE: _("mandat que la personne lui a donné"),
    Reason.NO_LINK: _("aucun lien avec ce patient"),
    Reason.ENDED: _("le lien est terminé"),
    Reason.ROLE_LOST: _("le rôle de ce lien n’est plus tenu"),
    Reason.NOT_OPENED: _("ce lien n’ouvre pas cette partie du dossier"),
    Reason.NOT_NEEDED: _("ce rôle n’a pas besoin de cette partie du dossier"),
    Reason.OPPOSED: _("le patient s’y oppose"),
    Reason.RESTRICTED: _("l’usage en est gelé à la demande de la personne"),
    Reason.NOT_INFORMED: _("le patient n’a pas encore été informé de ce lien"),
    Reason.NOT_MANDATED: _("son mandat n’ouvre pas cette partie du dossier"),
    Reason.NO_CONSENT: _("hors de l’équipe de soins, le consentement du patient manque"),
}


def decision(person: Person, patient: Patient, part: Part) -> Decision:
    """Return whether `person` may read `part` of the file of `patient` by the circle, and why."""
    return decide(standing_of(person, patient), part, timezone.now(), need())


def parts_read(person: Person, patient: Patient) -> dict[Part, Decision]:
    """Return the decision of each part of a file for one reader; the facts are read once."""
    now, standing, needed = timezone.now(), standing_of(person, patient), need()
    return {part: decide(standing, part, now, needed) for part in Part}


def standing_of(person: Person, patient: Patient) -> Standing:
    """Return what the rule looks at for one reader and one patient; one statement."""
    roles: set[str] = set()
    links: list[Link] = []
    opened: dict[int, list[Choice]] = {}
    said: dict[str, list[Choice]] = {"consent": [], "opposition": [], "restriction": []}
    for kind, *row in _FACTS.rows(person=person.pk, patient=patient.pk, day=timezone.localdate()):
        key, word, role, since, until, flag = row
        if kind == "role":
            roles.add(role)
        elif kind == "link":
            links.append(Link(key, Origin(word), role, since, until, flag))
        else:
            choice = Choice(Part(word) if word else None, since, until, kind == "opposition" and flag)
            (opened.setdefault(key, []) if kind == "item" else said[kind]).append(choice)
    links.sort(key=lambda one: (one.since, one.key))  # as the table: of two refusals alike, the first is told
    return Standing(
        roles=frozenset(roles),
        links=tuple(
            replace(one, mandated=tuple(opened[one.key])) if one.key in opened else one for one in links
        ),
        consents=tuple(said["consent"]),
        oppositions=tuple(said["opposition"]),
        is_own=patient.account_id == person.pk,
        restrictions=tuple(said["restriction"]),
    )


def decisions_of(people: Collection[Person], patient: Patient, part: Part) -> dict[int, Decision]:
    """Return what `decision` answers for each of several people, by key; nine statements for all of them."""
    return _decisions(_readers(people), patient, part)


def _decisions(readers: Iterable[Reader], patient: Patient, part: Part) -> dict[int, Decision]:
    """Return the decision for each of several readers, by the key of their account."""
    now, needed = timezone.now(), need()
    links = list(CareLink.objects.of_patient(patient))
    known = list(zip(links, links_of(links), strict=True))
    consents = list(CareConsent.objects.of_patient(patient))
    oppositions = list(CareOpposition.objects.of_patient(patient))
    frozen = frozen_parts(patient)
    return {
        reader.person: decide(
            Standing(
                roles=reader.roles,
                links=tuple(link for row, link in known if _is_named(row, reader)),
                consents=tuple(_choice(one) for one in consents if _is_named(one, reader)),
                oppositions=tuple(
                    _choice(one) for one in oppositions if _key(one) == _NOBODY or _is_named(one, reader)
                ),
                is_own=patient.account_id == reader.person,
                restrictions=frozen,
            ),
            part,
            now,
            needed,
        )
        for reader in readers
    }


def decision_of_sheet(sheet: directory.Professional, patient: Patient, part: Part) -> Decision:
    """Return what the circle decides for a professional without an account, whom a secure mail reaches.

    As if they held the role of each link that names them, or that of their profession: no account holds one.
    Eight statements at most.
    """
    places = directory.Membership.objects.in_force(timezone.localdate()).filter(
        professional=sheet, structure__is_active=True
    )
    own = CareLink.objects.of_patient(patient).filter(professional=sheet).exclude(role="")
    roles = set(own.order_by().values_list("role", flat=True))
    if (role := ROLE_OF_PROFESSION.get(sheet.profession)) is not None:
        roles.add(role.value)
    where = frozenset(places.order_by().values_list("structure", flat=True))
    reader = Reader(0, sheet.pk, where, frozenset(roles))
    return _decisions([reader], patient, part)[reader.person]


def sheets_linked(patient: Patient) -> list[directory.Professional]:
    """Return the professionals without an account whom a link in force names; one statement."""
    now = timezone.now()
    rows = CareLink.objects.of_patient(patient).filter(Q(ends_at=None) | Q(ends_at__gt=now))
    sheets = rows.exclude(professional=None).order_by().values("professional")
    return list(directory.Professional.objects.active().filter(pk__in=sheets, account=None))


def accounts_reading(patient: Patient, part: Part) -> list[tuple[Person, Decision]]:
    """Return whose accounts read a part of a file by a link in force, each with the decision; by name.

    The staff of a structure are named one by one; accounts that are closed are left out.
    """
    now = timezone.now()
    rows = CareLink.objects.of_patient(patient).filter(Q(ends_at=None) | Q(ends_at__gt=now))
    links = list(rows.select_related("professional"))
    accounts = {one.person_id for one in links} | {account for account, _where in _staff(links)}
    accounts |= {one.professional.account_id for one in links if one.professional is not None}
    people = list(Person.objects.filter(pk__in=[one for one in accounts if one is not None], is_active=True))
    found = decisions_of(people, patient, part)
    allowed = [(one, found[one.pk]) for one in people if found[one.pk].is_allowed]
    return sorted(allowed, key=lambda pair: (pair[0].last_name, pair[0].first_name, pair[0].pk))


def _readers(people: Collection[Person]) -> list[Reader]:
    """Return several people as the circle knows them; three statements."""
    keys, today = [one.pk for one in people], timezone.localdate()
    sheets = directory.Professional.objects.filter(account__in=keys, is_active=True)
    sheet_of = dict(sheets.values_list("account", "pk"))
    places: dict[int, set[str]] = {}
    staff = directory.Membership.objects.in_force(today).filter(structure__is_active=True)
    staff = staff.filter(professional__in=list(sheet_of.values())).order_by()
    for sheet, structure in staff.values_list("professional", "structure"):
        places.setdefault(sheet, set()).add(structure)
    roles: dict[int, set[str]] = {}
    held = RoleAssignment.objects.in_force(today).filter(person__in=keys)
    for person, role in held.values_list("person", "role"):
        roles.setdefault(person, set()).add(role)
    return [
        Reader(
            key,
            sheet_of.get(key),
            frozenset(places.get(sheet_of.get(key, 0), ())),
            frozenset(roles.get(key, ())),
        )
        for key in keys
    ]


def _is_named(row: Holder, reader: Reader) -> bool:
    """Return whether a row names this reader: `Reader.named`, of a row already read."""
    professional, structure, person = _key(row)
    return (
        person == reader.person
        or (professional is not None and professional == reader.professional)
        or structure in reader.structures
    )


def _facts() -> QuerySet[Any, tuple[Any, ...]]:
    """Return what the rule looks at for one reader and one patient, in rows.

    One row each: its kind, the key of its link, a word (origin or part), a role, since, until, a flag
    (informed; even in an emergency).
    """

    def rows(table: Any, kind: str, **columns: Any) -> Any:
        plain = {"key": Value(0), "word": _text(""), "role_held": _text("")}
        plain |= {"from_then": Value(None, DateTimeField()), "to_then": Value(None, DateTimeField())}
        plain |= {"flag": Value(False, BooleanField())}
        return table.order_by().annotate(kind=_text(kind), **(plain | columns)).values_list("kind", *plain)

    def lasting(table: Any, kind: str, *which: Q, **columns: Any) -> Any:
        found = table.filter(*which, patient=given("patient"))
        return rows(found, kind, word=F("part"), from_then=F("since"), to_then=F("until"), **columns)

    links = rows(
        CareLink._base_manager.filter(_naming(), patient=given("patient")),
        "link",
        key=F("pk"),
        word=F("origin"),
        role_held=F("role"),
        from_then=F("starts_at"),
        to_then=F("ends_at"),
        flag=ExpressionWrapper(Q(informed_at__isnull=False), BooleanField()),
    )
    items = rows(
        MandateItem._base_manager.filter(
            _naming("mandate__link__"), mandate__link__patient=given("patient")
        ).exclude(part=""),
        "item",
        key=F("mandate__link"),
        word=F("part"),
        from_then=F("since"),
        to_then=F("until"),
    )
    return links.union(  # type: ignore[no-any-return]  # rows of several tables
        items,
        lasting(CareConsent._base_manager, "consent", _naming()),
        lasting(CareOpposition._base_manager, "opposition", EVERYBODY | _naming(), flag=F("in_emergency")),
        lasting(CareRestriction._base_manager, "restriction", Q(right=Right.RESTRICTION.value)),
        rows(
            RoleAssignment.objects.in_force(given("day")).filter(person=given("person")),
            "role",
            role_held=F("role"),
        ),
        all=True,
    )


def _text(word: str) -> Value:
    return Value(word, CharField())


def _naming(prefix: str = "") -> Q:
    """Return the condition « names the reader »: their account, their sheet, or where they work today."""
    sheet = directory.Professional.objects.filter(account=given("person"), is_active=True).order_by()
    works = directory.Membership.objects.in_force(given("day")).filter(
        professional__in=sheet.values("pk"), structure__is_active=True
    )
    return (
        Q(**{f"{prefix}person": given("person")})
        | Q(**{f"{prefix}professional__in": sheet.values("pk")})
        | Q(**{f"{prefix}structure__in": works.order_by().values("structure")})
    )


_FACTS: Statement[tuple[Any, ...]] = Statement(_facts)


@dataclass(frozen=True, slots=True)
class CircleRow:
    """One link of a patient as the table of the DPO shows it: who, and the decision for each part.

    `has_account` is false for who cannot sign in: what the rule says of them opens nothing yet.
    """

    link: CareLink
    has_account: bool
    decisions: Mapping[Part, Decision]


def circle(patient: Patient) -> list[CareLink]:
    """Return every link of a patient, ended ones included, with who is named; one statement."""
    rows = CareLink.objects.of_patient(patient)
    return list(rows.select_related("professional", "structure", "person", "opened_by"))


def matrix(patient: Patient) -> list[CircleRow]:
    """Return the decision of the rule for each link of a patient and each part; nine statements at most.

    For a structure, in the roles that its staff hold today; an opposition to one of them is told by their
    own decision, not here.
    """
    now, needed = timezone.now(), need()
    links = circle(patient)
    consents = list(CareConsent.objects.of_patient(patient))
    oppositions = list(CareOpposition.objects.of_patient(patient))
    frozen = frozen_parts(patient)
    roles = _roles_of_holders(links)
    rows = []
    for link, known in zip(links, links_of(links), strict=True):
        held = roles.get(_key(link))
        standing = Standing(
            roles=held or frozenset(),
            links=(known,),
            consents=tuple(_choice(one) for one in consents if _key(one) == _key(link)),
            oppositions=tuple(_choice(one) for one in oppositions if _key(one) in (_NOBODY, _key(link))),
            restrictions=frozen,
        )
        decisions = {part: decide(standing, part, now, needed) for part in Part}
        rows.append(CircleRow(link, held is not None, decisions))
    return rows


Key = tuple[int | None, str | None, int | None]
_NOBODY: Key = (None, None, None)


def _key(row: Holder) -> Key:
    return row.professional_id, row.structure_id, row.person_id


def _roles_of_holders(links: Sequence[CareLink]) -> dict[Key, frozenset[str]]:
    """Return the roles held today by the account of each holder, by holder; absent for who has no account."""
    people = {one.person_id: {_key(one)} for one in links if one.person_id is not None}
    for one in links:
        if one.professional is not None and one.professional.account_id is not None:
            people.setdefault(one.professional.account_id, set()).add(_key(one))
    for account, structure in _staff(links):
        people.setdefault(account, set()).add((None, structure, None))
    held: dict[Key, set[str]] = {key: set() for keys in people.values() for key in keys}
    today = timezone.localdate()
    rows = RoleAssignment.objects.in_force(today).filter(person__in=list(people), person__is_active=True)
    for person, role in rows.values_list("person", "role"):
        for key in people[person]:
            held[key].add(role)
    return {key: frozenset(roles) for key, roles in held.items()}


def _staff(links: Iterable[CareLink]) -> list[tuple[int, str]]:
    """Return the accounts of those who work today in the structures of some links, with the structure."""
    structures = {one.structure_id for one in links if one.structure_id is not None}
    if not structures:
        return []
    rows = directory.Membership.objects.in_force(timezone.localdate()).filter(
        structure__in=structures, structure__is_active=True, professional__is_active=True
    )
    found = rows.exclude(professional__account=None).order_by()
    return list(found.values_list("professional__account", "structure"))


def holders_reading(patient: Patient, part: Part) -> list[tuple[str, str, directory.Professional | Person]]:
    """Return who reads a part of a file by a link of their own: a key, the name, the holder; by name.

    Without the staff of a structure, who are named one by one, and without who has no account.
    """
    found: dict[str, tuple[str, str, directory.Professional | Person]] = {}
    for row in matrix(patient):
        who = row.link.professional or row.link.person
        if who is not None and row.has_account and row.decisions[part].is_allowed:
            key = f"{'p' if isinstance(who, directory.Professional) else 'a'}{who.pk}"
            found[key] = (key, str(who), who)
    return sorted(found.values(), key=lambda one: one[1])


def holder_of(key: str) -> directory.Professional | Person | None:
    """Return whom a key of `holders_reading` names, None where nobody is."""
    kind, pk = key[:1], row_key(key[1:])
    if kind == "p":
        return directory.Professional.objects.active().filter(pk=pk).first()
    return Person.objects.filter(pk=pk, is_active=True).first() if kind == "a" else None


@once
def to_review(person: Person) -> list[CareLink]:
    """Return the emergency accesses that nobody has reviewed, the oldest first, for the DPO; else none."""
    if not access.may_everywhere(person, Permission.VIEW_JOURNAL):
        return []
    rows = CareLink.objects.for_person(person).filter(origin=Origin.EMERGENCY.value, reviewed_at=None)
    return list(rows.select_related("patient", "professional", "person", "structure").order_by("starts_at"))


def emergencies_waiting() -> QuerySet[CareLink]:
    """Return the emergency accesses that nobody has reviewed, for a statement; names nobody."""
    return CareLink._base_manager.filter(origin=Origin.EMERGENCY.value, reviewed_at=None)


def pending_reviews(person: Person) -> list[Pending]:
    """Return the emergency accesses that `person`, the DPO, has to review; names nobody."""
    return [Pending(one.pk, one.starts_at) for one in to_review(person)]


def links_of(rows: Iterable[CareLink]) -> tuple[Link, ...]:
    """Return links as the rule knows them, with what each mandate opens; one statement where one is."""
    found = list(rows)
    mandates = [row.pk for row in found if row.origin == Origin.MANDATE.value]
    opened: dict[int, list[Choice]] = {pk: [] for pk in mandates}
    if mandates:
        items = MandateItem._base_manager.filter(mandate__link__in=mandates).exclude(part="")
        for pk, part, since, until in items.values_list("mandate__link", "part", "since", "until"):
            opened[pk].append(Choice(Part(part), since, until))
    return tuple(
        Link(
            row.pk,
            Origin(row.origin),
            row.role,
            row.starts_at,
            row.ends_at,
            row.informed_at is not None,
            tuple(opened.get(row.pk, ())),
        )
        for row in found
    )


def is_frozen(patient: Patient, part: Part) -> bool:
    """Return whether the use of `part` of a file is frozen now; one statement."""
    return not Patient._base_manager.filter(unrestricted(part), pk=patient.pk).exists()


def frozen_parts(patient: Patient) -> tuple[Choice, ...]:
    """Return what the DPO froze of a file, as the rule knows it; one statement."""
    rows = CareRestriction.objects.of_patient(patient).filter(right=Right.RESTRICTION.value)
    return tuple(_choice(one) for one in rows)


def _choice(row: CareConsent | CareOpposition | CareRestriction) -> Choice:
    part = Part(row.part) if row.part else None
    return Choice(part, row.since, row.until, getattr(row, "in_emergency", False))


def consents(patient: Patient) -> list[CareConsent]:
    """Return every consent of a patient, with who is named."""
    rows = CareConsent.objects.of_patient(patient)
    return list(rows.select_related("professional", "structure", "person", "recorded_by"))


def oppositions(patient: Patient) -> list[CareOpposition]:
    """Return every opposition of a patient, with who is named."""
    rows = CareOpposition.objects.of_patient(patient)
    return list(rows.select_related("professional", "structure", "person", "recorded_by"))


def opposing(patients: Collection[int], part: Part) -> set[int]:
    """Return which of these patients oppose to everybody, now, that a part of their file is read; by key."""
    now = timezone.now()
    rows = CareOpposition._base_manager.filter(
        EVERYBODY, Q(until=None) | Q(until__gt=now), patient__in=patients, since__lte=now
    )
    return set(rows.filter(part__in=["", part.value]).values_list("patient", flat=True))


def emergency_access(pk: int) -> CareLink:
    """Return an emergency access, for who tells of it. Raises CareLink.DoesNotExist."""
    rows = CareLink._base_manager.filter(origin=Origin.EMERGENCY.value)
    found: CareLink = rows.select_related("patient__scope").get(pk=pk)
    return found
