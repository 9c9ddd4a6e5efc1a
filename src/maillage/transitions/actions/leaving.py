"""What becomes of the complex cases of a case manager who leaves."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as lazy

from maillage.kernel import access
from maillage.kernel.contributions import Fate, Leaving, Withdrawal
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.transitions.actions.complex_cases import hand_over
from maillage.transitions.models import ComplexCase
from maillage.transitions.rules.complex_cases import TAKEN


def _followed(person: Person) -> Any:
    # The base manager: whoever withdraws reads none of them, only how many there are.
    rows = ComplexCase._base_manager.filter(referent=person, state__in=sorted(one.value for one in TAKEN))
    return rows.order_by("pk")


def count_followed(person: Person) -> int:
    """Return how many complex cases somebody follows."""
    found: int = _followed(person).count()
    return found


def hand_cases_over(leaving: Leaving) -> int:
    """Give each case to who takes over, where they work at its DAC and the patient opposes nothing.

    The others wait for a colleague, in the list of the DAC: nobody follows them.
    """
    taken = 0
    for row in (
        _followed(leaving.person).select_related("patient__scope", "scope").select_for_update(of=("self",))
    ):
        to = leaving.successor
        if to is not None and not access.may(to, Permission.ANSWER_COMPLEX_CASES, row.scope):
            to = None
        hand_over(by=leaving.by, row=row, to=to)
        taken += row.referent_id is not None
    return taken


WITHDRAWALS = (
    Withdrawal(
        "transitions.cases",
        lazy("Situations complexes suivies"),
        Fate.PASSES,
        count_followed,
        ("transitions.complexcase.referent",),
        hand_cases_over,
        otherwise=lazy("rendues à la liste du DAC"),
        order=28,
    ),
)
