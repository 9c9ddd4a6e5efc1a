"""What becomes of the posts, and of the person on the line, of somebody who leaves."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from maillage.crisis.models import Duty, FragilePerson
from maillage.kernel import access
from maillage.kernel.contributions import Fate, Leaving, Withdrawal
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission


def count_duties(person: Person) -> int:
    """Return how many posts of open cells somebody holds: those of a closed one say who held them then."""
    # The base managers: whoever withdraws reads nothing of a cell, only how many.
    found: int = _held(person).count()
    return found


def _held(person: Person) -> QuerySet[Duty]:
    return Duty._base_manager.filter(person=person, until=None, cell__closed_at=None)


def hand_duties_on(leaving: Leaving) -> int:
    """Give each post to who takes over, where they have a role; else the direction stays to be given.

    Whoever manages the crises of the territory directs all the same.
    """
    rows = _held(leaving.person).select_related("cell__scope").select_for_update(of=("self",))
    taken = 0
    for row in rows.order_by("pk"):
        row.until = timezone.now()
        row.save(update_fields=["until"])
        to = leaving.successor
        if to is None or not access.may(to, Permission.VIEW_CRISIS, row.cell.scope):
            continue
        held = Duty._base_manager.filter(cell=row.cell_id, post=row.post, person=to, until=None)
        if not row.is_deputy:
            # Who was the deputy holds it now: nobody holds one post twice.
            held.filter(is_deputy=True).update(until=timezone.now())
        if not held.exists():
            Duty._base_manager.create(
                cell_id=row.cell_id, post=row.post, person=to, is_deputy=row.is_deputy, since=timezone.now()
            )
        taken += 1
    return taken


def count_on_the_line(person: Person) -> int:
    """Return how many fragile people somebody has on the line."""
    found: int = FragilePerson._base_manager.filter(claimed_by=person).count()
    return found


def give_back(leaving: Leaving) -> int:
    """Give the people on the line of who leaves back to their list."""
    FragilePerson._base_manager.filter(claimed_by=leaving.person).update(claimed_by=None, claimed_until=None)
    return 0


WITHDRAWALS = (
    Withdrawal(
        "crisis.duties",
        lazy("Postes dans une cellule de crise"),
        Fate.PASSES,
        count_duties,
        ("crisis.duty.person",),
        hand_duties_on,
        otherwise=lazy("à donner par la direction de la cellule"),
        order=60,
    ),
    Withdrawal(
        "crisis.calls",
        lazy("Personnes fragiles en ligne"),
        Fate.ENDS,
        count_on_the_line,
        ("crisis.fragileperson.claimed_by",),
        give_back,
        order=61,
    ),
)
