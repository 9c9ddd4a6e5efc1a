"""Reads of meetings: one's own, and of each agenda what the reader may know of each item."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care.models import AgendaItem, Meeting, MeetingInvitation, MinutesSignature
from maillage.care.models.meetings import attended_by, kept_by, naming, own_items
from maillage.care.rules.meetings import MeetingState, Withdrawal, hours_of
from maillage.kernel import access
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.people import api as people

AGENDA = "ordre du jour d’une réunion"
#: How far the first screen looks ahead.
AHEAD = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class ItemSeen:
    """An item as somebody sees it.

    `is_named`: whose case it is; `is_read`: its question, its texts and decisions; `is_open`: it may be
    discussed, that is a topic or a case that the patient agreed to, still on the agenda, and not opposed.
    """

    item: AgendaItem
    starts_at: datetime
    is_named: bool
    is_read: bool
    is_open: bool
    is_opposed: bool
    is_own: bool

    @property
    def patient(self) -> people.Patient | None:
        """Whose case it is, None where the reader may not know."""
        return self.item.patient if self.is_named else None


@dataclass(frozen=True, slots=True)
class MeetingSeen:
    """A meeting as somebody sees it: whole, or their own items alone; `keeps`: they keep it."""

    meeting: Meeting
    is_whole: bool
    keeps: bool
    items: tuple[ItemSeen, ...]

    def item(self, pk: int) -> ItemSeen | None:
        """Return the item of that key, None where the reader sees none."""
        return next((one for one in self.items if one.item.pk == pk), None)

    @property
    def starts_at(self) -> datetime:
        """When the reader is expected: the meeting's hour, or that of their first item."""
        return self.meeting.starts_at if self.is_whole or not self.items else self.items[0].starts_at

    @property
    def ends_at(self) -> datetime:
        """When the reader may leave: with the meeting, or after their last item."""
        if self.is_whole or not self.items:
            return self.meeting.ends_at
        last = self.items[-1]
        return last.starts_at + timedelta(minutes=last.item.length)


def meeting_of(person: Person, pk: int) -> Meeting | None:
    """Return the meeting of that key where `person` sees something of it, None elsewhere."""
    rows = Meeting.objects.for_person(person).select_related("scope", "organiser", "by")
    return rows.filter(pk=pk).first()


@transaction.atomic
def meeting_seen_by(person: Person, pk: int) -> MeetingSeen | None:
    """Return what `person` sees of a meeting, None where they see nothing; the files named are logged."""
    meeting = meeting_of(person, pk)
    if meeting is None:
        return None
    seen = seen_of(person, meeting)
    named = {one.patient.pk: one.patient for one in seen.items if one.patient is not None}
    if named:
        people.log_access(by=person, patients=named.values(), what="list", purpose=AGENDA)
    return seen


def seen_of(person: Person, meeting: Meeting) -> MeetingSeen:
    """Return what `person` sees of a meeting that they see; no line is left."""
    here = Meeting.objects.in_scope(meeting.scope).filter(pk=meeting.pk)
    is_whole = here.filter(Meeting.objects.whole(person)).exists()
    keeps = here.filter(kept_by(person)).exists()
    items = tuple(items_seen(person, meeting, is_whole=is_whole))
    return MeetingSeen(meeting, is_whole, keeps, items)


def items_seen(person: Person, meeting: Meeting, *, is_whole: bool) -> list[ItemSeen]:
    """Return the items that `person` sees, in order, each with what they may know of it."""
    every = list(
        AgendaItem.objects.of_meeting(meeting)
        .select_related("patient__scope", "patient__referring_doctor", "by", "agreement_by")
        .order_by("position", "pk")
    )
    lengths = [0 if one.is_withdrawn else one.length for one in every]
    hours = dict(zip((one.pk for one in every), hours_of(meeting.starts_at, lengths), strict=True))
    cases = [one.patient_id for one in every if one.patient_id is not None]
    named = _readable(person, cases, people.Part.IDENTITY)
    read = _readable(person, cases, people.Part.PLAN)
    opposed = people.opposing(cases, people.Part.PLAN) if cases else set()
    mine = set(
        AgendaItem.objects.of_meeting(meeting).filter(own_items(person)).values_list("pk", flat=True)
        if cases
        else []
    )
    return [
        _seen(person, one, hours[one.pk], named, read, opposed) for one in every if is_whole or one.pk in mine
    ]


def _readable(person: Person, patients: Sequence[int], part: people.Part) -> set[int]:
    """Return which of some patients `person` may read that part of, by the circle of care; by key."""
    if not patients:
        return set()
    rows = people.Patient._base_manager.filter(people.readable(person, part), pk__in=patients)
    return set(rows.values_list("pk", flat=True))


