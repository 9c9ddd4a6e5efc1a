"""A professional of the circle asks a few questions; they are answered once, recalled once, then read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care.models import Questionnaire
from maillage.care.queries.questionnaires import (
    SUPPORT,
    carers_of,
    choices,
    content_of,
    is_respondent,
    may_ask,
)
from maillage.care.queries.rights import may_write
from maillage.care.rules.questionnaires import Way, is_whole, kept
from maillage.exchange import api as exchange
from maillage.kernel import journal, outbox
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, same_write
from maillage.people import api as people

#: Published for the instant when an answer is recalled: `{questionnaire}`.
REMINDER_DUE = "care.questionnaire_due"
#: The longest that may be said freely.
LONGEST_WORDS = 1000


@transaction.atomic
def ask(
    *, by: Person, patient: people.Patient, code: str, key: str, carer: Person | None = None
) -> Questionnaire:
    """Ask a patient, or one of their carers about themself, a questionnaire; they are told that it waits.

    The same `key` again, or one that waits already, returns what there is. Raises PermissionDenied;
    ValidationError for an unknown questionnaire, or a carer without a mandate.
    """
    if not may_ask(by, patient):
        raise PermissionDenied(_("Seuls les professionnels du cercle de soins posent un questionnaire."))
    known = made_before(Questionnaire, by=by, key=key)
    if known is not None:
        said = (known.patient_id, known.code, known.carer_id)
        return same_write(known, is_same=said == (patient.pk, code, carer.pk if carer is not None else None))
    found = content_of(code)
    if found is None or (code == SUPPORT) != (carer is not None):
        raise ValidationError(_("Ce questionnaire n’existe plus : rechargez la page."))
    if carer is not None and carer not in carers_of(patient):
        raise ValidationError(_("Cette personne n’est plus aidante : rechargez la page."))
    people.lock(patient)
    open_ones = Questionnaire.objects.of_patient(patient).filter(answered_at=None, withdrawn_at=None)
    known = open_ones.filter(code=code, carer=carer).first()
    if known is not None:
        return known
    title, sentences = found
    row = Questionnaire.objects.create(
        patient=patient,
        carer=carer,
        code=code,
        title=title,
        asked=sentences,
        choices=choices(),
        by=by,
        key=key,
    )
    _record(by, "care.questionnaire_asked", row)
    _tell(row, "asked")
    due = row.at + timedelta(days=rule("care.questionnaires.reminder_days").value)
    outbox.publish(REMINDER_DUE, {"questionnaire": row.pk}, key=f"questionnaire-{row.pk}", not_before=due)
    return row


@transaction.atomic
def answer(
    *,
    by: Person,
    questionnaire: Questionnaire,
    answers: Mapping[str, str],
    way: Way,
    signs: Collection[str] = (),
    words: str = "",
) -> Questionnaire:
    """Keep the answers: of whom it is asked, or read out or typed from a paper by a professional; once.

    A vital sign waits for no answer, and who asked is told at once: also where answers stand already, or
    where it was taken back meanwhile. Raises PermissionDenied; ValidationError for what was taken back, an
    unknown sign, or a sentence without an answer.
    """
    row = _locked(questionnaire)
    own = is_respondent(by, row)
    if not own and not may_ask(by, row.patient):
        raise PermissionDenied(_("Ce questionnaire n’est pas pour vous."))
    if own != (way is Way.SPACE):
        raise ValidationError(_("Dites si la personne a répondu sur papier ou de vive voix."))
    if not set(signs) <= {one["code"] for one in rule("people.signals.vital_signs").value}:
        raise ValidationError(_("L’un des signes n’est pas connu : rechargez la page."))
    alarms = people.words_of_danger(words)
    if row.answered_at is not None:
        return _say_danger(by, row, signs, words, alarms)
    if row.withdrawn_at is not None and not signs and not alarms:
        raise ValidationError(_("Ce questionnaire a été retiré : il n’y a plus rien à répondre."))
    asked = [one["code"] for one in row.asked]
    offered = [one["code"] for one in row.choices]
    if not signs and not is_whole(asked, offered, answers):
        raise ValidationError(_("Il manque une réponse : « jamais » en est une."))
    row.answers, row.signs = kept(asked, offered, answers), sorted(signs)
    row.words = words.strip()[:LONGEST_WORDS]
    row.alarms = alarms
    row.way, row.answered_by, row.answered_at = way.value, by, timezone.now()
    if row.by_id == by.pk:
        row.read_at = row.answered_at
    row.save(
        update_fields=["answers", "signs", "words", "alarms", "way", "answered_by", "answered_at", "read_at"]
    )
    exchange.withdraw(subjects=[journal.target_of(row)])
    _record(by, "care.questionnaire_answered", row)
    if row.is_vital and row.by_id != by.pk:
        _tell_danger(row, "vital")
    return row


def _say_danger(
    by: Person, row: Questionnaire, signs: Collection[str], words: str, alarms: Collection[str]
) -> Questionnaire:
    """Add what calls for the 15 to answers that stand already: that is never lost, however late."""
    if set(signs) <= set(row.signs) and set(alarms) <= set(row.alarms):
        return row
    row.signs, row.alarms = sorted({*row.signs, *signs}), sorted({*row.alarms, *alarms})
    said = words.strip()
    if said not in row.words:
        row.words = f"{row.words}\n{said}".strip()[-LONGEST_WORDS:]
    row.read_at = timezone.now() if row.by_id == by.pk else None
    row.save(update_fields=["signs", "alarms", "words", "read_at"])
    _record(by, "care.questionnaire_danger_said", row)
    if row.by_id != by.pk:
        _tell_danger(row, f"vital-{len(row.signs)}-{len(row.alarms)}")
    return row


def _tell_danger(row: Questionnaire, what: str) -> None:
    """Tell who asked, at once, that something waits to be read; the team where they no longer read it."""
    for person in _who_reads(row):
        exchange.notify(
            by=None,
            to=person,
            template=exchange.Template.MESSAGE_WAITING,
            parameters=exchange.Parameters(when=timezone.now()),
            key=f"questionnaire-{row.pk}-{what}" + ("" if person.pk == row.by_id else f"-{person.pk}"),
            subject=f"{journal.target_of(row)}#answer",
            scope=row.patient.scope,
            path=reverse("care:questionnaire", args=[row.patient_id, row.pk]),
            urgent=True,
        )


def _who_reads(row: Questionnaire) -> list[Person]:
    """Return who asked, as long as the circle lets them read it; else those of the circle who write there."""
    part = people.Part.HEALTH
    if row.by.is_active and people.decision(row.by, row.patient, part).is_allowed:
        return [row.by]
    found = people.accounts_reading(row.patient, part)
    return [one for one, decision in found if may_write(decision) and one.is_active]


@transaction.atomic
def take_back(*, by: Person, questionnaire: Questionnaire) -> Questionnaire:
    """Take back a questionnaire that nobody answered; again, nothing changes.

    Raises PermissionDenied, ValidationError once it is answered.
    """
    row = _locked(questionnaire)
    if not may_ask(by, row.patient):
        raise PermissionDenied(_("Seuls les professionnels du cercle de soins retirent un questionnaire."))
    if row.answered_at is not None:
        raise ValidationError(_("La personne a déjà répondu : ses réponses restent."))
    if row.withdrawn_at is None:
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        exchange.withdraw(subjects=[journal.target_of(row)])
        _record(by, "care.questionnaire_taken_back", row)
    return row


@transaction.atomic
def mark_read(*, by: Person, questionnaire: Questionnaire) -> Questionnaire:
    """Note that who asked has read the answers; by anybody else, or again, nothing changes.

    Raises PermissionDenied for who reads the patient no more.
    """
    row = _locked(questionnaire)
    if not may_ask(by, row.patient):
        raise PermissionDenied(_("Vous ne lisez plus ces réponses."))
    if row.by_id == by.pk and row.answered_at is not None and row.read_at is None:
        row.read_at = timezone.now()
        row.save(update_fields=["read_at"])
    return row


@outbox.handles(REMINDER_DUE, by_worker=True)
def recall(event: outbox.Event) -> None:
    """Recall once what is still open; whom it is asked of, where the circle still holds."""
    row = (
        Questionnaire.objects.keyed(event.payload["questionnaire"])
        .select_related("patient__scope", "carer")
        .get()
    )
    if row.is_open:
        _tell(row, "recalled")


def _tell(row: Questionnaire, what: str) -> None:
    """Tell whom it is asked of that something waits for them: no word of health, no title."""
    exchange.notify(
        by=row.by,
        to=row.carer if row.carer is not None else row.patient,
        template=exchange.Template.MESSAGE_WAITING,
        parameters=exchange.Parameters(when=row.at),
        key=f"questionnaire-{row.pk}-{what}",
        subject=journal.target_of(row),
        scope=row.patient.scope,
    )


def _locked(questionnaire: Questionnaire) -> Questionnaire:
    rows = Questionnaire.objects.keyed(questionnaire.pk).select_for_update(of=("self",))
    return rows.select_related("patient__scope", "by").get()


def _record(by: Person, verb: str, row: Questionnaire) -> None:
    journal.record(by=by, verb=verb, target=journal.target_of(row), changes={}, scope=row.patient.scope_id)
