"""What somebody sent to a desk, and where it stands."""

from __future__ import annotations

from django.db.models import Q

from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.orientation.models import Decision, Request
from maillage.orientation.queries.lists import motive_rules
from maillage.orientation.rules.safety import MotiveRule
from maillage.orientation.rules.vocabulary import State


def is_vital(motive: str, age_months: int | None) -> bool:
    """Return whether a motive is for the 15 at once, at that age, by the rules in force."""
    return motive_rules().of(motive, age_months) is MotiveRule.VITAL


def under_way_count(person: Person) -> int:
    """Return how many requests of `person` the desk has under way, in one query; none of a desk's own."""
    desks = access.scopes_of(person, Permission.REGULATE)
    if desks is None:
        return 0
    rows = Request.objects.sent_by(person).filter(~Q(state=State.CLOSED.value))
    return rows.exclude(scope__in=desks).count()


def last_sent(*, by: Person) -> Request | None:
    """Return what `by` sent last: where it was from fills the next form."""
    return Request.objects.sent_by(by).select_related("commune").order_by("-pk").first()


def last_decision(*, by: Person, request: Request) -> Decision | None:
    """Return what was decided last of a request that `by` may read, with whom and when."""
    names = (
        "on_call", "sent_to", "structure", "appointment__slot__agenda__professional",
        "appointment__slot__schedule__commune",
    )  # fmt: skip
    return Decision.objects.for_person(by).filter(request=request).select_related(*names).last()
