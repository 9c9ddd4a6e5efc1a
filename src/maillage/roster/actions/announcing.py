"""Who is told what becomes of a roster and of a replacement, after the write, once.

The steps that concern the CDOM, the ARS or the CPAM stay letters that the coordinator prints or sends: those
who manage the roster are told that such a step is done or due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from maillage.directory.api import Professional
from maillage.exchange import api as exchange
from maillage.exchange.api import Template
from maillage.kernel import access, outbox
from maillage.kernel.models import Message, Person
from maillage.kernel.rules import Permission
from maillage.roster.actions.holding import key_of
from maillage.roster.models import Assignment, Exchange, Offer, Post, Roster, Volunteer
from maillage.roster.rules.vocabulary import ExchangeState

#: A duty that begins sooner is worth a message in the quiet hours.
_PRESSING = timedelta(hours=24)
_OF_HOLDERS = (Template.DUTY_GIVEN, Template.DUTY_TAKEN_BACK)
Told = Professional | Person


@outbox.handles("roster.sent")
def announce_sent(event: outbox.Event) -> None:
    """The coordinators: the CDOM's answer is awaited."""
    _step(event, Template.ROSTER_SENT, coordinators)


@outbox.handles("roster.validated")
def announce_validated(event: outbox.Event) -> None:
    """The coordinators: the roster is to be transmitted."""
    _step(event, Template.ROSTER_VALIDATED, coordinators)


@outbox.handles("roster.incomplete")
def announce_incomplete(event: outbox.Event) -> None:
    """The coordinators and every volunteer: duties are still to be taken."""
    _step(event, Template.ROSTER_INCOMPLETE, coordinators, volunteers)


@outbox.handles("roster.transmitted")
def announce_transmitted(event: outbox.Event) -> None:
    """Every volunteer: the duties are published."""
    _step(event, Template.ROSTER_TRANSMITTED, volunteers)


@outbox.handles("roster.closed")
def announce_closed(event: outbox.Event) -> None:
    """The coordinators: the duty done is to be stated, but for a shared on-call, which states nothing."""
    if Roster.objects.select_related("sector").get(pk=event.payload["roster"]).sector.is_shared:
        return
    _step(event, Template.ROSTER_CLOSED, coordinators)


@outbox.handles("roster.changed")
def announce_changed(event: outbox.Event) -> None:
    """The coordinators, who tell the CDOM again; who held the post and who holds it now, by what is now.

    A replacement says so itself.
    """
    if event.payload.get("is_announced") is False:
        return
    post = _post(event.payload["post"])
    told = coordinators(post.roster)
    _tell(event, told, Template.ROSTER_CHANGED, _said_of_roster(post.roster), post.roster)
    _tell_holders(event, post)


@outbox.handles("roster.replacement_asked")
def announce_asked(event: outbox.Event) -> None:
    """The coordinators, and every volunteer of the sector but who asks."""
    row = _exchange(event)
    if row.state != ExchangeState.OPEN.value:
        return
    others = [one for one in volunteers(row.post.roster) if one.pk != row.asked_by.professional_id]
    _of_duty(event, row, Template.REPLACEMENT_ASKED, [*coordinators(row.post.roster), *others])


@outbox.handles("roster.replacement_offered")
def announce_offered(event: outbox.Event) -> None:
    """Who asked to be replaced: somebody would."""
    row = _exchange(event)
    if row.state == ExchangeState.OPEN.value:
        _of_duty(event, row, Template.REPLACEMENT_OFFERED, [row.asked_by.professional], _by(event))


@outbox.handles("roster.replacement_accepted")
def announce_accepted(event: outbox.Event) -> None:
    """Both doctors, those who had offered too, the coordinators; the regulators on their screen alone."""
    row, taker = _exchange(event), _by(event)
    roster = row.post.roster
    if _holder(row.post) != event.payload["volunteer"]:
        return  # a later change tells what is now
    told = [row.asked_by.professional, taker, *_offering(row), *coordinators(roster)]
    _of_duty(event, row, Template.REPLACEMENT_ACCEPTED, told, taker)
    regulators = access.people_with(Permission.REGULATE, roster.sector.territory.scope)
    _of_duty(event, row, Template.REPLACEMENT_ACCEPTED, regulators, taker, inbox_only=True)


@outbox.handles("roster.replacement_withdrawn")
def announce_withdrawn(event: outbox.Event) -> None:
    """Those who had offered, and the coordinators: nothing changes after all."""
    row = _exchange(event)
    told = [*_offering(row), *coordinators(row.post.roster)]
    _of_duty(event, row, Template.REPLACEMENT_WITHDRAWN, told)


@outbox.handles("roster.replacement_overtaken")
def announce_overtaken(event: outbox.Event) -> None:
    """Who asked, those who had offered and the coordinators: the duty is somebody else's, or nobody's."""
    row = _exchange(event)
    _of_duty(
        event,
        row,
        Template.REPLACEMENT_OVERTAKEN,
        [row.asked_by.professional, *_offering(row), *coordinators(row.post.roster)],
    )


@outbox.handles("roster.holder_gone")
def announce_gone(event: outbox.Event) -> None:
    """The coordinators: somebody's duties to come are to be given to others."""
    post = _post(event.payload["post"])
    gone = Volunteer.objects.select_related("professional__account").get(pk=event.payload["volunteer"])
    said = exchange.Parameters(
        professional=gone.professional, sector=exchange.short_sector(post.roster.sector.name), day=post.day
    )
    told = coordinators(post.roster)
    _tell(event, told, Template.DUTIES_TO_REASSIGN, said, post.roster, post=post, until=post.ends_at)


