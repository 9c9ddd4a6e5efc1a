"""Inviting people of a campaign: calls, messages, letters; refusals are kept. Each is safe to repeat."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.kernel.writes import made_before, same_write
from maillage.people import api as people
from maillage.people.api import Part, Patient
from maillage.prevention.actions.writing import must_be_open, one_line, require_reader, told
from maillage.prevention.models import Campaign, Invitee, InviteeStep, LetterRun, RunLetter
from maillage.prevention.queries.situations import situation
from maillage.prevention.queries.targets import pace
from maillage.prevention.rules.invitations import ASKS, Follow, after, may_ask
from maillage.prevention.rules.targets import Verdict
from maillage.prevention.rules.vocabulary import Did, Standing

#: Somebody wrote a line that the caller had not read.
OVERTAKEN = "overtaken"
#: Letters of one run: a printer and a reader follow.
MOST_LETTERS = 300
#: Beyond, somebody put off would be forgotten.
FARTHEST = timedelta(days=400)


@transaction.atomic
def note_step(
    *,
    by: Person,
    campaign: Campaign,
    patient: Patient,
    did: Did,
    key: str,
    until: date | None = None,
    words: str = "",
    seen: int | None = None,
) -> InviteeStep:
    """Note what a call gave, or what somebody answered; the same `key` again is the same line.

    `seen` is how many lines the caller had read: where another caller wrote one meanwhile, it is refused, so
    that nobody is counted as asked twice, nor an answer covered by an older one. A refusal is kept: only the
    person's own change of mind (`Did.BACK`) lets anybody invite them again. A message waiting to leave is
    stopped by an answer. Raises PermissionDenied; ValidationError for a day that is past, or an invitation
    of somebody who refused.
    """
    if did in {Did.LETTER, Did.MESSAGE}:
        raise ValueError("letters and messages are noted by what sends them")
    row = _locked(by, campaign, patient)
    said = one_line(words, 300)
    known = made_before(InviteeStep, by=by, key=key)
    if known is not None:
        kept = (known.words, known.until)
        return same_write(_same(known, row, did), is_same=kept == (said, until if did is Did.LATER else None))
    if seen is not None and InviteeStep.objects.of(row).count() > seen:
        raise ValidationError(
            _(
                "Quelqu’un vient de noter autre chose pour cette personne : relisez, puis notez si "
                "c’est encore vrai."
            ),
            code=OVERTAKEN,
        )
    today = timezone.localdate()
    if did is Did.LATER and (until is None or until <= today):
        raise ValidationError({"until": _("Donnez le jour où rappeler, à venir.")})
    if until is not None and until > today + FARTHEST:
        raise ValidationError({"until": _("Ce jour est trop loin : cette personne serait oubliée.")})
    step = _step(by, row, did, key, today, until=until if did is Did.LATER else None, words=said)
    if did not in ASKS:
        sent = InviteeStep.objects.of(row).filter(did=Did.MESSAGE.value)
        exchange.withdraw(subjects=[journal.target_of(one) for one in sent])
    told(row, by, "prevention.answer_noted", {"did": did.value}, campaign.scope)
    return step


@transaction.atomic
def send_message(*, by: Person, campaign: Campaign, patient: Patient, key: str) -> InviteeStep:
    """Ask somebody to get in touch, by the way they chose: no word of health, nothing of what is offered.

    Once a day at most. Raises as `note_step`; ValidationError where nobody is named to call back, or where no
    message would be received.
    """
    row = _locked(by, campaign, patient, Part.REACH)
    known = made_before(InviteeStep, by=by, key=key)
    if known is not None:
        return _same(known, row, Did.MESSAGE)
    today = timezone.localdate()
    sender = campaign.caller or own_sheet(by)
    if sender is None:
        raise ValidationError(
            _("Un message nomme le professionnel à rappeler, et la campagne n’en nomme aucun : appelez.")
        )
    _require_due(campaign, patient)
    _require_askable(row)
    last = InviteeStep.objects.of(row).filter(did=Did.MESSAGE.value).order_by("-at").first()
    if last is not None and timezone.localdate(last.at) == today:
        raise ValidationError(_("Un message est déjà demandé aujourd’hui pour cette personne."))
    expected = exchange.expected_message(patient)
    if expected.say_it_now:
        raise ValidationError(expected.sentence)
    step = _step(by, row, Did.MESSAGE, key, today)
    _get_in_touch(by, sender, patient, f"step-{step.pk}", journal.target_of(step), campaign)
    told(row, by, "prevention.message_asked", {"did": Did.MESSAGE.value}, campaign.scope)
    return step


@transaction.atomic
def prepare_letters(*, by: Person, campaign: Campaign, patients: Sequence[int], key: str) -> LetterRun:
    """Prepare a letter for each of `patients` whom `by` may reach and the campaign may still invite.

    Nobody counts as invited before somebody says that the letters were posted (`post_letters`). The same
    `key` again is the same run. Raises PermissionDenied; ValidationError where nobody is left.
    """
    locked = _open(campaign)
    known = made_before(LetterRun, by=by, key=key)
    if known is not None:
        whom = set(RunLetter.objects.of(known).values_list("patient", flat=True))
        return same_write(known, is_same=known.campaign_id == campaign.pk and whom <= set(patients))
    rows = Patient.objects.for_person(by, Part.REACH).filter(pk__in=list(patients)[:MOST_LETTERS])
    readable = set(
        Patient.objects.for_person(by, Part.HEALTH)
        .filter(pk__in=[one.pk for one in rows], scope=campaign.scope)
        .values_list("pk", flat=True)
    )
    due = situation(locked).by_key
    chosen = [one for one in rows if one.pk in readable and one.pk in due and due[one.pk].is_to_ask]
    if not chosen:
        raise ValidationError(_("Personne à qui écrire parmi ceux que vous avez choisis : relisez la liste."))
    run = LetterRun.objects.create(campaign=locked, by=by, key=key)
    RunLetter.objects.bulk_create(RunLetter(run=run, patient=one) for one in chosen)
    told(run, by, "prevention.letters_prepared", {"letters": len(chosen)}, campaign.scope)
    return run


@transaction.atomic
def post_letters(*, by: Person, run: LetterRun, posted_on: date) -> int:
    """Say that letters were posted on a day: their people are invited from then on; return how many.

    Who answered meanwhile keeps their answer. Again, nothing changes. Raises PermissionDenied for letters of
    somebody else; ValidationError for a day to come, or before they were prepared.
    """
    row = LetterRun.objects.in_scope(run.campaign.scope).select_for_update().get(pk=run.pk)
    if row.by_id != by.pk:
        raise PermissionDenied(_("Ces lettres ont été préparées par quelqu’un d’autre."))
    if row.posted_on is not None:
        return 0
    today = timezone.localdate()
    if posted_on > today:
        raise ValidationError(
            {"posted_on": _("Ce jour est à venir : notez-le une fois les lettres parties.")}
        )
    if posted_on < timezone.localdate(row.at):
        raise ValidationError({"posted_on": _("Ce jour est avant la préparation des lettres.")})
    row.posted_on, row.posted_by = posted_on, by
    row.save(update_fields=["posted_on", "posted_by"])
    letters = RunLetter.objects.of(row).select_related("patient__scope")
    count = 0
    for letter in letters.order_by("pk"):
        key = hashlib.sha256(f"letter:{letter.pk}".encode()).hexdigest()
        invitee = _invitee(by, row.campaign, letter.patient)
        _step(by, invitee, Did.LETTER, key, posted_on)
        count += 1
    told(row, by, "prevention.letters_posted", {"letters": count}, run.campaign.scope)
    return count


def own_sheet(person: Person) -> directory.Professional | None:
    """Return the sheet of somebody in the directory, None where they have none."""
    found: directory.Professional | None = getattr(person, "professional", None)
    return found


def coming(*, by: Person, campaign: Campaign, patient: Patient, key: str) -> None:
    """Note that somebody comes, in the transaction of the registration that says so."""
    row = _invitee(by, campaign, patient)
    if row.standing == Standing.REFUSED:
        _require_askable(row)
    _step(by, row, Did.WILL_COME, key, timezone.localdate())


def to_be_told(*, by: Person, campaign: Campaign, patient: Patient, key: str) -> None:
    """Have somebody registered told that their day changed: a call from today, a message to get in touch.

    The message says nothing of health, nor of what changed.
    """
    row = _invitee(by, campaign, patient)
    if row.standing != Standing.COMING:
        return
    row.again_on = timezone.localdate()
    row.save(update_fields=["again_on"])
    if campaign.caller is None or exchange.expected_message(patient).say_it_now:
        return
    _get_in_touch(by, campaign.caller, patient, f"{key}-{row.pk}", journal.target_of(row), campaign)


def _get_in_touch(
    by: Person, sender: directory.Professional, patient: Patient, key: str, subject: str, campaign: Campaign
) -> None:
    phone = exchange.number_to_call(sender.phone)
    exchange.notify(
        by=by,
        to=patient,
        template=exchange.Template.GET_IN_TOUCH if phone else exchange.Template.GET_IN_TOUCH_BRIEF,
        parameters=exchange.Parameters(professional=sender, phone=phone),
        key=f"prevention-{key}",
        subject=subject,
        not_after=timezone.make_aware(datetime.combine(campaign.last_day + timedelta(days=1), time.min)),
    )


def came_after_all(campaign: Campaign, patient: Patient) -> None:
    """Leave in peace somebody who was said absent by mistake, where nobody has asked them since."""
    rows = Invitee.objects.of(campaign).filter(patient=patient, standing=Standing.INVITED.value)
    rows.update(standing=Standing.COMING.value, again_on=None)


def comes_no_more(campaign: Campaign, patient: Patient) -> None:
    """Put somebody who cancelled, or did not come, back among those to ask, from today."""
    rows = Invitee.objects.of(campaign).filter(patient=patient, standing=Standing.COMING.value)
    rows.update(standing=Standing.INVITED.value, again_on=timezone.localdate())


def stop_messages(patient: Patient, target: str) -> None:
    """Stop what still waits to leave, in the campaigns of an act that is done."""
    sent = InviteeStep.objects.in_scope(patient.scope).filter(
        invitee__patient=patient, invitee__campaign__target=target, did=Did.MESSAGE.value
    )
    exchange.withdraw(subjects=[journal.target_of(one) for one in sent])


def _open(campaign: Campaign) -> Campaign:
    rows = Campaign.objects.in_scope(campaign.scope).select_related("scope", "practice", "caller")
    return must_be_open(rows.select_for_update(of=("self",)).get(pk=campaign.pk))


def _locked(by: Person, campaign: Campaign, patient: Patient, *parts: Part) -> Invitee:
    """Return the row of somebody in a campaign that is open, locked, for who may invite them."""
    require_reader(by, patient, campaign.scope, Part.HEALTH, *parts)
    must_be_open(Campaign.objects.in_scope(campaign.scope).get(pk=campaign.pk))
    return _invitee(by, campaign, patient)


def _invitee(by: Person, campaign: Campaign, patient: Patient) -> Invitee:
    people.lock(patient)
    rows = Invitee.objects.of(campaign).select_for_update()
    found = rows.filter(patient=patient).first()
    return found or Invitee.objects.create(
        campaign=campaign, patient=patient, by=by, standing=Standing.TO_INVITE
    )


def _step(
    by: Person, row: Invitee, did: Did, key: str, on: date, *, until: date | None = None, words: str = ""
) -> InviteeStep:
    if did in {Did.NO_ANSWER, Did.WRONG_NUMBER, Did.LATER}:
        _require_askable(row)
    made = InviteeStep.objects.create(invitee=row, did=did.value, by=by, key=key, until=until, words=words)
    was = Follow(Standing(row.standing), row.asked, row.again_on)
    now = after(did, was, on=on, pace=pace(), until=until)
    row.standing, row.asked, row.again_on = now.standing.value, now.asked, now.again_on
    row.save(update_fields=["standing", "asked", "again_on"])
    return made


def _require_askable(row: Invitee) -> None:
    standing = Standing(row.standing)
    if may_ask(standing):
        return
    if standing is Standing.REFUSED:
        raise ValidationError(
            _("Cette personne a refusé : personne ne l’invite plus, sauf si elle-même change d’avis.")
        )
    raise ValidationError(_("Cette personne n’a pas répondu à toutes ses invitations : laissez-la en paix."))


def _require_due(campaign: Campaign, patient: Patient) -> None:
    found = situation(campaign).by_key.get(patient.pk)
    if found is None or found.answer.verdict is not Verdict.YES:
        raise ValidationError(_("Cette personne n’a pas à être invitée aujourd’hui : relisez sa fiche."))


def _same(known: InviteeStep, row: Invitee, did: Did) -> InviteeStep:
    return same_write(known, is_same=(known.invitee_id, known.did) == (row.pk, did.value))
