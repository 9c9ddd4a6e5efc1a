"""What becomes of the requests and the signatures of somebody who leaves."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel import access, journal
from maillage.kernel.contributions import Fate, Leaving, Withdrawal
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.orientation.actions.rights import tell
from maillage.orientation.models import Request, SafetySheet
from maillage.orientation.models.requests import RequestQuerySet
from maillage.orientation.rules.workflow import OPEN


def _requests(person: Person) -> RequestQuerySet:
    rows: Any = Request._base_manager.filter(owner=person, state__in=[state.value for state in OPEN])
    return cast(RequestQuerySet, rows.order_by("pk"))


def count_requests(person: Person) -> int:
    """Return how many open requests of a desk somebody holds."""
    return _requests(person).count()


def hand_requests_on(leaving: Leaving) -> int:
    """Give each request to who takes over where they work at its desk, else to a colleague there, unlocked.

    At a desk where nobody else works it stays in the queue under the same name, for the next one to take.
    """
    taken = 0
    for row in _requests(leaving.person).select_related("scope").select_for_update(of=("self",)):
        to = leaving.successor
        if to is None or not access.may(to, Permission.REGULATE, row.scope):
            at_desk = access.people_with(Permission.REGULATE, row.scope)
            to = next((one for one in at_desk if one.pk != leaving.person.pk), None)
        row.owner, row.locked_by, row.locked_until = to or leaving.person, None, None
        row.save(update_fields=["owner", "locked_by", "locked_until"])
        changes: dict[str, object] = {"owner": [leaving.person.pk, row.owner_id]}
        tell(leaving.by, row, "orientation.shift_handed_over", changes, leaving.reason)
        taken += to is not None and to == leaving.successor
    return taken


def _signatures(person: Person) -> QuerySet[SafetySheet]:
    return SafetySheet.objects.to_sign_by(person).filter(refused_at=None).order_by("pk")


def count_signatures(person: Person) -> int:
    """Return how many safety sheets wait for the signature of a physician."""
    return _signatures(person).count()


def give_signatures_back(leaving: Leaving) -> int:
    """Leave each sheet to be asked of another physician: a signature is never inherited."""
    for row in _signatures(leaving.person).select_for_update(of=("self",)):
        row.signature_asked_of = row.signature_asked_at = None
        row.save(update_fields=["signature_asked_of", "signature_asked_at"])
        journal.record(
            by=leaving.by,
            verb="orientation.signature_taken_back",
            target=journal.target_of(row),
            changes={},
            reason=leaving.reason,
            scope=row.scope_id,
        )
    return 0


WITHDRAWALS = (
    Withdrawal(
        "orientation.requests",
        lazy("Demandes en main au bureau"),
        Fate.PASSES,
        count_requests,
        ("orientation.request.owner",),
        hand_requests_on,
        otherwise=lazy("rendues à la file du bureau, que tous ses collègues voient"),
        order=20,
    ),
    Withdrawal(
        "orientation.signatures",
        lazy("Fiches de sécurité à signer"),
        Fate.PASSES,
        count_signatures,
        ("orientation.safetysheet.signature_asked_of",),
        give_signatures_back,
        otherwise=lazy("à faire signer par un autre médecin"),
        order=38,
    ),
)
