"""Who is told what becomes of a roster and of a replacement, after the write, once.

The steps that concern the CDOM, the ARS or the CPAM stay letters that the coordinator prints or sends: those
who manage the roster are told that such a step is done or due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from maillage.directory.api import Professional
from maillage.exchange import api as exchange
from maillage.exchange.api import Template
from maillage.kernel import access, journal, outbox
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Permission
from maillage.roster.models import Exchange, Offer, Post, Roster, Volunteer
from maillage.roster.rules.vocabulary import ExchangeState

#: A duty that begins sooner is worth a message in the quiet hours.
_PRESSING = timedelta(hours=24)
_DECIDED = ("roster.assigned", "roster.unassigned")
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
    """The coordinators: the duty done is to be stated."""
    _step(event, Template.ROSTER_CLOSED, coordinators)


@outbox.handles("roster.changed")
def announce_changed(event: outbox.Event) -> None:
    """The coordinators, who tell the CDOM again; who held the post and who holds it now.

    A replacement says so itself.
    """
    if event.key.startswith("exchange-"):
        return
    post = _post(event.payload["post"])
    concerned = Volunteer.objects.filter(pk__in=_holders(event, post)).select_related("professional__account")
    told = [*coordinators(post.roster), *(one.professional for one in concerned)]
    _tell(event, told, Template.ROSTER_CHANGED, _said_of_roster(post.roster), post.roster)


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
    said = exchange.Parameters(
        when=post.starts_at,
        until=post.ends_at,
        sector=exchange.short_sector(post.roster.sector.name),
        professional=professional,
    )
    _tell(event, told, template, said, post.roster, post=post, inbox_only=inbox_only)


def _tell(
    event: outbox.Event,
    told: Iterable[Told],
    template: Template,
    said: exchange.Parameters,
    roster: Roster,
    *,
    post: Post | None = None,
    inbox_only: bool = False,
) -> None:
    """Tell each once, also who is there twice (a coordinator who volunteers); past duties tell nobody."""
    now = timezone.now()
    if post is not None and post.starts_at <= now:
        return
    for one in told:
        exchange.notify(
            by=None,
            to=one,
            template=template,
            parameters=said,
            key=f"{event.topic}-{event.key}-{_name(one)}",
            scope=roster.sector.territory.scope,
            path=reverse("roster:detail", args=[roster.pk]),
            urgent=post is not None and post.starts_at - now < _PRESSING,
            not_after=post.starts_at if post else None,
            inbox_only=inbox_only,
        )


def _name(one: Told) -> str:
    """Return who somebody is, the same by their account and by their row of the directory."""
    account = one.account_id if isinstance(one, Professional) else one.pk
    return f"person-{account}" if account else f"professional-{one.pk}"


def _said_of_roster(roster: Roster) -> exchange.Parameters:
    return exchange.Parameters(sector=exchange.short_sector(roster.sector.name), day=roster.first_day)


def _post(pk: int) -> Post:
    return Post.objects.select_related("roster__sector__territory__scope").get(pk=pk)


def _holders(event: outbox.Event, post: Post) -> list[int]:
    """Return who held the post before the decision and after it, as the journal tells it."""
    told = Entry.objects.filter(target=journal.target_of(post), verb__in=_DECIDED, at__gte=event.published_at)
    entry = told.order_by("position").first()
    return [one for one in entry.changes["volunteer"] if one is not None] if entry else []


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
