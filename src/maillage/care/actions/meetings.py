"""Calling a meeting, moving or cancelling it, asking people to come, answering: each is safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care.models import AgendaItem, Meeting, MeetingInvitation
from maillage.care.models.meetings import attended_by, kept_by
from maillage.care.queries.meeting_minutes import signatures_of
from maillage.care.queries.meetings import account_of, is_of_scope, items_seen, own_invitation
from maillage.care.rules.meetings import LONGEST, SHORTEST, Answer, MeetingKind, MeetingState, ends_at
from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.kernel import access, databases, journal
from maillage.kernel.models import Person, Scope
from maillage.kernel.parameters import is_in_reach
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before, made_meanwhile, same_write
from maillage.people import api as people

_https = URLValidator(schemes=["https"])


@transaction.atomic
def call_meeting(
    *,
    by: Person,
    scope: Scope,
    kind: MeetingKind,
    starts_at: datetime,
    length: int,
    key: str,
    place: str = "",
    video_url: str = "",
) -> Meeting:
    """Call a meeting of a scope where `by` works, who keeps it; `length` in minutes.

    The same `key` of `by` again returns the first. Raises PermissionDenied, ValidationError.
    """
    access.require(by, Permission.BOOK_APPOINTMENT, scope)
    known = made_before(Meeting, by=by, key=key)
    if known is not None:
        return _same(known, scope)
    if starts_at <= timezone.now():
        raise ValidationError(_("Cette heure est déjà passée : donnez-en une à venir."))
    meeting = Meeting(
        key=key,
        by=by,
        at=timezone.now(),
        scope=scope,
        kind=kind.value,
        starts_at=starts_at,
        ends_at=_end(starts_at, length),
        organiser=by,
        **_where(place, video_url),
    )
    if not databases.insert_new([meeting], unique=["by", "key"]):  # the same, at the same moment
        return _same(made_meanwhile(Meeting, by=by, key=key), scope)
    record(by, "care.meeting_called", meeting, {"starts_at": [None, starts_at], "kind": [None, kind.value]})
    return meeting


@transaction.atomic
def change_meeting(
    *, by: Person, meeting: Meeting, starts_at: datetime, length: int, place: str = "", video_url: str = ""
) -> Meeting:
    """Change when and where a meeting to come is held; everybody invited is told of another hour.

    Unchanged, nothing is written. Raises PermissionDenied unless `by` keeps it, ValidationError.
    """
    row = locked_kept(by, meeting)
    require_standing(row)
    if row.has_begun:
        raise ValidationError(_("Cette réunion a commencé : son heure ne change plus."))
    if starts_at <= timezone.now():
        raise ValidationError(_("Cette heure est déjà passée : donnez-en une à venir."))
    values = {"starts_at": starts_at, "ends_at": _end(starts_at, length), **_where(place, video_url)}
    changes = {name: [getattr(row, name), new] for name, new in values.items() if getattr(row, name) != new}
    if not changes:
        return row
    before = row.starts_at
    for name, new in values.items():
        setattr(row, name, new)
    row.sequence += 1
    row.save(update_fields=[*values, "sequence"])
    if before != starts_at:
        for one in _invited(row):
            _tell_moved(row, one, before, by)
    # An address opens a room: the journal says that it changed, not what it is.
    said = {name: pair for name, pair in changes.items() if name in {"starts_at", "ends_at"}}
    record(by, "care.meeting_changed", row, said)
    return row


@transaction.atomic
def cancel_meeting(*, by: Person, meeting: Meeting, reason: str = "") -> Meeting:
    """Cancel a meeting, told to everybody invited; again, nothing changes.

    One that was held as planned but whose minutes are signed stays. Raises as `change_meeting`.
    """
    row = locked_kept(by, meeting)
    if row.is_cancelled:
        return row
    if signatures_of(row):
        raise ValidationError(_("Le compte rendu est signé : cette réunion a eu lieu."))
    row.state, row.why_cancelled = MeetingState.CANCELLED.value, reason.strip()[:200]
    row.sequence += 1
    row.save(update_fields=["state", "why_cancelled", "sequence"])
    exchange.withdraw(subjects=[journal.target_of(row)])
    if not row.has_begun:
        for one in _invited(row):
            _tell(row, one, exchange.Template.MEETING_CANCELLED, by, when=_hour_of(row, one))
    record(by, "care.meeting_cancelled", row, {"state": [MeetingState.PLANNED.value, row.state]})
    return row


@transaction.atomic
def take_over_meeting(*, by: Person, meeting: Meeting) -> Meeting:
    """Become who organises a meeting of a scope whose meetings one keeps: its organiser may have left.

    Raises PermissionDenied.
    """
    access.require(by, Permission.MANAGE_MEETINGS, meeting.scope)
    row = locked_kept(by, meeting)
    if row.organiser_id != by.pk:
        before = row.organiser_id
        row.organiser = by
        row.sequence += 1
        row.save(update_fields=["organiser", "sequence"])
        record(by, "care.meeting_taken_over", row, {"organiser": [before, by.pk]})
    return row


@transaction.atomic
def invite(
    *, by: Person, meeting: Meeting, who: people.Named, item: AgendaItem | None = None
) -> MeetingInvitation:
    """Ask somebody to come: to the whole, or a carer to one case alone. Invited already, nothing changes.

    A case is opened to a carer whom the circle lets know whose it is, or to the patient. Raises
    PermissionDenied unless `by` keeps the meeting, or reads the case; ValidationError.
    """
    row = _locked_for_item(by, meeting, item) if item is not None else locked_kept(by, meeting)
    require_standing(row)
    if row.is_over:
        raise ValidationError(_("Cette réunion est passée."))
    if item is not None:
        _require_close(who, item)
    fields = people.named_fields(who)
    same = {"professional": None, "structure": None, "person": None} | fields
    rows = MeetingInvitation.objects.of_meeting(row).filter(withdrawn_at=None, item=item, **same)
    if (known := rows.first()) is not None:
        return known
    made = MeetingInvitation.objects.create(
        meeting=row, item=item, by=by, is_of_scope=is_of_scope(who, row), **fields
    )
    _tell(row, made, exchange.Template.MEETING_CALLED, by, when=_hour_of(row, made))
    record(by, "care.meeting_invited", made, {"item": [None, item.pk if item else None]})
    return made


@transaction.atomic
def withdraw_invitation(*, by: Person, invitation: MeetingInvitation) -> MeetingInvitation:
    """Ask somebody no more, at once; again, nothing changes. Raises PermissionDenied."""
    meeting = invitation.meeting
    if invitation.item is not None:
        _locked_for_item(by, meeting, invitation.item)
    else:
        locked_kept(by, meeting)
    row = MeetingInvitation.objects.of_meeting(meeting).select_for_update(of=("self",)).get(pk=invitation.pk)
    if row.withdrawn_at is None:
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        record(by, "care.meeting_uninvited", row, {})
    return row


@transaction.atomic
def answer_invitation(*, by: Person, meeting: Meeting, answer: Answer) -> MeetingInvitation:
    """Say whether one comes; another answer replaces it. Raises PermissionDenied, ValidationError.

    Somebody of an invited structure answers in their own name.
    """
    if not Meeting.objects.for_person(by).filter(pk=meeting.pk).exists():
        raise PermissionDenied(_("Vous ne voyez pas cette réunion."))
    row = locked(meeting)
    require_standing(row)
    if row.is_over:
        raise ValidationError(_("Cette réunion est passée."))
    mine = own_invitation(by, row)
    if mine is None:
        if not Meeting.objects.in_scope(row.scope).filter(attended_by(by), pk=row.pk).exists():
            raise PermissionDenied(_("Vous n’êtes pas invité à cette réunion."))
        mine = MeetingInvitation(
            meeting=row, by=by, is_of_scope=is_of_scope(by, row), **people.named_fields(by)
        )
    if mine.answer != answer.value or mine.pk is None:
        before = mine.answer
        mine.answer, mine.answered_at = answer.value, timezone.now()
        mine.save()
        record(by, "care.meeting_answered", mine, {"answer": [before, answer.value]})
    return mine


def locked(meeting: Meeting) -> Meeting:
    """Return the row of a meeting, locked until the transaction ends: what it holds is written in turn."""
    rows = Meeting.objects.in_scope(meeting.scope).select_related("scope", "organiser")
    return rows.select_for_update(of=("self",)).get(pk=meeting.pk)


def locked_kept(by: Person, meeting: Meeting) -> Meeting:
    """Return the row of a meeting that `by` keeps, locked. Raises PermissionDenied."""
    row = locked(meeting)
    if not Meeting.objects.in_scope(row.scope).filter(kept_by(by), pk=row.pk).exists():
        raise PermissionDenied(_("Seul qui organise cette réunion peut le faire."))
    return row


def require_standing(meeting: Meeting) -> None:
    """Raise ValidationError where a meeting was cancelled: a page still open may ask."""
    if meeting.is_cancelled:
        raise ValidationError(_("Cette réunion est annulée."))


def record(by: Person, verb: str, row: Any, changes: dict[str, Any], meeting: Meeting | None = None) -> None:
    """Write a line of the journal in the chain of the meeting's scope."""
    of = meeting or getattr(row, "meeting", None) or row
    journal.record(by=by, verb=verb, target=journal.target_of(row), changes=changes, scope=of.scope_id)


