"""A carer signals a worry; somebody of the care team answers in time, or the next one is asked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import journal, outbox
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, same_write
from maillage.people.models import Patient, Signal, SignalAsked
from maillage.people.queries.carers import may_for
from maillage.people.queries.circle import decision, matrix
from maillage.people.rules.carers import Gesture
from maillage.people.rules.circle import CARE_TEAM, Origin, Part, Reason
from maillage.people.rules.signals import Kind, in_turn, may_close

#: Published when somebody is asked to answer: `{signal, person}`; when the coordination is: `{signal}`.
SIGNAL_ASKED, SIGNAL_UNANSWERED = "people.signal_asked", "people.signal_unanswered"
#: Published when a signal is answered: `{signal}`; and for the instant at which an answer is due.
SIGNAL_ANSWERED, SIGNAL_DUE = "people.signal_answered", "people.signal_due"


@transaction.atomic
def send_signal(
    *, by: Person, patient: Patient, kind: Kind, key: str, text: str = "", vital_signs: Collection[str] = ()
) -> Signal:
    """Signal a worry about somebody, by a mandate that lets it; the same `key` again is the same signal.

    `vital_signs`: codes of the rule `people.signals.vital_signs`. Raises PermissionDenied, ValidationError.
    """
    if not may_for(by, patient, Gesture.SIGNAL):
        raise PermissionDenied(_("Votre mandat ne permet pas de signaler pour cette personne."))
    known = made_before(Signal, by=by, key=key)
    if known is not None:
        return same_write(known, is_same=known.patient_id == patient.pk)
    codes = {one["code"] for one in rule("people.signals.vital_signs").value}
    if not set(vital_signs) <= codes:
        raise ValidationError(_("L’un des signes n’est pas connu : rechargez la page."))
    made = Signal.objects.create(
        patient=patient,
        by=by,
        key=key,
        kind=kind.value,
        text=text.strip()[:1000],
        vital_signs=sorted(vital_signs),
        due_at=timezone.now() + _delay(),
    )
    ask_next(made)
    _record(by, "people.signal_sent", made)
    return made


@transaction.atomic
def acknowledge(*, by: Person, signal: Signal, done: str, emergency_called: bool = False) -> Signal:
    """Answer a signal with what was done, which its carer is told; the first answer stands.

    Raises PermissionDenied unless `by` is of the care team or reads the health of the person by a consent;
    ValidationError without a word, where somebody answered meanwhile, or for a vital sign that nobody called
    the 15 for.
    """
    row = (
        Signal.objects.keyed(signal.pk).select_for_update(of=("self",)).select_related("patient__scope").get()
    )
    if not may_answer(by, row.patient):
        raise PermissionDenied(_("Un signalement est pris en charge par l’équipe de soins de la personne."))
    if row.acknowledged_at is not None:
        raise ValidationError(_("{name} a déjà répondu.").format(name=row.acknowledged_by))
    if not done.strip():
        raise ValidationError(_("Dites en quelques mots ce qui a été fait : l’aidant les lira."))
    if not may_close(is_vital=row.is_vital, emergency_called=emergency_called):
        raise ValidationError(_("Un signe vital a été dit : appelez le 15, puis notez que c’est fait."))
    row.acknowledged_at, row.acknowledged_by, row.done = timezone.now(), by, done.strip()[:1000]
    row.save(update_fields=["acknowledged_at", "acknowledged_by", "done"])
    outbox.publish(SIGNAL_ANSWERED, {"signal": row.pk}, key=f"signal-{row.pk}")
    _record(by, "people.signal_answered", row)
    return row


def may_answer(person: Person, patient: Patient) -> bool:
    """Return whether `person` answers the signals about a patient: in the care team, or by a consent."""
    found = decision(person, patient, Part.HEALTH)
    return found.is_allowed and found.reason in {Reason.TEAM, Reason.CONSENT}


@outbox.handles(SIGNAL_DUE, by_worker=True)
def go_further(event: outbox.Event) -> None:
    """Ask the next one where nobody answered in time; once, for each instant that was due."""
    rows = Signal.objects.keyed(event.payload["signal"]).select_for_update(of=("self",))
    row = rows.select_related("patient__scope").get()
    if row.acknowledged_at is not None or row.coordination_at is not None or timezone.now() < row.due_at:
        return
    row.due_at = timezone.now() + _delay()
    row.save(update_fields=["due_at"])
    ask_next(row)


def ask_next(row: Signal) -> None:
    """Ask the next of the care team who may still read it; after the last, the coordination."""
    asked = set(SignalAsked.objects.of_signals([row]).values_list("person", flat=True))
    following = next((one for one in _team(row.patient) if one not in asked), None)
    if following is None:
        row.coordination_at = timezone.now()
        row.save(update_fields=["coordination_at"])
        outbox.publish(SIGNAL_UNANSWERED, {"signal": row.pk}, key=f"signal-{row.pk}")
        return
    SignalAsked.objects.create(signal=row, person_id=following)
    key = f"signal-{row.pk}-{following}"
    outbox.publish(SIGNAL_ASKED, {"signal": row.pk, "person": following}, key=key)
    outbox.publish(SIGNAL_DUE, {"signal": row.pk}, key=key, not_before=row.due_at)


def _team(patient: Patient) -> list[int]:
    """Return the accounts of the care team who may read the health of a patient now, in their turn."""
    found = []
    for row in matrix(patient):
        link = row.link
        account = link.professional.account_id if link.professional else link.person_id
        is_team = Origin(link.origin) in CARE_TEAM and row.decisions[Part.HEALTH].is_allowed
        if is_team and row.has_account and account is not None:
            found.append((account, link.role))
    return in_turn(found)


def _delay() -> timedelta:
    return timedelta(hours=rule("people.signals.acknowledge_hours").value)


def _record(by: Person, verb: str, row: Signal) -> None:
    journal.record(
        by=by, verb=verb, target=journal.target_of(row.patient), changes={}, scope=row.patient.scope_id
    )
