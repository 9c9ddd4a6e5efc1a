"""The lines of an inbox held for somebody else: whole where the circle opens the file to the holder (ADR 17).

Elsewhere what waits, since when, before when; who it is only where the holder's own rights let them know it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from maillage.kernel import access
from maillage.kernel.contributions import InboxLine
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.people.models import Patient, readable, unopposed
from maillage.people.queries.patients import log_access
from maillage.people.rules.circle import Part

PURPOSE = "boîte « À traiter » suivie pour un collègue"
#: The lines of a kind for the holder of an inbox: of its owner, for the holder, of some keys.
HeldLines = Callable[[Person, Person, Sequence[int]], list[InboxLine]]


def veils(model: type[Any], text: str | Promise, *, of_patient: bool = True) -> HeldLines:
    """Return the lines of a kind of which the holder sees that it waits, under words that say nothing.

    Nobody is named, whatever the holder may know: a name beside some kinds of work would tell of health.
    """

    def lines(owner: Person, holder: Person, keys: Sequence[int]) -> list[InboxLine]:  # noqa: ARG001 (one shape for all kinds)
        rows = model._base_manager.filter(pk__in=list(keys)).order_by().values_list("pk", flat=True)
        who = _("Un patient") if of_patient else ""
        return [InboxLine(pk, str(text), who=who) for pk in rows]

    return lines


def reached(model: type[Any], text: str | Promise, patient: str, key: str = "pk") -> HeldLines:
    """Return the lines of a kind whose patient is to be called or received, by the path `patient`.

    They are named, with the numbers to dial, where the circle or the holder's work at a reception lets them;
    logged.
    """

    def lines(owner: Person, holder: Person, keys: Sequence[int]) -> list[InboxLine]:  # noqa: ARG001 (one shape for all kinds)
        rows = model._base_manager.filter(**{f"{key}__in": list(keys)})
        of = dict(rows.order_by().values_list(key, patient))
        known = _reached(holder, {one for one in of.values() if one is not None})
        return [
            InboxLine(pk, str(text)) if whom is None else _line(pk, str(text), known.get(whom))
            for pk, whom in of.items()
        ]

    return lines


def _line(pk: int, text: str, patient: Patient | None) -> InboxLine:
    if patient is None:
        return InboxLine(pk, text, who=_("Un patient"))
    phones = tuple(filter(None, (patient.phone, patient.other_phone)))
    return InboxLine(pk, text, who=patient.name, phones=phones)


def _reached(holder: Person, keys: Collection[int]) -> dict[int, Patient]:
    """Return the patients whom `holder` may reach: by the circle, or as a reception does; logged."""
    reception = Q(pk__in=[])
    scopes = access.scopes_of(holder, Permission.VIEW_PATIENTS)
    if scopes is None or scopes:
        reception = unopposed(holder, Part.REACH)
        if scopes is not None:
            reception &= Q(scope__in=scopes)
    rows = Patient.objects.for_person(holder).filter(readable(holder, Part.REACH) | reception, pk__in=keys)
    found = {one.pk: one for one in rows.select_related("scope")}
    if found:
        log_access(by=holder, patients=found.values(), what="list", purpose=PURPOSE)
    return found


def opened(
    model: type[Any], part: Part, text: Callable[[Any], str], page: Callable[[Any], str], veil: HeldLines
) -> HeldLines:
    """Return the lines of a kind, whole where the circle opens `part` to the holder, with no gesture; logged.

    `text` and `page` say a row and its address; the other rows are drawn by `veil`.
    """

    def lines(owner: Person, holder: Person, keys: Sequence[int]) -> list[InboxLine]:
        rows = model.objects.for_person(holder).filter(readable(holder, part, prefix="patient__"))
        found = list(rows.filter(pk__in=list(keys)).select_related("patient__scope").distinct())
        if found:
            each = {one.patient_id: one.patient for one in found}
            log_access(by=holder, patients=each.values(), what="list", purpose=PURPOSE)
        return [
            *(InboxLine(one.pk, text(one), page(one), one.patient.name) for one in found),
            *veil(owner, holder, sorted(set(keys) - {one.pk for one in found})),
        ]

    return lines
