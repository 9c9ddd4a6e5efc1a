"""Who may be given no slot by any door: an open request of theirs leads to the 15."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.agenda.api import KeptOut
from maillage.kernel import access
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.statements import Statement, numbered, rounded
from maillage.orientation.models import Request
from maillage.orientation.rules.safety import URGENT


@cache
def _due(count: int) -> Statement[tuple[int, int]]:
    """Return the open requests that lead to the 15 of so many patients, each after its patient, by keys."""
    alarms = Q(has_red_flag=True) | Q(priority__in=[one.value for one in URGENT])
    rows = Request.objects.open_of_given(count).filter(alarms)
    return Statement(lambda: rows.values_list("patient", "pk"))


def due_to_the_15(by: Person | None, patients: Collection[int]) -> dict[int, KeptOut]:
    """Return why patients, by their keys, wait for the 15; the request and its page to who may read it.

    One that was transmitted counts until its outcome is known.
    """
    count = rounded(len(patients))
    rows = dict(_due(count).rows(**numbered(count, patient=list(patients)))) if patients else {}
    if not rows:
        return {}
    readable = Request.objects.for_person(by).filter(pk__in=rows.values()) if by is not None else []
    seen = {one.pk: one for one in readable}
    named = _(
        "La demande {number} de cette personne mène au 15 ({state}) : aucun rendez-vous. Appelez le 15, ou "
        "voyez avec le bureau de régulation."
    )
    unnamed = _("Une régulation est en cours pour cette personne : aucun rendez-vous. Appelez le 15.")
    if by is None or not seen:
        return dict.fromkeys(rows, KeptOut(unnamed))
    desks = access.scopes_of(by, Permission.REGULATE)
    return {
        patient: KeptOut(
            named.format(number=seen[pk].number, state=seen[pk].state_label), _page(seen[pk], by, desks)
        )
        if pk in seen
        else KeptOut(unnamed)
        for patient, pk in rows.items()
    }


def _page(request: Request, by: Person, desks: Collection[Scope] | None) -> str:
    """Return the page on which `by` reads a request: the desk's, else that of what they sent; else none."""
    if desks is None or request.scope_id in {one.pk for one in desks}:
        return reverse("orientation:request", args=[request.pk])
    return f"{reverse('orientation:asked')}#demande-{request.pk}" if request.opened_by_id == by.pk else ""
