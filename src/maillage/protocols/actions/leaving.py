"""What becomes of the sign-ups of a professional who leaves: they end that day, nobody takes them over."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel import journal
from maillage.kernel.contributions import Fate, Leaving, Withdrawal
from maillage.kernel.models import Person
from maillage.protocols.models import SignUp
from maillage.protocols.queries.protocols import today_in


def _standing(person: Person) -> Any:
    rows = SignUp.objects.filter(Q(professional__account=person), ended_on=None)
    return rows.order_by("pk")


def count_sign_ups(person: Person) -> int:
    """Return how many protocols somebody is signed up to."""
    found: int = _standing(person).count()
    return found


def end_sign_ups(leaving: Leaving) -> int:
    """End each sign-up; a colleague signs their own, after their own training."""
    rows = _standing(leaving.person).select_related("protocol__scope").select_for_update(of=("self",))
    for row in rows:
        scope = row.protocol.scope
        row.ended_on, row.ended_by, row.ended_because = today_in(scope), leaving.by, _("départ")
        row.save(update_fields=["ended_on", "ended_by", "ended_because"])
        journal.record(
            by=leaving.by,
            verb="protocols.sign_up_ended",
            target=journal.target_of(row),
            changes={"ended_on": [None, row.ended_on]},
            scope=scope.pk,
        )
    return 0


WITHDRAWALS = (
    Withdrawal(
        "protocols.sign_ups",
        lazy("Adhésions à des protocoles"),
        Fate.ENDS,
        count_sign_ups,
        ("protocols.signup.professional",),
        end_sign_ups,
        order=29,
    ),
)