def _seen(
    person: Person, item: AgendaItem, at: datetime, named: set[int], read: set[int], opposed: set[int]
) -> ItemSeen:
    patient = item.patient
    if patient is None:
        return ItemSeen(item, at, False, True, not item.is_withdrawn, False, False)
    is_own = patient.account_id == person.pk
    is_opposed = patient.pk in opposed or item.withdrawal == Withdrawal.OPPOSED.value
    stands = item.agreed_at is not None and not is_opposed
    # Before the patient agrees, whoever proposed the case sees what they wrote, and nobody else.
    may_know = is_own or stands or (item.by_id == person.pk and not is_opposed)
    is_named = may_know and (is_own or patient.pk in named)
    return ItemSeen(
        item,
        at,
        is_named,
        is_named and (is_own or patient.pk in read),
        stands and not item.is_withdrawn,
        is_opposed,
        is_own,
    )


def coming(person: Person) -> list[Meeting]:
    """Return the meetings to come that `person` sees, the next first; those told cancelled are left out."""
    rows = Meeting.objects.for_person(person).filter(
        ends_at__gt=timezone.now(), state=MeetingState.PLANNED.value
    )
    return list(rows.select_related("scope", "organiser").order_by("starts_at", "pk"))


def waiting_meetings(person: Person) -> tuple[list[Meeting], list[Meeting]]:
    """Return the meetings whose minutes `person` has to sign, then the next ones, in order; one statement.

    The next are those of `AHEAD` that they called or are invited to.
    """
    now = timezone.now()
    soon = attended_by(person) & Q(ends_at__gt=now, starts_at__lt=now + AHEAD)
    rows = Meeting.objects.seen_as(kept_by(person) & _unsigned(now) | soon)
    rows = rows.filter(state=MeetingState.PLANNED.value).select_related("scope")
    found = list(rows.order_by("starts_at", "pk"))
    return [one for one in found if one.ends_at <= now], [one for one in found if one.ends_at > now]


def own_items_coming(person: Person) -> list[AgendaItem]:
    """Return the items to come about `person`, or to which alone they are invited; three statements."""
    rows = AgendaItem.objects.own(person).filter(
        meeting__ends_at__gt=timezone.now(),
        meeting__state=MeetingState.PLANNED.value,
        withdrawn_at=None,
    )
    return list(rows.select_related("meeting__scope").order_by("meeting__starts_at", "position", "pk"))


def past(person: Person, limit: int = 30) -> list[Meeting]:
    """Return the meetings over or cancelled that `person` sees, the latest first."""
    rows = Meeting.objects.for_person(person).exclude(
        ends_at__gt=timezone.now(), state=MeetingState.PLANNED.value
    )
    return list(rows.select_related("scope", "organiser").order_by("-starts_at", "-pk")[:limit])


def minutes_waiting(person: Person) -> list[Meeting]:
    """Return the meetings over whose minutes wait for the signature of who keeps them, the oldest first."""
    rows = Meeting.objects.seen_as(kept_by(person) & _unsigned(timezone.now()))
    rows = rows.filter(state=MeetingState.PLANNED.value)
    return list(rows.select_related("scope").order_by("starts_at", "pk"))


def _unsigned(now: datetime) -> Q:
    """Return the condition « over, and its minutes were never signed »."""
    signed = MinutesSignature._base_manager.filter(meeting=OuterRef("pk"))
    return Q(~Exists(signed), ends_at__lte=now)


def invitations_of(meeting: Meeting) -> list[MeetingInvitation]:
    """Return who is invited to a meeting read in scope, whole ones first."""
    rows = MeetingInvitation.objects.of_meeting(meeting).filter(withdrawn_at=None)
    found = list(rows.select_related("professional__account", "structure", "person", "item"))
    return sorted(found, key=lambda one: (one.item_id is not None, one.holder_name, one.pk))


def own_invitation(person: Person, meeting: Meeting) -> MeetingInvitation | None:
    """Return the invitation to a meeting that names `person` or their sheet, None without one."""
    rows = MeetingInvitation.objects.of_meeting(meeting).filter(
        naming(person), withdrawn_at=None, structure=None
    )
    return rows.order_by("pk").first()


def account_of(one: MeetingInvitation) -> Person | None:
    """Return the account that an invitation reaches, None for a structure or who has none."""
    return one.person or (one.professional.account if one.professional else None)


def is_of_scope(who: people.Named, meeting: Meeting) -> bool:
    """Return whether somebody works in the scope of a meeting today, by a role of their account."""
    account = who if isinstance(who, Person) else getattr(who, "account", None)
    return account is not None and access.may(account, Permission.BOOK_APPOINTMENT, meeting.scope)


def cases_of(patient: people.Patient) -> list[AgendaItem]:
    """Return the items about a patient who was read in scope, the latest meeting first; none withdrawn."""
    rows = AgendaItem.objects.of_patient(patient).filter(withdrawn_at=None, agreed_at__isnull=False)
    rows = rows.exclude(meeting__state=MeetingState.CANCELLED.value)
    return list(rows.select_related("meeting__scope").order_by("-meeting__starts_at", "-pk"))


def said_number(position: int) -> str:
    """Return how a case is called by those who may not know whose it is."""
    return _("Situation {number}").format(number=position)


def patients_named(seen: Iterable[ItemSeen]) -> list[people.Patient]:
    """Return the patients whose name a reader sees, each once."""
    found = {one.patient.pk: one.patient for one in seen if one.patient is not None}
    return list(found.values())
