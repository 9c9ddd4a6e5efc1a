"""A resident gets worse: signs first, the desk, the doctor's advice, how it ended, what peers said of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda import api as agenda
from maillage.care.actions.homes import require_staff
from maillage.care.models import AcuteEvent, PeerReview, Stay, Transfer
from maillage.care.models.acute_events import TOLD_LABELS
from maillage.care.rules.transfers import Decider, Ending, Judgement
from maillage.directory.api import StructureKind
from maillage.kernel import journal
from maillage.kernel.formats import in_language
from maillage.kernel.models import Person
from maillage.kernel.phones import read_phone
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before
from maillage.orientation import api as orientation
from maillage.people import api as people


def vital_signs() -> dict[str, str]:
    """Return the keys of the signs that are asked first (rule `care.vital_signs`), with their words."""
    return {one["key"]: in_language(one["text"], one["text_en"]) for one in rule("care.vital_signs").value}


@transaction.atomic
def report_event(*, by: Person, stay: Stay, key: str, reason: str, signs: Collection[str] = ()) -> AcuteEvent:
    """Note that a resident gets worse, and which signs that engage life are there; the same `key`, once.

    Raises PermissionDenied, ValidationError without a word of what happens where no sign is there.
    """
    require_carer(by, stay)
    known = made_before(AcuteEvent, by=by, key=key)
    if known is not None:
        return known
    asked = vital_signs()
    found = [one for one in asked if one in signs]
    said = " ".join(reason.split())[:500]
    if not said and not found:
        raise ValidationError({"reason": _("Dites en une phrase ce qui se passe.")})
    event = AcuteEvent.objects.create(
        key=key, stay=stay, by=by, reason=said or ", ".join(asked[one] for one in found)[:500], signs=found
    )
    _record(by, "care.event_reported", event, {"vital": bool(found)})
    return event


@transaction.atomic
def call_desk(*, by: Person, event: AcuteEvent, phone: str) -> orientation.Request:
    """Ask the desk for the on-call doctor, the resident named; asked already, the same request.

    Raises PermissionDenied; ValidationError where a sign engages life: it is for the 15, and nothing else.
    """
    row = _locked(by, event)
    if row.request is not None:
        return row.request
    if row.is_vital:
        raise ValidationError(_("Un signe engage la vie : appelez le 15."))
    patient, home = row.stay.patient, row.stay.home
    place = f"{home.name}, {_('chambre {room}').format(room=row.stay.room)}" if row.stay.room else home.name
    row.request = orientation.send_request(
        by=by,
        scope=patient.scope,
        key=f"home-{row.pk}",
        home=home.pk,
        values={
            "patient": patient,
            "said_last_name": patient.used_name or patient.birth_name,
            "said_first_name": patient.used_first_name or patient.birth_first_names,
            "said_birth_date": patient.birth_date,
            "commune": home.commune,
            "place": place[:200],
            "complaint": row.reason,
            "caller_phone": read_phone(phone),
        },
    )
    row.save(update_fields=["request"])
    return row.request


@transaction.atomic
def note_advice(*, by: Person, event: AcuteEvent, doctor: str, text: str) -> AcuteEvent:
    """Keep what a doctor advised, in their name, as whoever heard it wrote it down.

    Raises PermissionDenied, ValidationError.
    """
    row = _locked(by, event)
    if not doctor.strip() or not text.strip():
        raise ValidationError(_("Notez qui a conseillé, et quoi."))
    row.advised_by, row.advice, row.advised_at = doctor.strip()[:120], text.strip()[:1000], timezone.now()
    row.save(update_fields=["advised_by", "advice", "advised_at"])
    _record(by, "care.advice_noted", row, {})
    return row


@transaction.atomic
def end_event(
    *,
    by: Person,
    event: AcuteEvent,
    ending: Ending,
    decider: Decider,
    destination: str = "",
    with_sheet: bool | None = None,
) -> AcuteEvent:
    """Note how an event ended and who decided it; a transfer leaves now, with its sheet or not.

    Ended already, nothing changes. Raises PermissionDenied; ValidationError where the 15 alone decides.
    """
    row = _locked(by, event)
    if row.ending:
        return row
    if row.is_vital and decider is not Decider.SAMU:
        raise ValidationError(_("Un signe engage la vie : c’est le 15 qui décide."))
    now = timezone.now()
    row.ending, row.decider, row.ended_at, row.ended_by = ending.value, decider.value, now, by
    row.save(update_fields=["ending", "decider", "ended_at", "ended_by"])
    if ending is Ending.TRANSFERRED:
        Transfer.objects.create(
            event=row,
            left_at=now,
            destination=destination.strip()[:120],
            with_call=decider is Decider.SAMU or row.request_id is not None or bool(row.advice),
            with_sheet=with_sheet,
        )
    _record(by, "care.event_ended", row, {"ending": [None, row.ending]})
    return row


@transaction.atomic
def come_back(
    *,
    by: Person,
    event: AcuteEvent,
    at: datetime,
    is_admitted: bool,
    summary: str = "",
    medicines: str = "",
) -> Transfer:
    """Note that a resident came back, whether they were admitted, and their treatments as they now are.

    Raises PermissionDenied; ValidationError for an hour before they left or to come, or without treatments.
    """
    row = _locked(by, event)
    transfer = Transfer.objects.of_event(row).select_for_update().first()
    if transfer is None:
        raise ValidationError(_("Cette personne n’est pas partie."))
    if not transfer.left_at <= at <= timezone.now():
        raise ValidationError({"at": _("Le retour est après le départ, et pas à venir.")})
    if not medicines.strip():
        raise ValidationError(
            {"medicines": _("Recopiez les traitements au retour, ou écrivez « sans changement ».")}
        )
    transfer.returned_at, transfer.is_admitted = at, is_admitted
    transfer.summary, transfer.medicines = summary.strip()[:1000], medicines.strip()[:1000]
    transfer.save()
    _record(by, "care.resident_returned", row, {"admitted": is_admitted})
    return transfer


def mobile_slots(by: Person, start: datetime, end: datetime) -> list[agenda.Slot]:
    """Return the free slots of mobile geriatric teams between two instants that `by` may book."""
    mobile = agenda.free_slots(by, start, end).filter(
        agenda__professional__memberships__structure__kind=StructureKind.MOBILE_TEAM.value
    )
    return list(mobile.order_by("starts_at").distinct())


@transaction.atomic
def book_visit(*, by: Person, event: AcuteEvent, slot: agenda.Slot) -> AcuteEvent:
    """Book a visit of the mobile team for the resident; booked already, nothing changes.

    Raises PermissionDenied, `agenda.BookingRefusedError`.
    """
    row = _locked(by, event)
    if row.appointment_id is not None:
        return row
    row.appointment = agenda.book(
        by=by, slot=slot, patient=row.stay.patient, key=f"care-event-{row.pk}-{slot.pk}"
    )
    row.save(update_fields=["appointment"])
    _record(by, "care.visit_booked", row, {"appointment": row.appointment_id})
    return row


@transaction.atomic
def tell_relative(*, by: Person, event: AcuteEvent, outcome: str) -> AcuteEvent:
    """Note what came of the call to the relative. Raises PermissionDenied, ValidationError."""
    row = _locked(by, event)
    if outcome not in TOLD_LABELS:
        raise ValidationError(_("Dites ce que l’appel a donné."))
    row.told, row.told_at = outcome, timezone.now()
    row.save(update_fields=["told", "told_at"])
    _record(by, "care.relative_told", row, {"told": outcome})
    return row


@transaction.atomic
def review_event(
    *, by: Person, event: AcuteEvent, judgement: Judgement, attended: str, text: str = ""
) -> PeerReview:
    """Keep what peers said of an event at a meeting; written again, it takes the place of the first.

    Raises PermissionDenied; ValidationError before it ended, or without who attended.
    """
    row = _locked(by, event)
    if not row.ending:
        raise ValidationError(_("Notez d’abord comment cela s’est terminé."))
    if not attended.strip():
        raise ValidationError({"attended": _("Dites qui était présent : un avis se donne à plusieurs.")})
    review, _is_new = PeerReview.objects.of_event(row).update_or_create(
        event=row,
        defaults={
            "judgement": judgement.value,
            "attended": attended.strip()[:300],
            "text": text.strip()[:1000],
            "by": by,
            "at": timezone.now(),
        },
    )
    _record(by, "care.event_reviewed", row, {})
    return review


def require_carer(by: Person, stay: Stay) -> None:
    """Raise PermissionDenied unless `by` works in the home of a stay and reads the resident's card."""
    require_staff(by, stay.home)
    if stay.until is not None or not people.decision(by, stay.patient, people.Part.CRISIS).is_allowed:
        raise PermissionDenied(
            _("Le dossier de cette personne ne vous est pas ouvert : en urgence, appelez le 15.")
        )


def _locked(by: Person, event: AcuteEvent) -> AcuteEvent:
    row = (
        AcuteEvent.objects.locked(event.pk)
        .select_related("stay__patient__scope", "stay__home__commune")
        .get()
    )
    require_carer(by, row.stay)
    return row


def _record(by: Person, verb: str, row: AcuteEvent, changes: dict[str, Any]) -> None:
    target = journal.target_of(row)
    journal.record(by=by, verb=verb, target=target, changes=changes, scope=row.stay.patient.scope_id)
