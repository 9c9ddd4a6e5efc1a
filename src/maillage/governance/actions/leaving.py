"""What becomes of the seats and the places of somebody who leaves."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from maillage.governance.actions.trainings import move_up
from maillage.governance.models import BodySeat, TrainingPlace
from maillage.governance.rules.vocabulary import PlaceState
from maillage.kernel.contributions import Fate, Leaving, Withdrawal
from maillage.kernel.models import Person


def _seats(person: Person) -> QuerySet[BodySeat]:
    # The base managers: whoever withdraws reads nothing of a body, only how many.
    today = timezone.localdate()
    held = Q(until=None) | Q(until__gte=today)
    return BodySeat._base_manager.filter(held, person=person, left_on=None)


def count_seats(person: Person) -> int:
    """Return how many seats somebody holds."""
    return _seats(person).count()


def end_seats(leaving: Leaving) -> int:
    """End the seats of who leaves: a seat is given by its college, never handed on."""
    today = timezone.localdate()
    for seat in _seats(leaving.person).select_for_update(of=("self",)).order_by("pk"):
        seat.left_on = max(today, seat.since)
        seat.save(update_fields=["left_on"])
    return 0


def _places(person: Person) -> QuerySet[TrainingPlace]:
    rows = TrainingPlace._base_manager.filter(person=person, session__starts_at__gt=timezone.now())
    return rows.exclude(state=PlaceState.LEFT.value)


def count_places(person: Person) -> int:
    """Return how many trainings to come somebody goes to, or waits for."""
    return _places(person).count()


def give_places_back(leaving: Leaving) -> int:
    """Give the places of who leaves to those who wait."""
    for place in _places(leaving.person).select_related("session__scope").order_by("pk"):
        place.state = PlaceState.LEFT.value
        place.save(update_fields=["state"])
        move_up(place.session, by=leaving.by)
    return 0


WITHDRAWALS = (
    Withdrawal(
        "governance.seats",
        lazy("Sièges dans les instances"),
        Fate.ENDS,
        count_seats,
        ("governance.bodyseat.person",),
        end_seats,
        order=62,
    ),
    Withdrawal(
        "governance.places",
        lazy("Places à des formations croisées"),
        Fate.ENDS,
        count_places,
        ("governance.trainingplace.person",),
        give_places_back,
        order=63,
    ),
)
