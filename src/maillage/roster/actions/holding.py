"""A post changes hands: the one place where a duty is given, taken back or passed on.

A request to be replaced is its asker's, not the post's: as soon as somebody else holds the post, or nobody,
the request is closed and everybody who had to do with it is told.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import uuid4

from django.utils import timezone

from maillage.kernel import outbox
from maillage.kernel.models import Person
from maillage.roster.actions.recording import record
from maillage.roster.models import Assignment, Exchange, Post, Roster, Volunteer
from maillage.roster.rules.vocabulary import ExchangeState, Origin
from maillage.roster.rules.workflow import EDITABLE

CHANGED, OVERTAKEN = "roster.changed", "roster.replacement_overtaken"


def hand_over(
    roster: Roster,
    post: Post,
    to: Volunteer | None,
    *,
    by: Person | None,
    origin: Origin,
    is_locked: bool = True,
    is_announced: bool = True,
) -> tuple[int | None, Assignment | None]:
    """Give a post of a roster locked by the caller to somebody, or to nobody.

    Returns the key of the volunteer who held it before, and the duty as it is now. Where another person holds
    it from now on, the requests of the one before are closed, and, if the roster had left its makers' hands,
    `roster.changed` is published: one message a change, whatever it changes from and to. Where not
    `is_announced`, the caller tells those whom it concerns.
    """
    held = Assignment.objects.filter(post=post).first()
    before = held.volunteer_id if held else None
    after = to.pk if to else None
    if held is not None and to is None:
        held.delete()
        held = None
    elif to is not None:
        held, _is_new = Assignment.objects.update_or_create(
            post=post, defaults={"volunteer": to, "origin": origin.value, "is_locked": is_locked}
        )
    if before != after:
        close_overtaken([post.pk], by=by)
        if roster.step not in EDITABLE:
            changed = {"roster": roster.pk, "post": post.pk, "before": before, "after": after}
            payload = changed | {"is_announced": is_announced}
            outbox.publish(CHANGED, payload, key=f"{key_of(post.pk)}{uuid4().hex}")
    return before, held


def key_of(post: int) -> str:
    """Return how the key of each change of a post begins."""
    return f"post-{post}-"


def close_overtaken(posts: Collection[int], *, by: Person | None) -> int:
    """Close the open requests about posts that their askers no longer hold; return how many."""
    rows = Exchange.objects.filter(post__in=list(posts), state=ExchangeState.OPEN.value)
    holders = dict(Assignment.objects.filter(post__in=list(posts)).values_list("post", "volunteer"))
    rows = rows.select_related("post__roster__sector__territory__scope")
    overtaken = [one for one in rows if holders.get(one.post_id) != one.asked_by_id]
    for one in overtaken:
        one.state, one.closed_at = ExchangeState.OVERTAKEN.value, timezone.now()
        one.save(update_fields=["state", "closed_at"])
        payload = {"exchange": one.pk, "post": one.post_id, "roster": one.post.roster_id}
        outbox.publish(OVERTAKEN, payload, key=f"{OVERTAKEN}-{one.pk}")
        record(one.post.roster.sector, one, by=by, verb=OVERTAKEN, changes=payload)
    return len(overtaken)
