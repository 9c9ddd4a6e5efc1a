"""Who is on call and consults elsewhere at that hour: known to the desk before it sends somebody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from maillage.agenda import api as agenda
from maillage.kernel import access
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.orientation.computations.index import desk_index, minutes_of

_INSTANT = timedelta(minutes=1)


def consulting_at(
    *, by: Person, scope: Scope, professionals: Iterable[int], at: datetime
) -> dict[int, agenda.Commitment]:
    """Return what keeps some professionals (by key) in consultation at an instant; those free are left out.

    Read once a minute for a desk, and again as soon as an agenda changes. Raises PermissionDenied.
    """
    access.require(by, Permission.REGULATE, scope)
    asked = frozenset(professionals)
    if not asked:
        return {}
    index = desk_index(scope, at)
    key = (asked, minutes_of(at))
    with index.lock:
        if key not in index.consulting:
            found = agenda.commitments_during({one: [(at, at + _INSTANT)] for one in sorted(asked)})
            now = {one: told[0][1] for one, told in found.items() if told}
            index.consulting = {**index.consulting, key: now} if len(index.consulting) < 50 else {key: now}
        return index.consulting[key]