def _same(known: Meeting, scope: Scope) -> Meeting:
    return same_write(known, is_same=known.scope_id == scope.pk)


def _end(starts_at: datetime, length: int) -> datetime:
    if not SHORTEST <= length <= LONGEST:
        raise ValidationError(
            _("Une réunion dure de {shortest} minutes à {hours} heures.").format(
                shortest=SHORTEST, hours=LONGEST // 60
            )
        )
    end = ends_at(starts_at, length)
    if not is_in_reach(end.date()):
        raise ValidationError(_("Cette date est hors d’atteinte."))
    return end


def _where(place: str, video_url: str) -> dict[str, str]:
    """Return the place and the address of a meeting. Raises ValidationError for another than « https »."""
    said, address = " ".join(place.split())[:200], video_url.strip()
    if not said and not address:
        raise ValidationError(_("Donnez un lieu, ou un lien de visioconférence."))
    if address:
        try:
            _https(address)
        except ValidationError as error:
            raise ValidationError(
                _("Le lien de visioconférence commence par https:// et mène à une salle.")
            ) from error
        if "@" in address.split("/")[2]:
            raise ValidationError(_("Ce lien contient un nom et un mot de passe : donnez-en un autre."))
    return {"place": said, "video_url": address}


def _locked_for_item(by: Person, meeting: Meeting, item: AgendaItem) -> Meeting:
    """Return the meeting of a case, locked, for who keeps it or may speak of the case."""
    row = locked(meeting)
    if item.meeting_id != row.pk or item.patient is None or item.is_withdrawn:
        raise ValidationError(_("Ce point n’est plus à l’ordre du jour."))
    if not Meeting.objects.in_scope(row.scope).filter(kept_by(by), pk=row.pk).exists():
        seen = Meeting.objects.in_scope(row.scope).filter(Meeting.objects.whole(by), pk=row.pk).exists()
        if not seen or not people.decision(by, item.patient, people.Part.CIRCLE).is_allowed:
            raise PermissionDenied(_("Seule l’équipe de soins de cette personne peut le faire."))
    return row


