"""A remote consultation as it goes: somebody waits, is let in, is checked, is called instead, and it ends."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda import api as agenda
from maillage.exchange import api as exchange
from maillage.kernel import databases, journal, outbox
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.telehealth.models import Session
from maillage.telehealth.queries.sessions import WAITING_PAGE, appointment_of, door_of
from maillage.telehealth.rules.sessions import CARED_FOR, Beside, Door, Met, Outcome, Stage, lacks

#: What an ending says of the appointment in the agenda; nothing where the person was neither seen nor absent.
_STATES = {
    **dict.fromkeys(CARED_FOR, agenda.State.HONOURED),
    Outcome.EMERGENCY: agenda.State.HONOURED,
    Outcome.ABSENT: agenda.State.NOT_HONOURED,
}


@transaction.atomic
def arrive(
    *,
    appointment: agenda.Appointment,
    signs: Collection[str] = (),
    none_said: bool = False,
    beside: Beside | None = None,
    beside_name: str = "",
) -> Session:
    """Note that the person waits, once; a vital sign said then or later is kept, and is for the 15.

    Whoever holds the link, or reads the appointment, says it: the page has checked. Raises ValidationError
    where the signs were not looked for, or where the door is not open.
    """
    if door_of(appointment) is not Door.OPEN:
        raise ValidationError(_("La salle d’attente n’est pas ouverte à cette heure."))
    known = {one["code"] for one in rule("people.signals.vital_signs").value}
    if not set(signs) <= known:
        raise ValidationError(_("L’un des signes n’est pas connu : rechargez la page."))
    if not signs and not none_said:
        raise ValidationError(_("Regardez d’abord les signes graves, et dites qu’aucun n’est là."))
    row = _locked(appointment)
    if row.stage is Stage.ENDED:
        return row
    before = (row.waiting_since, list(row.signs))
    row.waiting_since = row.waiting_since or timezone.now()
    row.signs = sorted({*row.signs, *signs})
    if beside is not None:
        row.beside, row.beside_name = beside.value, " ".join(beside_name.split())[:80]
    row.save()
    if before != (row.waiting_since, row.signs):
        _record(None, "telehealth.session_waiting", row)
    return row


@transaction.atomic
def admit(*, by: Person, appointment: agenda.Appointment) -> Session:
    """Let the person into the room; again, nothing changes. Raises PermissionDenied, ValidationError."""
    row = _hosted(by, appointment)
    if row.admitted_at is None and row.stage is not Stage.ENDED:
        row.admitted_at = timezone.now()
        row.save(update_fields=["admitted_at"])
        _record(by, "telehealth.session_admitted", row)
    return row


@transaction.atomic
def check(
    *,
    by: Person,
    appointment: agenda.Appointment,
    is_identified: bool,
    has_agreed: bool,
    place: str,
    beside: Beside,
    beside_name: str = "",
    conditions: Mapping[str, Met] | None = None,
) -> Session:
    """Keep the presence check: identity, agreement, where the person is, who is beside them, the conditions.

    Raises PermissionDenied; ValidationError once it has ended.
    """
    row = _hosted(by, appointment)
    if row.stage is Stage.ENDED:
        raise ValidationError(_("Cette téléconsultation est finie."))
    codes = {one["code"] for one in rule("telehealth.sessions.conditions").value}
    row.is_identified, row.has_agreed = is_identified, has_agreed
    row.place = " ".join(place.split())[:120]
    row.beside, row.beside_name = beside.value, " ".join(beside_name.split())[:80]
    row.conditions = {code: met.value for code, met in (conditions or {}).items() if code in codes}
    row.checked_by, row.checked_at = by, timezone.now()
    row.save()
    _record(by, "telehealth.session_checked", row)
    return row


@transaction.atomic
def turn_to_phone(*, by: Person, appointment: agenda.Appointment) -> Session:
    """Note that the video failed and that the person is called; again, nothing changes. Raises as `check`."""
    row = _hosted(by, appointment)
    if row.stage is Stage.ENDED:
        raise ValidationError(_("Cette téléconsultation est finie."))
    if row.by_phone_at is None:
        row.by_phone_at = timezone.now()
        row.save(update_fields=["by_phone_at"])
        _record(by, "telehealth.session_by_phone", row)
    return row


@transaction.atomic
def end(*, by: Person, appointment: agenda.Appointment, outcome: Outcome) -> Session:
    """Note how it ended, which the agenda then says too; the same again changes nothing.

    Raises PermissionDenied; ValidationError where the check lacks, or where it ended otherwise.
    """
    row = _hosted(by, appointment)
    if row.stage is Stage.ENDED:
        if row.outcome != outcome.value:
            raise ValidationError(_("Cette téléconsultation est finie."))
        return row
    lacking = lacks(
        outcome,
        is_identified=row.is_identified,
        has_agreed=row.has_agreed,
        by_phone=row.by_phone_at is not None,
    )
    if lacking:
        raise ValidationError(_sentence(lacking))
    row.ended_at, row.ended_by, row.outcome = timezone.now(), by, outcome.value
    row.save(update_fields=["ended_at", "ended_by", "outcome"])
    _record(by, "telehealth.session_ended", row)
    state = _STATES.get(outcome)
    if state is not None and row.appointment.state != state.value:
        try:
            agenda.change_state(
                by=by, appointment=row.appointment, state=state, key=f"tele-{row.pk}-{outcome.value}"
            )
        except agenda.BookingRefusedError as error:
            raise ValidationError(str(error)) from error
    return row


@outbox.handles("agenda.booked", by_worker=True)
@outbox.handles("agenda.moved", by_worker=True)
@outbox.handles("agenda.undone", by_worker=True)
@outbox.handles("agenda.cancelled", by_worker=True)
def send_link(event: outbox.Event) -> None:
    """Send the link of a remote appointment to the person, with its hour; the former ones no longer leave.

    No word of health. Where no message can carry an address, the page of the professional gives it.
    """
    row = appointment_of(event.payload["appointment"])
    subject = f"{journal.target_of(row)}#link"
    exchange.withdraw(subjects=[subject])
    stands = row.state == agenda.State.BOOKED.value and row.slot.starts_at > timezone.now()
    if row.slot.kind != agenda.Kind.TELE.value or row.patient is None or not stands:
        return
    if not exchange.can_link():
        return
    exchange.notify(
        by=row.booked_by,
        to=row.patient,
        template=exchange.Template.TELE_LINK,
        parameters=exchange.Parameters(
            when=row.slot.starts_at,
            professional=row.slot.agenda.professional,
            link=exchange.Link(WAITING_PAGE, row.pk),
        ),
        key=f"tele-link-{row.pk}-{event.payload.get('change', 0)}",
        subject=subject,
        not_after=row.slot.ends_at,
    )


def _hosted(by: Person, appointment: agenda.Appointment) -> Session:
    """Return the row, locked, for who manages the agenda. Raises PermissionDenied."""
    if not agenda.manages(by, appointment.slot.agenda):
        raise PermissionDenied(_("Seul le professionnel, ou qui gère son agenda, reçoit ici."))
    return _locked(appointment)


def _locked(appointment: agenda.Appointment) -> Session:
    if appointment.slot.kind != agenda.Kind.TELE.value or appointment.patient_id is None:
        raise ValidationError(_("Ce rendez-vous n’est pas une téléconsultation."))
    databases.insert_new([Session(appointment=appointment)], unique=["appointment"])
    rows = Session.objects.of_appointment(appointment).select_for_update(of=("self",))
    return rows.select_related("appointment__slot__agenda__territory__scope", "appointment__patient").get()


def _sentence(lacking: str) -> str:
    return {
        "identity": _("Notez d’abord que l’identité est vérifiée."),
        "agreement": _("Notez d’abord l’accord de la personne."),
        "phone": _("Passez d’abord au téléphone."),
    }[lacking]


def _record(by: Person | None, verb: str, row: Session, changes: dict[str, Any] | None = None) -> None:
    scope = row.appointment.slot.agenda.territory.scope_id
    journal.record(by=by, verb=verb, target=journal.target_of(row), changes=changes or {}, scope=scope)
