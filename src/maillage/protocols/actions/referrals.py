"""Asking a physician, noting that it was read, answering; what nobody answers in time goes to the next."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.exchange import api as exchange
from maillage.kernel import access, journal, outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, same_write
from maillage.people import api as people
from maillage.protocols.models import Act, Referral, ReferralAsked
from maillage.protocols.queries.referrals import may_answer, turn_of
from maillage.protocols.rules.referrals import IN_WORDS, REPLIES, Purpose, Reply, due, next_in_turn

#: Published for the instant at which an answer is due: `{referral}`.
REFERRAL_DUE = "protocols.referral_due"
LONGEST = 2000


def ask_physician(
    *,
    by: Person,
    patient: people.Patient,
    purpose: Purpose,
    text: str,
    key: str,
    act: Act | None = None,
    first: Person | None = None,
) -> Referral:
    """Put a question about a patient to the first physician in turn, inside the action that has checked `by`.

    `first` is asked before the others. Where nobody may read the patient, the coordination is told at once.
    The same `key` of `by` again returns the first question.
    """
    known = made_before(Referral, by=by, key=key)
    if known is not None:
        return same_write(known, is_same=known.patient_id == patient.pk)
    now = timezone.now()
    row = Referral.objects.create(
        patient=patient,
        purpose=purpose.value,
        act=act,
        text=text.strip()[:LONGEST],
        due_at=due(now, purpose, rule("protocols.referral.hours").value),
        by=by,
        at=now,
        key=key,
    )
    _ask_next(row, first)
    return row


@transaction.atomic
def acknowledge(*, by: Person, referral: Referral) -> Referral:
    """Note that a physician has read a question; the first one stands. Raises PermissionDenied."""
    row = _locked(by, referral)
    if row.acknowledged_at is None and not row.is_answered:
        row.acknowledged_at, row.acknowledged_by = timezone.now(), by
        row.save(update_fields=["acknowledged_at", "acknowledged_by"])
        _record(by, "protocols.referral_acknowledged", row)
    return row


@transaction.atomic
def answer(*, by: Person, referral: Referral, reply: Reply, words: str = "") -> Referral:
    """Answer a question; whoever asked reads it. The first answer stands, and again it changes nothing.

    Raises PermissionDenied; ValidationError for a reply that is not of that question, without words where
    they are owed, where somebody else answered meanwhile.
    """
    row = _locked(by, referral)
    said = words.strip()[:LONGEST]
    if row.is_answered:
        if (row.answered_by_id, row.reply, row.words) == (by.pk, reply.value, said):
            return row
        raise ValidationError(_("{name} a déjà répondu.").format(name=row.answered_by))
    if reply not in REPLIES[Purpose(row.purpose)]:
        raise ValidationError(_("Cette réponse n’est pas de cette question."))
    if reply in IN_WORDS and not said:
        raise ValidationError(_("Dites votre réponse en quelques mots : qui a demandé la lira."))
    now = timezone.now()
    row.reply, row.words, row.answered_by, row.answered_at = reply.value, said, by, now
    if row.acknowledged_at is None:
        row.acknowledged_at, row.acknowledged_by = now, by
    row.save(
        update_fields=["reply", "words", "answered_by", "answered_at", "acknowledged_at", "acknowledged_by"]
    )
    _record(by, "protocols.referral_answered", row)
    return row


@transaction.atomic
def read_answer(*, by: Person, referral: Referral) -> Referral:
    """Note that whoever asked has read the answer. Raises PermissionDenied, ValidationError without one."""
    row = Referral.objects.keyed(referral.pk).select_for_update(of=("self",)).get()
    if row.by_id != by.pk:
        raise PermissionDenied(_("La réponse se lit par qui l’a demandée."))
    if not row.is_answered:
        raise ValidationError(_("Personne n’a encore répondu."))
    if row.read_at is None:
        row.read_at = timezone.now()
        row.save(update_fields=["read_at"])
    return row


@outbox.handles(REFERRAL_DUE, by_worker=True)
def go_further(event: outbox.Event) -> None:
    """Ask the next physician where nobody answered in time; once, for each instant that was due."""
    rows = Referral.objects.keyed(event.payload["referral"]).select_for_update(of=("self",))
    row = rows.select_related("patient__scope").get()
    if row.is_answered or row.coordination_at is not None or timezone.now() < row.due_at:
        return
    row.due_at = due(timezone.now(), Purpose(row.purpose), rule("protocols.referral.hours").value)
    row.save(update_fields=["due_at"])
    _ask_next(row)


def _ask_next(row: Referral, first: Person | None = None) -> None:
    """Ask the next physician who may still read the patient; after the last, tell the coordination."""
    asked = set(ReferralAsked.objects.filter(referral=row).values_list("person", flat=True))
    turn = turn_of(row.patient, row.act)
    if first is not None:
        turn = [first.pk, *turn]
    following = next_in_turn(turn, asked)
    if following is None:
        row.coordination_at = timezone.now()
        row.save(update_fields=["coordination_at"])
        for person in access.people_with(Permission.MANAGE_PROTOCOLS, row.patient.scope):
            _tell(row, person, reverse("protocols:protocols"))
        return
    ReferralAsked.objects.create(referral=row, person_id=following)
    _tell(row, Person.objects.get(pk=following), reverse("protocols:referral", args=[row.pk]))
    key = f"referral-{row.pk}-{following}"
    outbox.publish(REFERRAL_DUE, {"referral": row.pk}, key=key, not_before=row.due_at)


def _tell(row: Referral, person: Person, path: str) -> None:
    """Tell somebody that something waits: no name, no word of health."""
    exchange.notify(
        by=None,
        to=person,
        template=exchange.Template.TASK_GIVEN,
        parameters=exchange.Parameters(until=row.due_at),
        key=f"referral-{row.pk}-{person.pk}",
        scope=row.patient.scope,
        path=path,
        inbox_only=True,
        subject=journal.target_of(row),
    )


def _locked(by: Person, referral: Referral) -> Referral:
    """Return the row, locked, for a physician who may answer about the patient. Raises PermissionDenied."""
    rows = Referral.objects.keyed(referral.pk).select_for_update(of=("self",))
    row = rows.select_related("patient__scope").get()
    if not may_answer(by, row.patient):
        raise PermissionDenied(_("Une question se répond par un médecin du cercle de soins."))
    return row


def _record(by: Person, verb: str, row: Referral) -> None:
    journal.record(by=by, verb=verb, target=journal.target_of(row), changes={}, scope=row.patient.scope_id)