def _require_close(who: people.Named, item: AgendaItem) -> None:
    """Raise ValidationError unless somebody is the patient of a case or a carer who may know whose it is."""
    assert item.patient is not None
    if item.agreed_at is None:
        raise ValidationError(_("Notez d’abord l’accord de la personne."))
    knows = isinstance(who, Person) and people.decision(who, item.patient, people.Part.IDENTITY).is_allowed
    if not knows:
        raise ValidationError(
            _("{name} n’est pas un aidant à qui la personne a ouvert son dossier.").format(name=who)
        )


def _invited(meeting: Meeting) -> Iterable[MeetingInvitation]:
    rows = MeetingInvitation.objects.of_meeting(meeting).filter(withdrawn_at=None)
    return rows.exclude(answer=Answer.DECLINED.value).select_related(
        "professional__account", "structure", "person", "item__patient"
    )


def _hour_of(meeting: Meeting, one: MeetingInvitation) -> datetime:
    """Return when somebody is expected: with the meeting, or at the hour of their item alone."""
    account = account_of(one)
    if one.item_id is None or account is None:
        return meeting.starts_at
    seen = items_seen(account, meeting, is_whole=False)
    return next((it.starts_at for it in seen if it.item.pk == one.item_id), meeting.starts_at)


def _tell_moved(meeting: Meeting, one: MeetingInvitation, before: datetime, by: Person) -> None:
    """Tell of another hour; an answer given for the former one is asked again."""
    if one.answer:
        one.answer, one.answered_at = Answer.NONE.value, None
        one.save(update_fields=["answer", "answered_at"])
    when = _hour_of(meeting, one)
    previous = before + (when - meeting.starts_at)
    _tell(meeting, one, exchange.Template.MEETING_MOVED, by, when=when, previous=previous)


def _tell(
    meeting: Meeting,
    one: MeetingInvitation,
    template: exchange.Template,
    by: Person,
    when: datetime,
    previous: datetime | None = None,
) -> None:
    """Tell who is invited, or the staff of today of who is: no patient, no word of what it is about."""
    told: list[exchange.Recipient] = []
    if one.structure is not None:
        told = [member.professional for member in directory.team_of(one.structure)]
    elif (who := one.person or one.professional) is not None:
        told = [who]
    for each in told:
        account = each if isinstance(each, Person) else getattr(each, "account", None)
        if account is not None and account.pk == by.pk:
            continue
        exchange.notify(
            by=by,
            to=each,
            template=template,
            parameters=exchange.Parameters(when=when, previous=previous),
            key=f"meeting-{one.pk}-{each._meta.model_name}-{each.pk}-{meeting.sequence}",
            scope=meeting.scope,
            path=reverse("care:meeting", args=[meeting.pk]),
            not_after=meeting.ends_at,
            subject=journal.target_of(meeting),
        )
