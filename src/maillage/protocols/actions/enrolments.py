"""A person follows a programme: enrolled with their agreement, assessed, expected in sessions, ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.kernel import journal
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, same_write
from maillage.people import api as people
from maillage.protocols.actions.education import link_team, subject_of, tell_cancelled, tell_expected
from maillage.protocols.models import (
    EducationSession,
    Enrolment,
    Evaluation,
    Programme,
    ProgrammeText,
    SessionPlace,
)
from maillage.protocols.queries.education import may_act, may_enrol, open_to, team_of
from maillage.protocols.queries.protocols import today_in
from maillage.protocols.rules.education import (
    Attendance,
    Ending,
    Level,
    Moment,
    may_be_noted,
    team_reads_until,
)


@transaction.atomic
def enrol(
    *,
    by: Person,
    patient: people.Patient,
    programme: Programme,
    educator: directory.Professional,
    has_agreed: bool,
    agreed_on: date,
    means: people.Means,
    key: str,
) -> Enrolment:
    """Enrol a patient, who agreed to it and to its team reading what it writes; the team enters their circle.

    The same `key` again, or a programme that they follow already, returns the enrolment there is. Raises
    PermissionDenied for who does not write their health by the circle; ValidationError without
    their agreement, with a day to come, a closed programme or an educator outside the team.
    """
    if not may_enrol(by, patient):
        raise PermissionDenied(_("Quelqu’un du cercle de soins de la personne l’inscrit."))
    known = made_before(Enrolment, by=by, key=key)
    if known is not None:
        said = (known.patient_id, known.programme_id)
        return same_write(known, is_same=said == (patient.pk, programme.pk))
    people.lock(patient)
    known = Enrolment.objects.of_patient(patient).filter(programme=programme, ended_at=None).first()
    if known is not None:
        return known
    if not has_agreed:
        raise ValidationError({"has_agreed": _("Sans l’accord de la personne, elle n’est pas inscrite.")})
    if agreed_on > today_in(programme.scope):
        raise ValidationError({"agreed_on": _("L’accord est déjà donné : choisissez un jour déjà venu.")})
    if means is people.Means.SPACE:
        raise ValidationError({"means": _("Dites si la personne l’a dit de vive voix ou par écrit.")})
    if programme not in open_to(by, patient):
        raise ValidationError(_("Ce programme n’inscrit personne : il est fermé, ou n’a ni texte ni équipe."))
    if educator not in [one.professional for one in team_of(programme)]:
        raise ValidationError({"educator": _("Choisissez quelqu’un de l’équipe du programme.")})
    text = ProgrammeText.objects.filter(programme=programme).order_by("-number")[0]
    row = Enrolment.objects.create(
        programme=programme, text=text, patient=patient, educator=educator, agreed_on=agreed_on,
        means=means.value, by=by, key=key,
    )  # fmt: skip
    _record(by, "protocols.enrolled", row)
    link_team(by, row)
    return row


@transaction.atomic
def assess(*, by: Person, enrolment: Enrolment, needs: str, goals: str, base: str) -> Enrolment:
    """Write the educational assessment: the needs, and the goals agreed with the person.

    `base`: what `version_of` said of it when it was read. Raises PermissionDenied; ValidationError without
    both, once ended, or where somebody wrote meanwhile.
    """
    row = _open(by, enrolment)
    if (row.needs, row.goals) == (needs.strip(), goals.strip()):
        return row
    if base != version_of(row):
        raise ValidationError(
            _("Le bilan a changé pendant que vous écriviez : relisez-le, votre texte est resté ci-dessous.")
        )
    if not needs.strip() or not goals.strip():
        raise ValidationError(_("Écrivez les besoins et les objectifs, avec les mots de la personne."))
    row.needs, row.goals = needs.strip()[:4000], goals.strip()[:4000]
    row.assessed_by, row.assessed_at = by, timezone.now()
    row.save(update_fields=["needs", "goals", "assessed_by", "assessed_at"])
    _record(by, "protocols.assessed", row)
    return row


def version_of(enrolment: Enrolment) -> str:
    """Return what changes each time the assessment is written."""
    return enrolment.assessed_at.isoformat() if enrolment.assessed_at is not None else ""


@transaction.atomic
def give_educator(*, by: Person, enrolment: Enrolment, educator: directory.Professional) -> Enrolment:
    """Give a person to another member of the team. Raises PermissionDenied, ValidationError."""
    row = _open(by, enrolment)
    if row.educator_id == educator.pk:
        return row
    if educator not in [one.professional for one in team_of(row.programme)]:
        raise ValidationError(_("Choisissez quelqu’un de l’équipe du programme."))
    row.educator = educator
    row.save(update_fields=["educator"])
    _record(by, "protocols.educator_changed", row)
    return row


@transaction.atomic
def give_place(*, by: Person, session: EducationSession, enrolment: Enrolment) -> SessionPlace:
    """Give a person a place in a session of their programme, who is told the hour; once.

    A place that they gave up is theirs again. Raises PermissionDenied; ValidationError for a full or
    cancelled session, another programme.
    """
    row = _open(by, enrolment)
    held = (
        EducationSession.objects.select_for_update(of=("self",)).select_related("leader").get(pk=session.pk)
    )
    if held.programme_id != row.programme_id:
        raise ValidationError(_("Cette séance est d’un autre programme."))
    known = SessionPlace.objects.filter(session=held, enrolment=row).first()
    if known is not None and known.attendance != Attendance.EXCUSED.value:
        return known
    if held.is_cancelled:
        raise ValidationError(_("Cette séance est annulée : choisissez-en une autre."))
    taken = SessionPlace.objects.filter(session=held).exclude(attendance=Attendance.EXCUSED.value).count()
    if taken >= held.seats:
        raise ValidationError(_("Cette séance est complète : choisissez-en une autre."))
    if known is None:
        known = SessionPlace.objects.create(session=held, enrolment=row, by=by)
    else:
        _note(known, Attendance.EXPECTED, by)
    known.session, known.enrolment = held, row
    _record(by, "protocols.place_given", row)
    tell_expected(known, by)
    return known


@transaction.atomic
def note_attendance(*, by: Person, place: SessionPlace, attendance: Attendance) -> SessionPlace:
    """Note whether a person came, corrected by another tap. The same again changes nothing.

    Raises PermissionDenied; ValidationError for a cancelled session, or one that has not begun.
    """
    row = SessionPlace.objects.select_for_update(of=("self",)).get(pk=place.pk)
    enrolment = Enrolment.objects.for_person(by).select_related("programme__scope", "patient__scope")
    found = enrolment.filter(pk=row.enrolment_id).first()
    if found is None or not may_act(by, found):
        raise PermissionDenied(_("L’équipe du programme et le cercle de soins font cela."))
    session = row.session
    if row.attendance == attendance.value:
        return row
    if session.is_cancelled:
        raise ValidationError(_("Cette séance est annulée : il n’y a pas de présence à noter."))
    if not may_be_noted(attendance, session.starts_at, timezone.now()):
        raise ValidationError(_("Cette séance n’a pas commencé : notez la présence à partir de son heure."))
    _note(row, attendance, by)
    _record(by, "protocols.attendance_noted", found)
    return row


@transaction.atomic
def give_up(*, by: Person, place: SessionPlace) -> SessionPlace:
    """A person says beforehand that they cannot come; who leads the session sees it. Again, nothing changes.

    Raises PermissionDenied for anybody but the patient; ValidationError once the session began.
    """
    row = SessionPlace.objects.select_for_update(of=("self",)).select_related("session").get(pk=place.pk)
    mine = people.own_file(by)
    enrolment = Enrolment.objects.for_person(by).select_related("patient__scope").filter(pk=row.enrolment_id)
    found = enrolment.first()
    if mine is None or found is None or found.patient_id != mine.pk:
        raise PermissionDenied(_("Cette place n’est pas la vôtre."))
    if row.attendance == Attendance.EXCUSED.value:
        return row
    if row.session.has_begun or row.attendance != Attendance.EXPECTED.value:
        raise ValidationError(_("La séance a commencé : appelez l’équipe."))
    _note(row, Attendance.EXCUSED, by)
    exchange.withdraw(subjects=[subject_of(row)])
    _record(by, "protocols.place_given_up", found)
    return row


@transaction.atomic
def evaluate(
    *, by: Person, enrolment: Enrolment, moment: Moment, answers: Mapping[str, str], words: str = ""
) -> Evaluation:
    """Keep what a person answered before or after; once a moment, the first answers stand.

    Raises PermissionDenied; ValidationError unless each sentence is answered, or where others stand.
    """
    row = _acting(by, enrolment)
    known = Evaluation.objects.filter(enrolment=row, moment=moment.value).select_related("by").first()
    if known is not None:
        if (known.answers, known.words) != (dict(answers), words.strip()[:2000]):
            raise ValidationError(
                _("{name} a déjà noté ces réponses, qui restent : vos mots sont gardés ci-dessous.").format(
                    name=known.by
                )
            )
        return known
    codes = {one["code"] for one in rule("protocols.education.items").value}
    if set(answers) != codes or not set(answers.values()) <= {one.value for one in Level}:
        raise ValidationError(_("Il manque une réponse : « non » en est une."))
    made = Evaluation.objects.create(
        enrolment=row, moment=moment.value, answers=dict(answers), words=words.strip()[:2000], by=by
    )
    _record(by, "protocols.evaluated", row)
    return made


@transaction.atomic
def end_enrolment(*, by: Person, enrolment: Enrolment, ending: Ending, summary: str) -> Enrolment:
    """End a programme for a person, with what is to be remembered of it; ended already, nothing changes.

    The places to come are given up, the team reads for some days more. Raises PermissionDenied;
    ValidationError without a summary.
    """
    row = _acting(by, enrolment)
    if not row.is_open:
        if row.summary != summary.strip()[:4000]:
            raise ValidationError(
                _("{name} a déjà fini ce programme : vos mots sont gardés ci-dessous.").format(
                    name=row.ended_by
                )
            )
        return row
    if not summary.strip():
        raise ValidationError({"summary": _("Écrivez en quelques lignes ce qu’il faut retenir.")})
    now = timezone.now()
    row.ending, row.summary, row.ended_by, row.ended_at = ending.value, summary.strip()[:4000], by, now
    row.team_until = team_reads_until(now, rule("protocols.education.team_days").value)
    row.save(update_fields=["ending", "summary", "ended_by", "ended_at", "team_until"])
    coming = SessionPlace.objects.filter(
        enrolment=row, attendance=Attendance.EXPECTED.value, session__starts_at__gt=now
    )
    for one in coming.select_related("session__leader", "enrolment__patient__scope"):
        _note(one, Attendance.EXCUSED, by)
        tell_cancelled(one, by)
    link_team(by, row)
    _record(by, "protocols.enrolment_ended", row)
    return row


@transaction.atomic
def send_summary(*, by: Person, enrolment: Enrolment) -> Enrolment:
    """Send the summary to the médecin traitant, in a conversation of the circle; once.

    Raises PermissionDenied; ValidationError before the end, without a médecin traitant, or where the circle
    or the means of that doctor let nothing go this way: the letter is then printed.
    """
    row = _acting(by, enrolment)
    if row.letter_id is not None:
        return row
    if row.is_open:
        raise ValidationError(_("Finissez d’abord le programme : la synthèse part ensuite."))
    doctor = row.patient.referring_doctor
    asked = exchange.asked_in_circle(row.patient, by, doctor) if doctor is not None else ""
    if not asked:
        raise ValidationError(_("Rien ne peut partir d’ici à ce médecin : imprimez la lettre."))
    row.letter = exchange.open_conversation(
        by=by,
        subject=_("Éducation thérapeutique : synthèse"),
        text=f"{row.programme.title}\n\n{row.summary}",
        asked={asked},
        key=f"education-{row.pk}",
        patient=row.patient,
    )
    row.save(update_fields=["letter"])
    _record(by, "protocols.summary_sent", row)
    return row


def _note(place: SessionPlace, attendance: Attendance, by: Person) -> None:
    place.attendance, place.noted_by, place.noted_at = attendance.value, by, timezone.now()
    place.save(update_fields=["attendance", "noted_by", "noted_at"])


def _acting(by: Person, enrolment: Enrolment) -> Enrolment:
    """Return the row, locked, for who writes it. Raises PermissionDenied."""
    rows = Enrolment.objects.for_person(by).select_for_update(of=("self",))
    row = rows.select_related("programme__scope", "patient__scope").filter(pk=enrolment.pk).first()
    if row is None or not may_act(by, row):
        raise PermissionDenied(_("L’équipe du programme et le cercle de soins font cela."))
    return row


def _open(by: Person, enrolment: Enrolment) -> Enrolment:
    row = _acting(by, enrolment)
    if not row.is_open:
        raise ValidationError(_("Ce programme est fini pour cette personne."))
    return row


def _record(by: Person, verb: str, row: Any) -> None:
    journal.record(by=by, verb=verb, target=journal.target_of(row), changes={}, scope=row.patient.scope_id)
