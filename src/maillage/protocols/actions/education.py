"""Opening a programme of therapeutic education, writing it, its team, its sessions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.kernel import access, databases, journal
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before, made_meanwhile, same_write
from maillage.people import api as people
from maillage.protocols.models import (
    EducationSession,
    Enrolment,
    Programme,
    ProgrammeMember,
    ProgrammeText,
    SessionPlace,
)
from maillage.protocols.queries.education import is_member, keeps, team_of
from maillage.protocols.queries.protocols import today_in
from maillage.protocols.rules.education import Attendance, Filing, Proof, SessionKind

#: What a text says, by field.
TEXT = ("pathology", "audience", "aims", "course", "filing", "filed_on", "filing_number", "proof")
#: What a change of session may change.
CHANGED = ("starts_at", "minutes", "place", "video_url")


@transaction.atomic
def open_programme(
    *, by: Person, scope: Scope, title: str, coordinator: directory.Professional, key: str
) -> Programme:
    """Open a programme in a scope, with who coordinates it; the same `key` again returns the first one.

    Raises PermissionDenied, ValidationError without a title.
    """
    access.require(by, Permission.MANAGE_PROTOCOLS, scope)
    said = " ".join(title.split())[:160]
    if not said:
        raise ValidationError({"title": _("Donnez un titre au programme.")})
    row = Programme(scope=scope, title=said, by=by, key=key)
    if not databases.insert_new([row], unique=["by", "key"]):
        made = made_meanwhile(Programme, by=by, key=key)
        return same_write(made, is_same=(made.scope_id, made.title) == (scope.pk, said))
    ProgrammeMember.objects.create(
        programme=row, professional=coordinator, is_coordinator=True, by=by, key=f"programme-{row.pk}"
    )
    _record(by, "protocols.programme_opened", row, scope, {"title": [None, said]})
    return row


@transaction.atomic
def write_text(*, by: Person, programme: Programme, content: Mapping[str, Any], key: str) -> ProgrammeText:
    """Write the next text of a programme, which holds from now on; the same `key` again returns the first.

    `content`: the fields of `TEXT`. Raises PermissionDenied; ValidationError without the disease or the aims,
    without the day of a filing that is sure, or with a day to come.
    """
    _require_keeper(by, programme)
    known = made_before(ProgrammeText, by=by, key=key)
    if known is not None:
        return same_write(known, is_same=known.programme_id == programme.pk)
    _locked(programme)
    last = ProgrammeText.objects.filter(programme=programme).first()
    row = ProgrammeText(
        programme=programme,
        number=last.number + 1 if last else 1,
        by=by,
        key=key,
        **{name: content[name] for name in TEXT if name in content},
    )
    if not row.pathology.strip():
        raise ValidationError({"pathology": _("Dites de quelle maladie parle le programme.")})
    if not row.aims.strip():
        raise ValidationError({"aims": _("Écrivez les objectifs du programme.")})
    filed = Filing(row.filing) is not Filing.NONE
    if not filed:
        row.filed_on, row.filing_number = None, ""
    if filed and row.filed_on is None and Proof(row.proof) is not Proof.UNKNOWN:
        raise ValidationError({"filed_on": _("Donnez la date, ou choisissez « non établi ».")})
    if row.filed_on is not None and row.filed_on > today_in(programme.scope):
        raise ValidationError({"filed_on": _("Cette date est à venir : donnez un jour déjà venu.")})
    row.save()
    _record(by, "protocols.programme_written", programme, programme.scope, {"number": [None, row.number]})
    return row


@transaction.atomic
def join_team(
    *, by: Person, programme: Programme, professional: directory.Professional, is_coordinator: bool, key: str
) -> ProgrammeMember:
    """Take a professional into the team; a new coordinator takes the place of the former one, who stays.

    The same again changes nothing. Those who follow the programme see them in their circle. Raises
    PermissionDenied.
    """
    _require_keeper(by, programme)
    _locked(programme)
    rows = ProgrammeMember.objects.filter(programme=programme, left_on=None)
    if is_coordinator:
        rows.filter(is_coordinator=True).exclude(professional=professional).update(is_coordinator=False)
    known = rows.filter(professional=professional).first()
    if known is None:
        # Taken in with that key already: another programme, somebody else, or who left since.
        same_write(None, is_same=made_before(ProgrammeMember, by=by, key=key) is None)
        known = ProgrammeMember.objects.create(
            programme=programme, professional=professional, is_coordinator=is_coordinator, by=by, key=key
        )
        _record(by, "protocols.programme_joined", known, programme.scope, {})
        follow_team(by, programme)
    elif is_coordinator and not known.is_coordinator:
        known.is_coordinator = True
        known.save(update_fields=["is_coordinator"])
        _record(by, "protocols.programme_joined", known, programme.scope, {})
    return known


@transaction.atomic
def leave_team(*, by: Person, member: ProgrammeMember) -> ProgrammeMember:
    """Take a professional out of the team: they read nobody by it any more. Again, nothing changes.

    Raises PermissionDenied; ValidationError for whoever coordinates, or still follows somebody.
    """
    programme = member.programme
    _require_keeper(by, programme)
    _locked(programme)
    row = ProgrammeMember.objects.select_related("programme__scope").get(pk=member.pk)
    if row.left_on is not None:
        return row
    if row.is_coordinator:
        raise ValidationError(_("Nommez d’abord quelqu’un d’autre à la coordination du programme."))
    if Enrolment.objects.of_programme(programme).filter(educator=row.professional, ended_at=None).exists():
        raise ValidationError(_("Cette personne suit encore des patients : confiez-les d’abord."))
    row.left_on = today_in(programme.scope)
    row.save(update_fields=["left_on"])
    _record(by, "protocols.programme_left", row, programme.scope, {"left_on": [None, row.left_on]})
    follow_team(by, programme)
    return row


def follow_team(by: Person | None, programme: Programme) -> None:
    """Bring the links of each person who follows a programme in line with its team."""
    rows = Enrolment.objects.of_programme(programme).filter(ended_at=None)
    for row in rows.select_related("patient__scope", "programme").order_by("pk"):
        link_team(by, row)


def link_team(by: Person | None, enrolment: Enrolment) -> None:
    """Open, keep or end the links of the team with a person: the act is the enrolment."""
    team = team_of(enrolment.programme)
    people.follow_act(
        by=by,
        act=journal.target_of(enrolment),
        origin=people.Origin.EDUCATION,
        patient=enrolment.patient,
        who=[(one.professional, None) for one in team],
        until=enrolment.team_until,
    )


@transaction.atomic
def plan_session(
    *,
    by: Person,
    programme: Programme,
    theme: str,
    kind: SessionKind,
    starts_at: datetime,
    minutes: int,
    capacity: int,
    leader: directory.Professional,
    key: str,
    place: str = "",
    video_url: str = "",
) -> EducationSession:
    """Plan a session; the same `key` again returns the first one.

    Raises PermissionDenied for who is neither of the team nor keeps the programme; ValidationError without a
    theme, a place or a link, or a leader of the team.
    """
    _require_team(by, programme)
    known = made_before(EducationSession, by=by, key=key)
    if known is not None:
        return same_write(known, is_same=known.programme_id == programme.pk)
    if not theme.strip():
        raise ValidationError({"theme": _("Dites de quoi parle la séance.")})
    _check_where(place, video_url)
    if leader not in [one.professional for one in team_of(programme)]:
        raise ValidationError({"leader": _("La séance est animée par quelqu’un de l’équipe.")})
    row = EducationSession(
        programme=programme, theme=theme.strip()[:160], kind=kind.value, starts_at=starts_at, minutes=minutes,
        capacity=capacity, leader=leader, place=place.strip()[:200], video_url=video_url.strip(), by=by,
        key=key,
    )  # fmt: skip
    if not databases.insert_new([row], unique=["by", "key"]):
        known = made_meanwhile(EducationSession, by=by, key=key)
        return same_write(known, is_same=known.programme_id == programme.pk)
    _record(by, "protocols.session_planned", row, programme.scope, {})
    return row


@transaction.atomic
def change_session(
    *, by: Person, session: EducationSession, starts_at: datetime, minutes: int, place: str, video_url: str
) -> EducationSession:
    """Move a session that has not begun; who is expected is told of another hour. The same changes nothing.

    Raises PermissionDenied; ValidationError once it began or is cancelled, or without a place.
    """
    row = _locked_session(by, session)
    if row.is_cancelled or row.has_begun:
        raise ValidationError(_("Cette séance a commencé ou est annulée : elle ne se déplace plus."))
    _check_where(place, video_url)
    said = {
        "starts_at": starts_at,
        "minutes": minutes,
        "place": place.strip()[:200],
        "video_url": video_url.strip(),
    }
    before = {name: getattr(row, name) for name in CHANGED}
    if before == said:
        return row
    for name, value in said.items():
        setattr(row, name, value)
    row.sequence += 1
    row.save(update_fields=[*CHANGED, "sequence"])
    _record(
        by,
        "protocols.session_changed",
        row,
        row.programme.scope,
        {"starts_at": [before["starts_at"], starts_at]},
    )
    if before["starts_at"] != starts_at:
        for one in expected_in(row):
            tell_moved(one, by, before["starts_at"])
    return row


@transaction.atomic
def give_session(
    *, by: Person, session: EducationSession, leader: directory.Professional
) -> EducationSession:
    """Give a session to another leader of the team; the same again changes nothing.

    Raises PermissionDenied, ValidationError.
    """
    row = _locked_session(by, session)
    if row.leader_id == leader.pk:
        return row
    if leader not in [one.professional for one in team_of(row.programme)]:
        raise ValidationError(_("La séance est animée par quelqu’un de l’équipe."))
    row.leader = leader
    row.sequence += 1
    row.save(update_fields=["leader", "sequence"])
    _record(by, "protocols.session_changed", row, row.programme.scope, {})
    return row


@transaction.atomic
def cancel_session(*, by: Person, session: EducationSession, because: str) -> EducationSession:
    """Cancel a session; who is expected is told. Again, nothing changes.

    Raises PermissionDenied, ValidationError without a reason or once somebody was noted present.
    """
    row = _locked_session(by, session)
    if row.is_cancelled:
        return row
    if not because.strip():
        raise ValidationError({"because": _("Dites pourquoi la séance est annulée.")})
    if row.places.filter(attendance=Attendance.PRESENT.value).exists():
        raise ValidationError(_("Quelqu’un y est noté présent : cette séance a eu lieu."))
    row.cancelled_at, row.cancelled_because = timezone.now(), because.strip()[:300]
    row.sequence += 1
    row.save(update_fields=["cancelled_at", "cancelled_because", "sequence"])
    _record(by, "protocols.session_cancelled", row, row.programme.scope, {})
    if not row.has_begun:
        for one in expected_in(row):
            tell_cancelled(one, by)
    return row


def expected_in(session: EducationSession) -> list[SessionPlace]:
    """Return the places of a session that nobody gave up; for an action that has checked who acts."""
    rows = SessionPlace.objects.filter(session=session).exclude(attendance=Attendance.EXCUSED.value)
    return list(rows.select_related("enrolment__patient__scope", "session__leader"))


def tell_expected(place: SessionPlace, by: Person) -> None:
    """Tell a person the hour of a session and with whom: no word of health, nor of the programme."""
    said = exchange.Parameters(when=place.session.starts_at, professional=place.session.leader)
    again = int(place.noted_at.timestamp()) if place.noted_at is not None else 0
    _tell(place, by, exchange.Template.APPOINTMENT_BOOKED_BRIEF, said, f"booked-{again}")


def tell_moved(place: SessionPlace, by: Person, previous: datetime) -> None:
    """Tell a person that a session is at another hour."""
    said = exchange.Parameters(
        when=place.session.starts_at, previous=previous, professional=place.session.leader
    )
    _tell(place, by, exchange.Template.APPOINTMENT_MOVED_BRIEF, said, f"moved-{place.session.sequence}")


def tell_cancelled(place: SessionPlace, by: Person) -> None:
    """Tell a person that a session does not take place, or not for them."""
    said = exchange.Parameters(when=place.session.starts_at, professional=place.session.leader)
    again = int(place.noted_at.timestamp()) if place.noted_at is not None else 0
    _tell(place, by, exchange.Template.APPOINTMENT_CANCELLED_BRIEF, said, f"cancelled-{again}")


def subject_of(place: SessionPlace) -> str:
    """Return the subject of the messages about a place."""
    return journal.target_of(place)


def _tell(
    place: SessionPlace, by: Person, template: exchange.Template, said: exchange.Parameters, what: str
) -> None:
    if place.session.has_begun:
        return
    exchange.withdraw(subjects=[subject_of(place)])
    exchange.notify(
        by=by,
        to=place.enrolment.patient,
        template=template,
        parameters=said,
        key=f"education-{place.pk}-{what}",
        subject=subject_of(place),
        not_after=place.session.starts_at,
    )


def _check_where(place: str, video_url: str) -> None:
    if not place.strip() and not video_url.strip():
        raise ValidationError({"place": _("Donnez un lieu, ou un lien si la séance est à distance.")})


def _require_keeper(by: Person, programme: Programme) -> None:
    access.require(by, Permission.VIEW_PROTOCOLS, programme.scope)
    if not keeps(by, programme):
        raise PermissionDenied(_("Qui coordonne le programme fait cela."))


def _require_team(by: Person, programme: Programme) -> None:
    access.require(by, Permission.VIEW_PROTOCOLS, programme.scope)
    if not is_member(by, programme) and not keeps(by, programme):
        raise PermissionDenied(_("L’équipe du programme fait cela."))


def _locked(programme: Programme) -> Programme:
    return Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)


def _locked_session(by: Person, session: EducationSession) -> EducationSession:
    _require_team(by, session.programme)
    rows = EducationSession.objects.select_for_update(of=("self",))
    return rows.select_related("programme__scope", "leader").get(pk=session.pk)


def _record(by: Person, verb: str, row: Any, scope: Scope, changes: dict[str, Any]) -> None:
    journal.record(by=by, verb=verb, target=journal.target_of(row), changes=changes, scope=scope.pk)
