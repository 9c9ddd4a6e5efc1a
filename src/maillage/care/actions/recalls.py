"""Asking for a recall, noting what came of it, telling the person: each is safe to repeat."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care.actions.tasks import Owner, named
from maillage.care.models import Recall, RecallStep
from maillage.care.queries.recalls import last_seen_on
from maillage.care.queries.rights import require_writer, writes_part
from maillage.care.rules.plans import months_later
from maillage.care.rules.recalls import INBOX_KIND, Came, Defect, RecallKind, defect, following, shows_on
from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.kernel import confiding, databases, journal
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, made_meanwhile, same_write
from maillage.people import api as people

LONGEST_MONTHS = 240


@transaction.atomic
def add_recall(
    *,
    by: Person,
    patient: people.Patient,
    kind: RecallKind,
    due_on: date,
    owner: Owner,
    key: str,
    what: str = "",
    every_months: int = 0,
    starts_on: date | None = None,
) -> Recall:
    """Keep what a patient is due for on a day, once or every so many months, and who carries it.

    For a professional who writes the health part of the file; the owner writes it too. A day that has passed
    is kept as it is: what is late is said. The same `key` of `by` again returns the first. Raises
    PermissionDenied, ValidationError.
    """
    require_writer(by, patient, people.Part.HEALTH)
    known = made_before(Recall, by=by, key=key)
    if known is not None:
        return _same(known, patient)
    _check(owner, patient, kind, what, every_months, starts_on, due_on)
    row = Recall(
        patient=patient,
        kind=kind.value,
        what=" ".join(what.split())[:200],
        starts_on=starts_on,
        due_on=due_on,
        every_months=every_months,
        shows_on=_shows_on(kind, due_on, None),
        key=key,
        by=by,
        **named(owner),
    )
    if not databases.insert_new([row], unique=["by", "key"]):  # the same, at the same moment
        return _same(made_meanwhile(Recall, by=by, key=key), patient)
    _record(by, "care.recall_added", row, {"due_on": [None, due_on]})
    return row


@transaction.atomic
def change_recall(
    *,
    by: Person,
    recall: Recall,
    seen: int,
    kind: RecallKind,
    due_on: date,
    owner: Owner,
    what: str = "",
    every_months: int = 0,
    starts_on: date | None = None,
) -> Recall:
    """Write what a recall is anew; `seen` is the version that was read. Raises as `add_recall`.

    A new day asks again: what had put the recall off no longer holds. Said again as it stands, nothing
    changes.
    """
    row = _locked(by, recall)
    said = {
        "kind": kind.value,
        "what": " ".join(what.split())[:200],
        "starts_on": starts_on,
        "due_on": due_on,
        "every_months": every_months,
        "professional": None,
        "person": None,
        **named(owner),
    }
    if all(getattr(row, name) == value for name, value in said.items()):
        return row
    _require_seen(row, seen)
    _check(owner, row.patient, kind, what, every_months, starts_on, due_on)
    before = row.due_on
    if due_on != before:
        row.quiet_until = None
    for name, value in said.items():
        setattr(row, name, value)
    row.shows_on = _shows_on(kind, due_on, row.quiet_until)
    row.version += 1
    row.save()
    _record(by, "care.recall_changed", row, {"due_on": [before, due_on]})
    return row


@transaction.atomic
def note_recall(
    *,
    by: Person,
    recall: Recall,
    came: Came,
    seen: int,
    key: str,
    until: date | None = None,
    words: str = "",
) -> RecallStep:
    """Note what came of a recall; `seen` is the version of it that was read.

    `until` is the day of the appointment, the day to which it is put off, or the next day due once it is
    done. A message still waiting to leave is stopped where it no longer serves. The same `key` of `by` again
    returns the first note. Raises PermissionDenied; ValidationError where something is missing, or where
    somebody else noted something since.
    """
    if came is Came.MESSAGED:
        raise ValueError("a message is noted by who sends it: send_recall")
    row = _locked(by, recall)
    known = made_before(RecallStep, by=by, key=key)
    if known is not None:
        return _same_step(known, row)
    _require_seen(row, seen)
    _require_open(row)
    kind, today = RecallKind(row.kind), timezone.localdate()
    wrong = defect(
        came,
        kind,
        until=until,
        words=words,
        every_months=row.every_months,
        today=today,
        most_months=rule("care.recalls.most_months").value,
    )
    if wrong is not None:
        raise ValidationError(_defect_said(wrong))
    if came in {Came.CALLED, Came.REFUSED, Came.STOPPED}:
        until = None
    if until is not None and came is Came.DONE:
        _check_reach(until, "until")
    step = _step(by, row, came, key, until, words)
    if came is not Came.CALLED:
        sent = RecallStep.objects.of_recalls([row]).filter(came=Came.MESSAGED.value)
        exchange.withdraw(subjects=[journal.target_of(one) for one in sent])
    return step


@transaction.atomic
def send_recall(*, by: Person, recall: Recall, seen: int, key: str) -> RecallStep:
    """Ask the person to get in touch, by the way they chose: no word of health, nothing of what is due.

    The message names who carries the recall, and their telephone where one is known. It is sent once a day
    at most. Raises as `note_recall`.
    """
    row = _locked(by, recall)
    known = made_before(RecallStep, by=by, key=key)
    if known is not None:
        return _same_step(known, row)
    _require_seen(row, seen)
    _require_open(row)
    sender = sender_of(row, by)
    if sender is None:
        raise ValidationError(
            _("Un message nomme le professionnel à rappeler, et l’annuaire ne le connaît pas : appelez.")
        )
    if last_seen_on(row, Came.MESSAGED) == timezone.localdate():
        raise ValidationError(_("Un message est déjà parti aujourd’hui pour ce rappel."))
    expected = exchange.expected_message(row.patient)
    if expected.say_it_now:  # nobody would receive it: a voice is what they chose, or all that is left
        raise ValidationError(expected.sentence)
    step = _step(by, row, Came.MESSAGED, key, None, "")
    phone = exchange.number_to_call(sender.phone)
    template = exchange.Template.GET_IN_TOUCH if phone else exchange.Template.GET_IN_TOUCH_BRIEF
    assert row.quiet_until is not None
    exchange.notify(
        by=by,
        to=row.patient,
        template=template,
        parameters=exchange.Parameters(professional=sender, phone=phone),
        key=f"recall-step-{step.pk}",
        subject=journal.target_of(step),
        not_after=_midnight(row.quiet_until),
    )
    return step


def sender_of(recall: Recall, by: Person) -> directory.Professional | None:
    """Return whom a message asks to call back: who carries it, else who sends it; None for neither."""
    if recall.professional is not None:
        return recall.professional
    found: directory.Professional | None = getattr(by, "professional", None)
    return found


def hand_recall_on(*, by: Person, recall: Recall, to: Owner, reason: str) -> None:
    """Give a recall to somebody else because its owner leaves, inside the action that has checked who may."""
    before = recall.person_id or (recall.professional.account_id if recall.professional else None)
    for name, value in ({"professional": None, "person": None} | named(to)).items():
        setattr(recall, name, value)
    recall.version += 1
    recall.save(update_fields=["professional", "person", "version"])
    account = to if isinstance(to, Person) else to.account
    journal.record(
        by=by,
        verb="care.recall_handed_on",
        target=journal.target_of(recall),
        changes={"person": [before, account.pk if account else None]},
        reason=reason,
        scope=recall.patient.scope_id,
    )


def _check(
    owner: Owner,
    patient: people.Patient,
    kind: RecallKind,
    what: str,
    every_months: int,
    starts_on: date | None,
    due_on: date,
) -> None:
    if not writes_part(owner, patient, people.Part.HEALTH):
        raise ValidationError(
            _("{name} n’écrit pas dans ce dossier : choisissez qui rappelle dans le cercle de soins.").format(
                name=owner
            )
        )
    if not 0 <= every_months <= LONGEST_MONTHS:
        raise ValidationError(
            _("La période va de 1 à {months} mois ; vide, le rappel n’a lieu qu’une fois.").format(
                months=LONGEST_MONTHS
            )
        )
    _check_reach(due_on, "due_on")
    if starts_on is not None and starts_on > due_on:
        raise ValidationError(_("Le début est après l’échéance : corrigez l’un des deux jours."))
    if kind is RecallKind.OTHER and not what.strip():
        raise ValidationError(_("Dites ce qui est à faire."))


def _check_reach(day: date, field: str) -> None:
    if day > months_later(timezone.localdate(), LONGEST_MONTHS):
        raise ValidationError({field: _far()})


def _far() -> str:
    return _("Ce jour est trop loin : ce rappel serait oublié. Vérifiez l’année.")


def _defect_said(wrong: Defect) -> ValidationError:
    field, said = {
        Defect.NO_DAY: ("until", _("Donnez le jour.")),
        Defect.PAST_DAY: ("until", _("Ce jour est passé : donnez-en un à venir.")),
        Defect.FAR_DAY: ("until", _far()),
        Defect.NO_REASON: ("words", _("Dites pourquoi, en quelques mots.")),
        Defect.NO_NEXT: (
            "until",
            _("Donnez le jour où la nouvelle ordonnance ou le nouveau protocole finit."),
        ),
    }[wrong]
    return ValidationError({field: said})


def _locked(by: Person, recall: Recall) -> Recall:
    """Return the row, locked, for who writes the health part. Raises PermissionDenied."""
    require_writer(by, recall.patient, people.Part.HEALTH)
    people.lock(recall.patient)
    rows = Recall.objects.of_patient(recall.patient)
    rows = rows.select_related("patient__scope", "patient__account", "professional", "person")
    found = rows.filter(pk=recall.pk).first()
    if found is None:
        raise PermissionDenied(_("Ce rappel n’est pas dans ce dossier."))
    return found


def _require_seen(row: Recall, seen: int) -> None:
    if row.version != seen:
        raise ValidationError(
            _("Ce rappel a changé depuis que vous l’avez lu : relisez-le, puis recommencez."), code="stale"
        )


def _require_open(row: Recall) -> None:
    if not row.is_open:
        raise ValidationError(_("Ce rappel est arrêté : notez-en un autre."))


def _step(by: Person, row: Recall, came: Came, key: str, until: date | None, words: str) -> RecallStep:
    made = RecallStep.objects.create(
        recall=row, came=came.value, until=until, words=" ".join(words.split())[:300], key=key, by=by
    )
    next_one = following(
        came,
        due_on=row.due_on,
        every_months=row.every_months,
        until=until,
        today=timezone.localdate(),
        again_days=rule("care.recalls.again_days").value,
    )
    before = row.due_on
    if came is Came.DONE and row.starts_on is not None and not next_one.is_over:
        row.starts_on = timezone.localdate()
    row.due_on, row.quiet_until = next_one.due_on, next_one.quiet_until
    row.shows_on = _shows_on(RecallKind(row.kind), row.due_on, row.quiet_until)
    row.ended_at = timezone.now() if next_one.is_over else None
    row.version += 1
    row.save(update_fields=["starts_on", "due_on", "quiet_until", "shows_on", "ended_at", "version"])
    owner = row.person or (row.professional.account if row.professional else None)
    held = confiding.on_behalf(by=by, owner=owner, kind=INBOX_KIND)
    verb = "care.recall_noted"
    confiding.note_deed(held, kind=INBOX_KIND, row=row.pk, target=journal.target_of(made), verb=verb)
    _record(by, verb, row, {"due_on": [before, row.due_on], **confiding.said(held)})
    return made


def _shows_on(kind: RecallKind, due_on: date, quiet_until: date | None) -> date:
    return shows_on(kind, due_on, quiet_until, rule("care.recalls.warn_days").value)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _same(known: Recall, patient: people.Patient) -> Recall:
    return same_write(known, is_same=known.patient_id == patient.pk)


def _same_step(known: RecallStep, row: Recall) -> RecallStep:
    return same_write(known, is_same=known.recall_id == row.pk)


def _record(by: Person, verb: str, row: Recall, changes: dict[str, Any]) -> None:
    journal.record(
        by=by, verb=verb, target=journal.target_of(row), changes=changes, scope=row.patient.scope_id
    )
