"""The words in which the pages of the circle say who reads what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.directory import api as directory
from maillage.kernel import formats
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Role
from maillage.kernel.sourced_rules import rule
from maillage.kernel.wording import ROLES
from maillage.people.models import ORIGIN_LABELS, PART_LABELS, ROLE_OF_PROFESSION, CareLink
from maillage.people.queries.circle import REASON_LABELS, CircleRow
from maillage.people.rules.circle import CARE_TEAM, Origin, Part, Reason


@dataclass(frozen=True, slots=True)
class Member:
    """A line of the circle: who, by which link, what they read, and what they do not and why."""

    link: CareLink
    origin: str | Promise
    role: str | Promise
    reads: str
    refused: list[str]
    must_be_told: bool
    may_end: bool


def member(row: CircleRow) -> Member:
    """Return a line of the circle."""
    link, origin = row.link, Origin(row.link.origin)
    reads = [part for part, one in row.decisions.items() if one.is_allowed]
    return Member(
        link,
        ORIGIN_LABELS[origin],
        ROLES[Role(link.role)] if link.role else "",
        _parts(reads),
        _refused(row) if row.has_account else [_("n’a pas de compte dans Maillage")],
        origin in CARE_TEAM and link.informed_at is None,
        origin is not Origin.REFERRING_DOCTOR,
    )


def _refused(row: CircleRow) -> list[str]:
    """Return why each part is not read, those of one reason together; alone where it is of them all."""
    found: dict[Reason, list[Part]] = {}
    for part, decision in row.decisions.items():
        if not decision.is_allowed:
            found.setdefault(decision.reason, []).append(part)
    reasons = [(str(REASON_LABELS[reason]), _parts(parts)) for reason, parts in found.items()]
    if len(reasons) == 1 and len(found[next(iter(found))]) == len(Part):
        return [reasons[0][0]]
    return [formats.told(parts, str(reason)) for reason, parts in reasons]


def _parts(parts: Sequence[Part]) -> str:
    """Return the names of some parts in one line, « tout le dossier » for all of them."""
    if len(parts) == len(Part):
        return _("tout le dossier")
    return ", ".join(str(PART_LABELS[part])[:1].lower() + str(PART_LABELS[part])[1:] for part in parts)


def finding(rows: Sequence[CircleRow], *, is_own: bool) -> str:
    """Say in one sentence how many read the file, and whether somebody waits for a word to the patient."""
    reading = sum(one.decisions[Part.IDENTITY].is_allowed for one in rows)
    if not reading:
        return _("Personne ne lit ce dossier par un lien de soins.")
    said = (
        ngettext("{count} personne lit mon dossier", "{count} personnes lisent mon dossier", reading)
        if is_own
        else ngettext("{count} personne lit ce dossier", "{count} personnes lisent ce dossier", reading)
    ).format(count=reading)
    untold = sum(
        one.link.is_in_force() and Origin(one.link.origin) in CARE_TEAM and one.link.informed_at is None
        for one in rows
    )
    if not untold:
        return f"{said}."
    waits = ngettext(
        "pour {count} autre, la personne n’est pas encore informée",
        "pour {count} autres, la personne n’est pas encore informée",
        untold,
    ).format(count=untold)
    return f"{said} ; {waits}."


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of the directory who may enter a circle."""

    key: str
    name: str
    detail: str


def candidates(text: str, limit: int) -> list[Candidate]:
    """Return the professionals and the EHPAD whose names are `text`, each with what tells them apart."""
    people = directory.search_professionals(text, limit)
    apart = directory.told_apart(people)
    found = [Candidate(f"p{one.pk}", one.name, apart[one.pk] or one.profession_name) for one in people]
    homes = [
        one for one in directory.search_structures(text, limit) if one.kind == directory.StructureKind.EHPAD
    ]
    return [*found, *(Candidate(f"s{one.pk}", one.name, _("EHPAD")) for one in homes)][:limit]


def holder(key: str) -> directory.Professional | directory.Structure | None:
    """Return whom the key of a candidate names, None where nobody is."""
    if "\x00" in key:  # no database of ours holds one, and PostgreSQL refuses to be asked
        return None
    kind, pk = key[:1], key[1:]
    if kind == "p":
        number = row_key(pk)
        return directory.Professional.objects.active().filter(pk=number).first() if number else None
    return directory.Structure.objects.filter(pk=pk, is_active=True).first() if kind == "s" else None


def key_of(who: directory.Professional | directory.Structure) -> str:
    """Return the key of a candidate."""
    return f"{'p' if isinstance(who, directory.Professional) else 's'}{who.pk}"


def proposed(one: Candidate) -> dict[str, Any]:
    """Return what the form of a candidate proposes: their link and role, by their profession."""
    who = holder(one.key)
    if isinstance(who, directory.Structure):
        return {"origin": Origin.RESIDENCE.value, "who": one.key}
    role = ROLE_OF_PROFESSION.get(who.profession) if who else None
    return {
        "who": one.key,
        "origin": (Origin.TEAM if role else Origin.COORDINATION).value,
        "role": role.value if role else Role.CASE_MANAGER.value,
    }


def emergency_hours() -> str:
    """Return how long an emergency access lasts, in words."""
    hours = rule("people.circle.emergency_hours").value
    return ngettext("{count} heure", "{count} heures", hours).format(count=hours)
