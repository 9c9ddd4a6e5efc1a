"""What somebody sent to a desk, and where it stands."""

from __future__ import annotations

from django.db.models import Q

from maillage.directory.api import homes_of
from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.orientation.models import Decision, Request
from maillage.orientation.queries.ages import AGED_BY, age_of
from maillage.orientation.queries.lists import motive_rules
from maillage.orientation.rules.safety import MotiveRule, enters_slot_search
from maillage.orientation.rules.vocabulary import State
from maillage.territory.api import Commune


def is_vital(motive: str, age_months: int | None) -> bool:
    """Return whether a motive is for the 15 at once, at that age, by the rules in force."""
    return motive_rules().of(motive, age_months) is MotiveRule.VITAL


def leads_to_15(request: Request) -> bool:
    """Return whether an open request is for the 15: a red flag, its priority, or its motive at that age."""
    return (
        request.has_red_flag
        or not enters_slot_search(request.priority)
        or is_vital(request.motive, age_of(request))
    )


def callback_phone(request: Request) -> str:
    """Return the number to call back about a request: the caller's, else the patient's; empty for none."""
    return request.caller_phone or (request.patient.phone if request.patient is not None else "")


def under_way_count(person: Person) -> int:
    """Return how many requests of `person` the desk has under way, in one query; none of a desk's own."""
    desks = access.scopes_of(person, Permission.REGULATE)
    if desks is None:
        return 0
    rows = Request.objects.sent_for(person).filter(~Q(state=State.CLOSED.value))
    return rows.exclude(scope__in=desks).count()


def home_of(person: Person, commune: Commune | None) -> str | None:
    """Return the EHPAD that a person sends from: the only one where they work, else that of the commune."""
    homes = list(homes_of(person).values_list("structure", "structure__commune").distinct())
    there = [home for home, code in homes if commune is not None and code == commune.pk]
    found = [home for home, _code in homes] if len(homes) == 1 else there
    return found[0] if len(found) == 1 else None


def last_sent(*, by: Person) -> Request | None:
    """Return what `by` sent last: where it was from fills the next form."""
    return Request.objects.sent_by(by).select_related("commune").order_by("-pk").first()


def open_about(person: Person) -> list[Request]:
    """Return the open requests about the patient whose account it is, the latest first; one query."""
    rows = Request.objects.of_account(person).open().select_related(*AGED_BY)
    return list(rows.order_by("-called_at", "-pk"))


def last_decision(*, by: Person, request: Request) -> Decision | None:
    """Return what was decided last of a request that `by` may read, with whom and when."""
    names = (
        "on_call", "sent_to", "structure", "appointment__slot__agenda__professional",
        "appointment__slot__schedule__commune",
    )  # fmt: skip
    return Decision.objects.for_person(by).filter(request=request).select_related(*names).last()
