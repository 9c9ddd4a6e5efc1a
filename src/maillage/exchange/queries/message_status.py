"""What is known of the messages about a row: who was told, by which way, when, or that nobody can be.

A sentence on a screen says this and no more. `message_status` reads the rows that `notify` wrote under a
`subject`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from functools import cache

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory.api import Professional
from maillage.exchange.models import CallAttempt, Notification
from maillage.exchange.queries.reach import reach_of_patient, reach_of_professional
from maillage.exchange.rules.channels import Reach, Way, asks_for_a_call, mobile_among, way_for
from maillage.exchange.rules.masking import masked_email, masked_phone, recognisable_phone
from maillage.exchange.rules.vocabulary import TOLD, CallOutcome, Channel, Failure, State
from maillage.kernel import clock, formats
from maillage.kernel.models import Person
from maillage.kernel.phones import written_phone
from maillage.kernel.statements import Statement, given, numbered, rounded
from maillage.people.api import Patient

Recipient = Person | Professional | Patient


class MessageState(StrEnum):
    """What is known of the last message: each says no more than what happened."""

    SENT = "sent"  # the gateway or the mail server took it
    IN_ACCOUNT = "in_account"  # a line in the inbox of an account
    READ = "read"
    QUEUED = "queued"
    RETRYING = "retrying"  # it did not leave yet, and is tried again
    NOT_SENT = "not_sent"
    TO_CALL = "to_call"
    CALLED = "called"  # somebody told them, by telephone or otherwise
    COMING = "coming"  # nothing is written yet; the way is known
    NONE = "none"  # no message can be


#: Whoever is with the person says it now.
SAY_IT_NOW = frozenset({MessageState.NOT_SENT, MessageState.TO_CALL, MessageState.NONE})


@dataclass(frozen=True, slots=True)
class MessageStatus:
    """What is known of the message about one row to one recipient.

    `sentence` is ready to show, in the reader's language. `address` is masked; `at` when it left, arrived or
    will leave; `said` the hour (ISO 8601) that the text tells. `to_say`: the row to pass to `note_told` once
    a voice has said it, `was_said`: the one that a voice has said; 0 where there is none.
    """

    state: MessageState
    sentence: str
    channel: Channel | None = None
    address: str = ""
    at: datetime | None = None
    said: str = ""
    to_say: int = 0
    was_said: int = 0

    @property
    def say_it_now(self) -> bool:
        """Whether the person is told by voice, or not at all."""
        return self.state in SAY_IT_NOW


def message_status(*, subject: str, to: Recipient, is_coming: bool = False) -> MessageStatus:
    """Return what is known of the last message about `subject` to `to`.

    `is_coming`: a message follows that is not written yet, as after a booking; the sentence then says by
    which way it will go. Otherwise no message known is « no message possible ».
    """
    return message_statuses({subject: to}, are_coming=is_coming)[subject]


def message_statuses(
    recipients: Mapping[str, Recipient], *, are_coming: bool = False
) -> dict[str, MessageStatus]:
    """Return the same of many subjects, each with its recipient, in one query and those of the calls."""
    found: dict[str, list[Notification]] = {subject: [] for subject in recipients}
    now = timezone.now()
    for row in _about(recipients):
        if _is_for(row, recipients[row.subject]) and not _is_withdrawn(row, now):
            found[row.subject].append(row)
    return {
        subject: _last(rows, recipients[subject], now) or _without_a_row(recipients[subject], are_coming)
        for subject, rows in found.items()
    }


_CALLS = Prefetch("calls", CallAttempt.objects.select_related("by"))


@cache
def _told_about(count: int) -> Statement[Notification]:
    subjects = [given(f"subject{place}") for place in range(count)]
    return Statement(lambda: Notification.objects.about(subjects).select_related("scope").order_by("pk"))


def _about(subjects: Collection[str]) -> list[Notification]:
    """Return what was told about some rows, in order, with the calls made for it."""
    if not subjects:
        return []
    count = rounded(len(subjects))
    rows = _told_about(count).rows(**numbered(count, subject=list(subjects)))
    prefetch_related_objects(rows, _CALLS)
    return rows


def expected_message(to: Recipient) -> MessageStatus:
    """Return by which way `to` would be told of a change not made yet, or that nobody can tell them."""
    return _without_a_row(to, is_coming=True)


def last_announced(*, subject: str, to: Recipient) -> str:
    """Return the hour (ISO 8601) that the last message to have left told `to`, empty where none left."""
    left = Q(state=State.SENT.value) | Q(closed_at__isnull=False)
    rows = Notification.objects.about([subject]).filter(left).order_by("-pk")
    for row in rows.prefetch_related("calls"):
        left_alone = row.state == State.SENT.value and not row.is_call
        if _is_for(row, to) and (left_alone or _outcome(row) in TOLD):
            return str(row.parameters.get("when", ""))
    return ""


def hour_to_correct(*, subject: str, to: Recipient, when: datetime) -> datetime | None:
    """Return the hour that `to` was last told instead of `when`; None where none left, or `when` itself did.

    A text that says « moved » names this hour: one written and withdrawn before it left was never told.
    """
    text = last_announced(subject=subject, to=to)
    told = datetime.fromisoformat(text) if text else None
    return None if told == when else told


def _is_for(row: Notification, to: Recipient) -> bool:
    if isinstance(to, Person):
        return row.person_id == to.pk
    account = to.account_id is not None and row.person_id == to.account_id
    if isinstance(to, Patient):
        return account or row.patient_id == to.pk
    return account or row.professional_id == to.pk


def _is_withdrawn(row: Notification, now: datetime) -> bool:
    """Whether it no longer holds, never left and was told by nobody."""
    if row.is_call or row.closed_at is not None:
        return row.withdrawn_at is not None and row.closed_at is None
    late = row.not_after is not None and row.not_after < now
    return late and row.state != State.SENT.value


def _last(rows: Iterable[Notification], to: Recipient, now: datetime) -> MessageStatus | None:
    """Return what the last change told gives: a message outside rather than the line in the account."""
    rows = list(rows)
    if not rows:
        return None
    same_change = [row for row in rows if row.key == rows[-1].key]
    outside = [row for row in same_change if row.channel != Channel.INBOX.value]
    calls = [row for row in same_change if row.is_call]
    lines = [row for row in same_change if row not in outside and row not in calls]
    sent = [row for row in outside if row.state in {State.SENT.value, State.QUEUED.value}]
    chosen = (sent or calls or lines or outside)[-1]
    if _outcome(chosen) in TOLD:
        return _told_by_voice(chosen, now)
    if chosen in calls:
        return _of_call(chosen, to)
    if chosen in lines:
        return _of_line(chosen)
    return _of_message(chosen, to, now)


def _of_message(row: Notification, to: Recipient, now: datetime) -> MessageStatus:
    channel, state = Channel(row.channel), State(row.state)
    address = _shown_address(row, to)
    what = {"address": address, "when": ""}
    is_sms = channel is Channel.SMS
    said = str(row.parameters.get("when", ""))
    if state is State.SENT:
        sentence = _("SMS envoyé au {address}.") if is_sms else _("Courriel envoyé à {address}.")
        return MessageStatus(MessageState.SENT, sentence.format(**what), channel, address, row.sent_at, said)
    if state is State.FAILED:
        sentence = (
            _("Le SMS au {address} n’est pas encore parti : un nouvel essai est prévu.")
            if is_sms
            else _("Le courriel à {address} n’est pas encore parti : un nouvel essai est prévu.")
        )
        return MessageStatus(MessageState.RETRYING, sentence.format(**what), channel, address, None, said)
    if state is State.ABANDONED:
        if row.failure == Failure.NO_ADDRESS.value:
            return _nothing(said, row.pk)
        sentence = (
            _("Le SMS au {address} n’est pas parti : dites-le maintenant.")
            if is_sms
            else _("Le courriel à {address} n’est pas parti : dites-le maintenant.")
        )
        text = sentence.format(**what)
        return MessageStatus(MessageState.NOT_SENT, text, channel, address, None, said, to_say=row.pk)
    waits = row.leaves_at is not None and (row.leaves_at - now).total_seconds() > 60
    if waits:
        assert row.leaves_at is not None
        what["when"] = _written_moment(row.leaves_at, now, clock.zone_of(row.scope))
        sentence = (
            _("Un SMS partira {when} au {address}.")
            if is_sms
            else _("Un courriel partira {when} à {address}.")
        )
    else:
        sentence = _("Un SMS part au {address}.") if is_sms else _("Un courriel part à {address}.")
    return MessageStatus(MessageState.QUEUED, sentence.format(**what), channel, address, row.leaves_at, said)


def _of_call(row: Notification, to: Recipient) -> MessageStatus:
    said = str(row.parameters.get("when", ""))
    number = next(iter(_reach(to).phones), "")
    # A call closed without telling, a wrong number for one: nobody calls again, a voice still may.
    if row.state == State.ABANDONED.value or row.closed_at is not None or not number:
        return _nothing(said, row.pk)
    address = recognisable_phone(written_phone(number))
    sentence = _("Aucun message ne part : un appel reste à passer au {address}.").format(address=address)
    return MessageStatus(MessageState.TO_CALL, sentence, Channel.INBOX, address, None, said, to_say=row.pk)


def _told_by_voice(row: Notification, now: datetime) -> MessageStatus:
    """Return who told them, and when."""
    said, last = str(row.parameters.get("when", "")), _attempts(row)[-1]
    when = _written_moment(last.at, now, clock.zone_of(row.scope))
    sentence = _("C’est dit de vive voix : {name}, {when}.").format(name=last.by.get_full_name(), when=when)
    return MessageStatus(MessageState.CALLED, sentence, Channel.INBOX, "", last.at, said, was_said=row.pk)


def _of_line(row: Notification) -> MessageStatus:
    said = str(row.parameters.get("when", ""))
    if row.closed_at is not None:
        sentence = _("Message lu dans son compte Maillage.")
        return MessageStatus(MessageState.READ, sentence, Channel.INBOX, "", row.closed_at, said)
    sentence = _("Message déposé dans son compte Maillage.")
    return MessageStatus(MessageState.IN_ACCOUNT, sentence, Channel.INBOX, "", row.sent_at, said)


def _without_a_row(to: Recipient, is_coming: bool) -> MessageStatus:
    """Return what will be said where a message is coming, and that none is possible where none can."""
    if not is_coming:
        return _nothing()
    reach = Reach() if isinstance(to, Person) else _reach(to)
    account = to if isinstance(to, Person) else to.account
    way = way_for(reach)
    has_account = account is not None and account.is_active and not asks_for_a_call(reach)
    if has_account and (way is Way.CALL or not isinstance(to, Patient)):
        sentence = _("Un message va être déposé dans son compte Maillage.")
        return MessageStatus(MessageState.COMING, sentence, Channel.INBOX)
    if way is Way.SMS:
        address = recognisable_phone(written_phone(mobile_among(reach.phones)))
        sentence = _("Un SMS va partir au {address}.").format(address=address)
        return MessageStatus(MessageState.COMING, sentence, Channel.SMS, address)
    if way is Way.EMAIL:
        address = masked_email(reach.email)
        sentence = _("Un courriel va partir à {address}.").format(address=address)
        return MessageStatus(MessageState.COMING, sentence, Channel.EMAIL, address)
    number = next(iter(reach.phones), "")
    if not number:
        return _nothing()
    address = recognisable_phone(written_phone(number))
    sentence = _("Aucun message ne part : un appel reste à passer au {address}.").format(address=address)
    return MessageStatus(MessageState.TO_CALL, sentence, Channel.INBOX, address)


def _nothing(said: str = "", to_say: int = 0) -> MessageStatus:
    sentence = _("Aucun message possible : dites-le maintenant.")
    return MessageStatus(MessageState.NONE, sentence, said=said, to_say=to_say)


def _reach(to: Recipient) -> Reach:
    if isinstance(to, Patient):
        return reach_of_patient(to)
    return reach_of_professional(to) if isinstance(to, Professional) else Reach()


def _shown_address(row: Notification, to: Recipient) -> str:
    """Return where it went, masked; two digits only are hidden of a number that is still the person's."""
    if row.channel == Channel.EMAIL.value:
        known = to.email if isinstance(to, Person | Patient) else ""
        return row.sent_to or masked_email(known)
    number = written_phone(mobile_among(_reach(to).phones))
    if not row.sent_to or row.sent_to == masked_phone(number):
        return recognisable_phone(number)
    return row.sent_to


def _attempts(row: Notification) -> list[CallAttempt]:
    return sorted(row.calls.all(), key=lambda one: (one.at, one.pk))


def _outcome(row: Notification) -> CallOutcome | None:
    tried = _attempts(row)
    return CallOutcome(tried[-1].outcome) if tried and row.closed_at is not None else None


def _written_moment(moment: datetime, now: datetime, zone: tzinfo) -> str:
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    hour = formats.time_short(local.time())
    if local.date() == today:
        return _("à {hour}").format(hour=hour)
    return _("le {day} à {hour}").format(day=formats.date_short(local.date()), hour=hour)
