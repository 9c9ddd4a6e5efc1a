"""Sends what is queued: at least once, with one key; failures are tried again, then abandoned and shown."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from maillage.exchange.actions.notify import QUEUED, ownership, queue, spoken
from maillage.exchange.actions.transports import TransportError, send_email, send_sms
from maillage.exchange.models import Notification
from maillage.exchange.queries.reach import number_of_patient, reach_of_patient, reach_of_professional
from maillage.exchange.queries.texts import names_of, text_of
from maillage.exchange.rules.channels import Reach, Way, mobile_among, way_for
from maillage.exchange.rules.masking import masked_email, masked_phone
from maillage.exchange.rules.sms import plain
from maillage.exchange.rules.vocabulary import TOLD, Channel, Failure, State, Template
from maillage.kernel import access, clock, journal, outbox
from maillage.kernel.models import Person
from maillage.kernel.phones import written_phone
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule

_WITH_RECIPIENT = ("person", "professional", "patient", "scope")
#: What each attempt writes anew.
_TRIED = ("failure", "detail", "attempts", "sent_to")


@outbox.handles(QUEUED, outside=True)
def deliver(event: outbox.Event) -> None:
    """Send one notification. Raises TransportError for the outbox to try again later, as it backs off.

    The outside world gets the notification's own key, the same at each attempt. A crash between the sending
    and its mark makes the outbox call again after its lease, with that key; once marked, nothing leaves.
    """
    found = Notification.objects.to_send(event.payload["notification"])
    notification = found.select_related(*_WITH_RECIPIENT).get()
    if notification.state in {State.SENT.value, State.ABANDONED.value}:
        return
    if notification.not_after is not None and notification.not_after < timezone.now():
        _abandon(notification, Failure.TOO_LATE)
        return
    address = _address_of(notification)
    if not address:
        _abandon(notification, Failure.NO_ADDRESS)
        return
    notification.attempts += 1
    notification.sent_to = _masked(notification, address)
    try:
        _send(notification, address)
    except TransportError as error:
        _note_failure(notification, error)
        if notification.state == State.FAILED.value:
            raise
        return
    notification.state, notification.sent_at = State.SENT.value, timezone.now()
    notification.failure, notification.detail = Failure.NONE.value, ""
    notification.save(update_fields=["state", "sent_at", *_TRIED])
    _call_off(notification)


@transaction.atomic
def retry(*, by: Person, notification: Notification) -> bool:
    """Send again what was abandoned: a new round of attempts, the same key; return whether it is.

    Raises PermissionDenied.

    What is not abandoned is left as it is: two clicks send once. A line of the inbox has nothing to send, and
    nobody writes to whom a call has reached meanwhile.
    """
    if notification.scope is None:
        access.require_everywhere(by, Permission.VIEW_DELIVERIES)
    else:
        access.require(by, Permission.VIEW_DELIVERIES, notification.scope)
    found = Notification.objects.to_send(notification.pk).select_for_update(of=("self",))
    locked = found.exclude(channel=Channel.INBOX.value).get()
    told = Notification.objects.with_key(locked.key).filter(calls__outcome__in=[one.value for one in TOLD])
    if locked.state != State.ABANDONED.value or told.exists():
        return False
    locked.state, locked.attempts, locked.rounds = State.QUEUED.value, 0, locked.rounds + 1
    locked.save(update_fields=["state", "attempts", "rounds"])
    queue(locked, not_before=timezone.now())
    changes = {"rounds": [locked.rounds - 1, locked.rounds]}
    journal.record(
        by=by,
        verb="exchange.retried",
        target=journal.target_of(locked),
        changes=changes,
        scope=locked.scope_id,
    )
    return True


def _call_off(notification: Notification) -> None:
    """Take back the call that stood in for a message, now that it left: nobody is told twice."""
    if notification.person_id is None and notification.rounds:
        calls = Notification.objects.with_key(notification.key).filter(channel=Channel.INBOX.value)
        now = timezone.now()
        calls.to_withdraw().update(not_after=now, withdrawn_at=now)


def _address_of(notification: Notification) -> str:
    """Return where to send as of now, empty where the recipient is no longer reached that way."""
    if notification.person is not None:
        return notification.person.email if notification.person.is_active else ""
    reach = _reach_of(notification)
    if way_for(reach) is Way.CALL:
        return ""
    return mobile_among(reach.phones) if notification.channel == Channel.SMS.value else reach.email


def _reach_of(notification: Notification) -> Reach:
    if notification.patient is not None:
        return reach_of_patient(notification.patient)
    assert notification.professional is not None
    return reach_of_professional(notification.professional)


def _number_of(notification: Notification) -> str:
    """Return the number that a call to the recipient would dial, empty where none is known."""
    if notification.patient is not None:
        return number_of_patient(notification.patient)
    return next(iter(_reach_of(notification).phones), "")


def _send(notification: Notification, address: str) -> None:
    names = names_of([notification.parameters])
    zone = clock.zone_of(notification.scope)
    text = text_of(notification, names, language=notification.language, zone=zone)
    key = f"maillage-notification-{notification.pk}"
    if notification.channel == Channel.SMS.value:
        send_sms(to=address, text=plain(text.body), key=key)
    else:
        send_email(to=address, subject=text.subject, text=text.body, key=key)


def _masked(notification: Notification, address: str) -> str:
    if notification.channel == Channel.EMAIL.value:
        return masked_email(address)[: Notification._meta.get_field("sent_to").max_length]
    return masked_phone(written_phone(address))


def _note_failure(notification: Notification, error: TransportError) -> None:
    failure = Failure.REFUSED if error.is_final else Failure.UNREACHABLE
    if error.is_final or notification.attempts >= rule("exchange.delivery.attempts").value:
        _abandon(notification, failure, detail=str(error))
        return
    notification.state, notification.failure, notification.detail = (
        State.FAILED.value,
        failure.value,
        str(error),
    )
    notification.save(update_fields=["state", *_TRIED])


@transaction.atomic
def _abandon(notification: Notification, failure: Failure, *, detail: str = "") -> None:
    """Give up, and put a call to the same recipient in the inbox of their scope while it is still of use."""
    notification.state, notification.failure = State.ABANDONED.value, failure.value
    notification.detail = detail
    notification.save(update_fields=["state", *_TRIED])
    is_of_use = failure is not Failure.TOO_LATE and notification.person_id is None
    if not is_of_use or notification.scope_id is None or not _number_of(notification):
        return
    asked = Notification.objects.with_key(notification.key).filter(channel=Channel.INBOX.value)
    if not asked.exists():
        template, parameters = spoken(Template(notification.template), notification.parameters)
        now, by = timezone.now(), notification.created_by
        Notification.objects.create(
            key=notification.key,
            subject=notification.subject,
            channel=Channel.INBOX.value,
            template=template.value,
            parameters=parameters,
            path=notification.path,
            professional=notification.professional,
            patient=notification.patient,
            scope=notification.scope,
            language=notification.language,
            not_after=notification.not_after,
            state=State.SENT.value,
            created_by=notification.created_by,
            leaves_at=now,
            sent_at=now,
            **(ownership(by, now, notification.not_after) if by is not None else {}),
        )
