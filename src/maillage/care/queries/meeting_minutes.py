"""Reads of what came of meetings: texts and who wrote them at once, decisions, presence, the signature."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from maillage.care.models import (
    AgendaItem,
    Attendance,
    Meeting,
    MeetingDecision,
    MinutesSignature,
    MinutesText,
)
from maillage.care.rules.meetings import (
    MeetingState,
    MinutesState,
    PaidTime,
    Version,
    heads,
    minutes_state,
    paid_time,
)
from maillage.directory import api as directory
from maillage.kernel import clock, journal
from maillage.kernel.models import Person, Scope
from maillage.kernel.sourced_rules import SourcedRule, rule


@dataclass(frozen=True, slots=True)
class Text:
    """What is written on one item, or on the whole: more than one where two wrote at once.

    `number` is that of the last version, which whoever writes next has read.
    """

    standing: tuple[MinutesText, ...] = ()
    number: int = 0
    versions: tuple[MinutesText, ...] = ()

    @property
    def is_parted(self) -> bool:
        """Whether two texts wait to be brought together."""
        return len(self.standing) > 1

    @property
    def said(self) -> str:
        """The text, or those that wait to be brought together, one after the other."""
        return "\n\n".join(one.text for one in self.standing)


NOTHING_WRITTEN = Text()


def texts_of(meeting: Meeting) -> dict[int | None, Text]:
    """Return what is written about a meeting read in scope, by item, None for the whole; one statement."""
    rows: dict[int | None, list[MinutesText]] = defaultdict(list)
    for one in MinutesText.objects.of_meeting(meeting).select_related("by").order_by("number", "pk"):
        rows[one.item_id].append(one)
    return {item: _text(versions) for item, versions in rows.items()}


def text_of(meeting: Meeting, item: AgendaItem | None) -> Text:
    """Return what is written on one item of a meeting read in scope, or on the whole (None)."""
    rows = MinutesText.objects.of_meeting(meeting).filter(item=item).select_related("by")
    versions = list(rows.order_by("number", "pk"))
    return _text(versions) if versions else NOTHING_WRITTEN


def _text(versions: list[MinutesText]) -> Text:
    kept = set(heads(Version(one.number, one.base) for one in versions))
    standing = tuple(one for one in versions if one.number in kept)
    return Text(standing, versions[-1].number, tuple(versions))


def decided_on(items: Sequence[AgendaItem]) -> dict[int, list[str]]:
    """Return what was decided on some items read in scope, by item; one statement."""
    found: dict[int, list[str]] = defaultdict(list)
    scopes = {one.meeting.scope for one in items}
    rows = MeetingDecision.objects.in_scope(*scopes).filter(item__in=[one.pk for one in items])
    for item, text in rows.order_by("pk").values_list("item", "text"):
        found[item].append(text)
    return found


def decisions_of(meeting: Meeting) -> dict[int, list[MeetingDecision]]:
    """Return the decisions of a meeting read in scope, by item, each with the task it became."""
    found: dict[int, list[MeetingDecision]] = defaultdict(list)
    rows = MeetingDecision.objects.of_meeting(meeting)
    for one in rows.select_related("task__professional", "task__person", "task__closed_by", "by"):
        found[one.item_id].append(one)
    return found


def attendances_of(meeting: Meeting) -> list[Attendance]:
    """Return how long each was there, of a meeting read in scope, by name."""
    rows = Attendance.objects.of_meeting(meeting).select_related("professional__account", "person")
    return sorted(rows, key=lambda one: str(one.who))


def by_profession(attendances: Iterable[Attendance]) -> list[tuple[str, list[Attendance]]]:
    """Return who was there by profession, the most numerous first; those without a sheet last."""
    here = [one for one in attendances if one.minutes]
    counted = Counter(one.profession for one in here)
    order = sorted(counted, key=lambda name: (not name, -counted[name], name))
    return [
        (name or _("Autres participants"), [one for one in here if one.profession == name]) for name in order
    ]


def signatures_of(meeting: Meeting) -> list[MinutesSignature]:
    """Return the signatures of the minutes of a meeting read in scope, the first one first."""
    return list(MinutesSignature.objects.of_meeting(meeting).select_related("by").order_by("number"))


def signatures_of_each(meetings: Sequence[Meeting]) -> dict[int, list[MinutesSignature]]:
    """Return the signatures of some meetings read in scope, by meeting, in order; one statement."""
    found: dict[int, list[MinutesSignature]] = defaultdict(list)
    scopes = {one.scope for one in meetings}
    rows = MinutesSignature.objects.in_scope(*scopes).filter(meeting__in=[one.pk for one in meetings])
    for one in rows.select_related("by").order_by("number"):
        found[one.meeting_id].append(one)
    return found


def digest_of(meeting: Meeting) -> str:
    """Return what names the content of the minutes as they stand: whatever is changed changes it."""
    items = AgendaItem.objects.of_meeting(meeting).order_by("position", "pk")
    content = {
        "meeting": [meeting.pk, meeting.starts_at.isoformat(), meeting.ends_at.isoformat()],
        "items": [
            [one.pk, one.subject, one.withdrawal, str(one.agreed_at or ""), one.agreed_by] for one in items
        ],
        "texts": sorted(MinutesText.objects.of_meeting(meeting).values_list("pk", flat=True)),
        "decisions": sorted(MeetingDecision.objects.of_meeting(meeting).values_list("pk", flat=True)),
        "present": [
            [one.professional_id, one.person_id, one.minutes]
            for one in Attendance.objects.of_meeting(meeting).order_by("pk")
        ],
    }
    return hashlib.sha256(journal.canonical(content).encode()).hexdigest()


def state_of(meeting: Meeting, signatures: list[MinutesSignature], digest: str = "") -> MinutesState:
    """Return where the minutes stand; without `digest`, a change after the signature is not looked for."""
    return minutes_state(
        is_cancelled=meeting.is_cancelled,
        is_over=meeting.is_over,
        is_signed=bool(signatures),
        is_changed=bool(digest and signatures and signatures[-1].digest != digest),
        due=meeting.due_on,
        today=clock.today(meeting.scope),
    )


@dataclass(frozen=True, slots=True)
class Paid:
    """The paid time of one person over a calendar year in a scope, and the cap of that year."""

    time: PaidTime
    year: int
    cap: SourcedRule

    @property
    def is_over(self) -> bool:
        """Whether the amount passes the cap, where one is established."""
        return self.time.exceeds(None if self.cap.value is None else Decimal(self.cap.value))


def paid_in_year(who: directory.Professional | Person, scope: Scope, year: int) -> Paid:
    """Return the paid time of somebody in a scope over a calendar year; cancelled meetings are left out."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    since, until = clock.bounds(first, scope)[0], clock.bounds(last, scope)[1]
    field = {"professional": who} if isinstance(who, directory.Professional) else {"person": who}
    rows = Attendance.objects.in_scope(scope).filter(
        **field, is_paid=True, meeting__starts_at__gte=since, meeting__starts_at__lt=until
    )
    rows = rows.exclude(meeting__state=MeetingState.CANCELLED.value)
    time = paid_time(rows.values_list("minutes", "hourly_rate"))
    return Paid(time, year, rule("care.meetings.yearly_cap", last))


def paid_presences(scope: Scope, since: date, until: date) -> list[Attendance]:
    """Return the paid time of everybody in a scope, meetings held from one day to another; one statement.

    Cancelled meetings are left out. For who keeps the money of the scope: no word of what was discussed.
    """
    first, last = clock.bounds(since, scope)[0], clock.bounds(until, scope)[1]
    rows = Attendance.objects.in_scope(scope).filter(
        is_paid=True, minutes__gt=0, meeting__starts_at__gte=first, meeting__starts_at__lt=last
    )
    rows = rows.exclude(meeting__state=MeetingState.CANCELLED.value)
    found = rows.select_related("meeting__scope", "professional__account", "person__professional")
    return list(found.order_by("meeting__starts_at", "pk"))
