"""What came of a meeting: who was there, what was said, decided, and the signature of the organiser."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care.actions.meeting_items import open_item
from maillage.care.actions.meetings import locked, locked_kept, record, require_standing
from maillage.care.actions.tasks import Owner, named, open_task
from maillage.care.models import (
    AgendaItem,
    Attendance,
    Meeting,
    MeetingDecision,
    MinutesSignature,
    MinutesText,
)
from maillage.care.queries.meeting_minutes import (
    attendances_of,
    digest_of,
    signatures_of,
    text_of,
    texts_of,
)
from maillage.care.queries.meetings import seen_of
from maillage.care.rules.meetings import LONGEST
from maillage.care.rules.tasks import TaskOrigin
from maillage.exchange import api as exchange
from maillage.kernel import access, clock, databases, journal
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before, made_meanwhile, same_write

LONGEST_TEXT = 8000


@dataclass(frozen=True, slots=True)
class Presence:
    """How long somebody was there; `rate`: € an hour, None where it is not given, kept where it was."""

    who: Owner
    minutes: int
    is_paid: bool = False
    rate: Decimal | None = None


@transaction.atomic
def record_attendance(*, by: Person, meeting: Meeting, lines: Iterable[Presence]) -> list[Attendance]:
    """Write how long each was there; written again, the last word stands. For who keeps the meeting.

    A rate is written by who keeps the meetings of the scope, who pays. Raises PermissionDenied,
    ValidationError.
    """
    row = locked_kept(by, meeting)
    require_standing(row)
    if not row.has_begun:
        raise ValidationError(_("La réunion n’a pas commencé : personne n’y est encore."))
    pays = access.may(by, Permission.MANAGE_MEETINGS, row.scope)
    written = []
    for line in lines:
        if not 0 <= line.minutes <= LONGEST:
            raise ValidationError(_("Une présence compte de 0 à {most} minutes.").format(most=LONGEST))
        if line.rate is not None and (line.rate < 0 or line.rate >= Decimal(100_000)):
            raise ValidationError(_("L’indemnité d’une heure est un montant positif."))
        holder = named(line.who)
        same = {"professional": None, "person": None} | holder
        known = Attendance.objects.of_meeting(row).filter(**same).first()
        one = known or Attendance(meeting=row, by=by, **holder)
        before = (one.minutes, one.is_paid, one.hourly_rate)
        one.minutes, one.is_paid = line.minutes, line.is_paid and line.minutes > 0
        if pays:
            one.hourly_rate = line.rate if one.is_paid else None
        if known is None or before != (one.minutes, one.is_paid, one.hourly_rate):
            one.by, one.at = by, timezone.now()
            one.save()
            written.append(one)
    if written:
        record(by, "care.attendance_recorded", row, {"rows": len(written)})
    return written


@transaction.atomic
def write_minutes(
    *, by: Person, meeting: Meeting, text: str, base: int, item: AgendaItem | None = None
) -> MinutesText:
    """Write what was said, on an item or on the whole, having read up to version `base`.

    Somebody wrote meanwhile: both texts are kept, until one who has read both writes over them. The same
    text again is the same version. Raises PermissionDenied, ValidationError.
    """
    row = locked(meeting)
    require_standing(row)
    if item is not None:
        open_item(by, item, writes=True)
    elif not seen_of(by, row).is_whole:
        raise PermissionDenied(_("Vous ne voyez pas cette réunion."))
    if not row.has_begun:
        raise ValidationError(_("La réunion n’a pas commencé : il n’y a rien à rapporter."))
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise ValidationError(_("Écrivez ce qui a été dit."))
    if len(said) > LONGEST_TEXT:
        raise ValidationError(_("Ce texte dépasse 8 000 caractères : résumez-le."))
    known = text_of(row, item)
    for one in known.standing:
        if one.text == said and not known.is_parted:
            return one
    # A second click sends the same from the same reading.
    again = next((one for one in known.versions if one.by_id == by.pk and one.text == said), None)
    if again is not None and again.base == base and again in known.standing:
        return again
    version = MinutesText.objects.create(
        meeting=row,
        item=item,
        by=by,
        number=known.number + 1,
        base=max(0, min(base, known.number)),
        text=said,
    )
    record(by, "care.minutes_written", version, {"number": [known.number, version.number]})
    return version


@transaction.atomic
def decide(
    *,
    by: Person,
    item: AgendaItem,
    text: str,
    key: str,
    owner: Owner | None = None,
    due_on: date | None = None,
) -> MeetingDecision:
    """Write what is decided on an item; with an `owner`, it is their task, due by the end of `due_on`.

    The same `key` of `by` again returns the first. Raises PermissionDenied, ValidationError, also where the
    owner does not read the plan of the patient.
    """
    meeting = locked(item.meeting)
    require_standing(meeting)
    known = made_before(MeetingDecision, by=by, key=key)
    if known is not None:
        return same_write(known, is_same=known.item_id == item.pk)
    seen = open_item(by, item, writes=True)
    if not meeting.has_begun:
        raise ValidationError(_("La réunion n’a pas commencé : rien n’est encore décidé."))
    said = " ".join(text.split())
    if not said:
        raise ValidationError(_("Écrivez ce qui est décidé."))
    if len(said) > 200:
        raise ValidationError(_("Une décision tient en 200 caractères : le reste va dans le compte rendu."))
    if due_on is not None and owner is None:
        raise ValidationError(_("Dites qui s’en charge : une échéance seule ne prévient personne."))
    decision = MeetingDecision(key=key, by=by, at=timezone.now(), item=item, text=said)
    if not databases.insert_new([decision], unique=["by", "key"]):
        return made_meanwhile(MeetingDecision, by=by, key=key)
    if owner is not None:
        decision.task = open_task(
            by=by,
            scope=meeting.scope,
            owner=owner,
            title=said,
            key=f"decision-{decision.pk}",
            patient=seen.item.patient,
            due_at=None if due_on is None else _end_of(due_on, meeting),
            origin=TaskOrigin.MEETING,
            source=journal.target_of(item),
        )
        decision.save(update_fields=["task"])
    record(by, "care.decided", decision, {"task": [None, decision.task_id]}, meeting)
    return decision


@transaction.atomic
def sign_minutes(*, by: Person, meeting: Meeting, digest: str) -> MinutesSignature:
    """Sign the minutes as the organiser read them (`digest`), and tell everybody who was there.

    Signed as they stand already, nothing changes. Raises PermissionDenied; ValidationError where they
    changed since they were read, where two texts wait to be brought together, or nobody was there.
    """
    row = locked(meeting)
    if row.organiser_id != by.pk or not access.may(by, Permission.BOOK_APPOINTMENT, row.scope):
        raise PermissionDenied(_("Le compte rendu est signé par qui organise la réunion."))
    require_standing(row)
    if not row.is_over:
        raise ValidationError(_("La réunion n’est pas finie."))
    now_digest, signed = digest_of(row), signatures_of(row)
    if signed and signed[-1].digest == now_digest:
        return signed[-1]
    if digest != now_digest:
        raise ValidationError(_("Le compte rendu a changé depuis que vous l’avez lu : relisez-le."))
    if any(one.is_parted for one in texts_of(row).values()):
        raise ValidationError(_("Deux textes ont été écrits en même temps : réunissez-les avant de signer."))
    present = [one for one in attendances_of(row) if one.minutes]
    if not present:
        raise ValidationError(_("Notez d’abord qui était présent."))
    signature = MinutesSignature.objects.create(meeting=row, by=by, number=len(signed) + 1, digest=now_digest)
    for one in present:
        account = one.person or (one.professional.account if one.professional else None)
        if account is None or account.pk != by.pk:
            exchange.notify(
                by=by,
                to=one.who,
                template=exchange.Template.MINUTES_SIGNED,
                parameters=exchange.Parameters(day=row.held_on),
                key=f"minutes-{signature.pk}-{one.pk}",
                scope=row.scope,
                path=reverse("care:meeting", args=[row.pk]),
                subject=journal.target_of(signature),
            )
    record(by, "care.minutes_signed", signature, {"number": [len(signed), signature.number]})
    return signature


def _end_of(day: date, meeting: Meeting) -> datetime:
    """Return the last minute of a day in the scope of a meeting. Raises ValidationError for a day gone."""
    if day < clock.today(meeting.scope):
        raise ValidationError(_("Cette échéance est déjà passée."))
    return clock.bounds(day, meeting.scope)[1].astimezone(UTC) - timedelta(minutes=1)