def coordinators(roster: Roster) -> list[Told]:
    """Return who manages the rosters of that territory."""
    return [*access.people_with(Permission.MANAGE_ROSTER, roster.sector.territory.scope)]


def volunteers(roster: Roster) -> list[Professional]:
    """Return who takes duties in that sector."""
    rows = Volunteer.objects.filter(sector=roster.sector_id, is_active=True)
    return [one.professional for one in rows.select_related("professional__account")]


def _step(event: outbox.Event, template: Template, *groups: Callable[[Roster], Iterable[Told]]) -> None:
    rows = Roster.objects.select_related("sector__territory__scope")
    roster = rows.get(pk=event.payload["roster"])
    told = [one for group in groups for one in group(roster)]
    _tell(event, told, template, _said_of_roster(roster), roster)


def _of_duty(
    event: outbox.Event,
    row: Exchange,
    template: Template,
    told: Iterable[Told],
    professional: Professional | None = None,
    *,
    inbox_only: bool = False,
) -> None:
    post = row.post
    said = _said_of_duty(post, professional)
    _tell(event, told, template, said, post.roster, post=post, inbox_only=inbox_only)


def _tell(
    event: outbox.Event,
    told: Iterable[Told],
    template: Template,
    said: exchange.Parameters,
    roster: Roster,
    *,
    post: Post | None = None,
    until: datetime | None = None,
    inbox_only: bool = False,
) -> None:
    """Tell each once, also who is there twice (a coordinator who volunteers).

    What is about a `post` is told `until` an instant, its beginning unless told.
    """
    now = timezone.now()
    last = until or (post.starts_at if post else None)
    if last is not None and last <= now:
        return
    for one in told:
        exchange.notify(
            by=None,
            to=one,
            template=template,
            parameters=said,
            key=_key(event.topic, event.key, template, one),
            scope=roster.sector.territory.scope,
            path=reverse("roster:detail", args=[roster.pk]),
            urgent=post is not None and post.starts_at - now < _PRESSING,
            not_after=last,
            inbox_only=inbox_only,
        )


def _key(topic: str, key: str, template: Template, one: Told) -> str:
    """Return the key by which somebody is told one thing of one message once."""
    return f"{topic}-{key}-{template.value}-{_name(one)}"


def _name(one: Told) -> str:
    """Return who somebody is, the same by their account and by their row of the directory."""
    account = one.account_id if isinstance(one, Professional) else one.pk
    return f"person-{account}" if account else f"professional-{one.pk}"


def _said_of_roster(roster: Roster) -> exchange.Parameters:
    return exchange.Parameters(sector=exchange.short_sector(roster.sector.name), day=roster.first_day)


def _said_of_duty(post: Post, professional: Professional | None = None) -> exchange.Parameters:
    return exchange.Parameters(
        when=post.starts_at,
        until=post.ends_at,
        sector=exchange.short_sector(post.roster.sector.name),
        professional=professional,
    )


def _post(pk: int) -> Post:
    return Post.objects.select_related("roster__sector__territory__scope").get(pk=pk)


def _holder(post: Post) -> int | None:
    """Return the key of the volunteer who holds a post now."""
    return Assignment.objects.filter(post=post).values_list("volunteer", flat=True).first()


def _tell_holders(event: outbox.Event, post: Post) -> None:
    """Tell those whom a change concerns whether they hold the post now, whenever the message is handed out.

    A change that was overtaken leaves its word to the later one, and what still waited to leave no longer
    does: nobody is left with a state that is past.
    """
    changes = Message.objects.filter(topic=event.topic, key__startswith=key_of(post.pk)).order_by("pk")
    known = [(one.key, _concerned(one.payload)) for one in changes]
    place = [key for key, _people in known].index(event.key)
    told_later = {person for _key, people in known[place + 1 :] for person in people}
    rows = Volunteer.objects.filter(pk__in=_concerned(event.payload) - told_later)
    holder = _holder(post)
    for one in rows.select_related("professional__account").order_by("pk"):
        professional = one.professional
        earlier = [key for key, people in known[:place] if one.pk in people]
        keys = [_key(event.topic, key, said, professional) for key in earlier for said in _OF_HOLDERS]
        exchange.withdraw(keys=keys)
        template = Template.DUTY_GIVEN if one.pk == holder else Template.DUTY_TAKEN_BACK
        _tell(
            event, [professional], template, _said_of_duty(post), post.roster, post=post, until=post.ends_at
        )


def _concerned(payload: dict[str, Any]) -> set[int]:
    """Return the volunteers whom a change of a post concerns."""
    return {one for one in (payload.get("before"), payload.get("after")) if one is not None}


def _exchange(event: outbox.Event) -> Exchange:
    names = ("post__roster__sector__territory__scope", "asked_by__professional__account")
    return Exchange.objects.select_related(*names).get(pk=event.payload["exchange"])


def _by(event: outbox.Event) -> Professional:
    """Return who offers, or takes the duty."""
    rows = Volunteer.objects.select_related("professional__account")
    return rows.get(pk=event.payload["volunteer"]).professional


def _offering(row: Exchange) -> list[Professional]:
    offers = Offer.objects.filter(exchange=row).select_related("volunteer__professional__account")
    return [one.volunteer.professional for one in offers]
