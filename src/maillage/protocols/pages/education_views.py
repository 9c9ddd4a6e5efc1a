"""The programmes of therapeutic education of a territory: the list, one of them, a session and who came."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.kernel import access, formats
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Page, PermissionMixin
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.protocols.actions import education as actions
from maillage.protocols.actions import enrolments
from maillage.protocols.models import EducationSession, Programme, SessionPlace
from maillage.protocols.models.education import ATTENDANCE_LABELS
from maillage.protocols.pages.base import DoesOne, cleaned
from maillage.protocols.pages.education_forms import (
    BecauseForm,
    EducatorForm,
    MemberForm,
    ProgrammeForm,
    ProgrammeTextForm,
    SessionForm,
    WhenForm,
    when_form,
)
from maillage.protocols.queries import education as queries
from maillage.protocols.rules.education import Attendance

LOOKS = {Attendance.PRESENT: "good", Attendance.ABSENT: "attention", Attendance.EXCUSED: ""}


def chosen_sheet(text: str) -> directory.Professional:
    """Return the one professional whom a text names. Raises ValidationError for none, or several."""
    found = list(directory.Professional.objects.active().matching(text)[:2]) if text.strip() else []
    if len(found) != 1:
        raise ValidationError(
            {
                "who": _("Plusieurs professionnels ont ce nom : donnez le numéro RPPS.")
                if found
                else _("Aucun professionnel de l’annuaire n’a ce nom ni ce numéro.")
            }
        )
    return found[0]


class Programmes(Page):
    """The programmes of the territory; for whoever steers, what each did, and opening one."""

    template_name = "protocols/programmes.html"
    permission = Permission.VIEW_PROTOCOLS

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        programmes = queries.programmes_of(self.person)
        texts, teams = queries.last_texts(programmes), queries.teams(programmes)
        manages = self._scope() is not None
        if manages:
            context.setdefault("form", ProgrammeForm())
        count = ngettext("{count} programme", "{count} programmes", len(programmes))
        return super().get_context_data(
            finding=count.format(count=formats.number(len(programmes))),
            lines=[(one, texts.get(one.pk), teams[one.pk]) for one in programmes],
            counts=[_counted(one) for one in queries.counts_of(self.person)] if manages else [],
            threshold=rule("territory.secrecy.threshold").value,
            **context,
        )

    def _scope(self) -> Scope | None:
        scopes = access.scopes_of(self.person, Permission.MANAGE_PROTOCOLS)
        return scopes[0] if scopes else None

    def post(self, request: HttpRequest) -> HttpResponse:
        """Open a programme."""
        scope = self._scope()
        if scope is None:
            access.require(self.person, Permission.MANAGE_PROTOCOLS)
            raise Http404
        form = ProgrammeForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            try:
                made = actions.open_programme(
                    by=self.person,
                    scope=scope,
                    title=data["title"],
                    coordinator=chosen_sheet(data["who"]),
                    key=data["key"],
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return redirect("protocols:programme", pk=made.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


def _counted(one: queries.EducationCounts) -> tuple[str, str, str, list[tuple[str, str]]]:
    followed = next(iter(one.followed.counts.values()))
    attended = [
        (str(ATTENDANCE_LABELS[Attendance(name)]), _shown(count))
        for name, count in one.attended.counts.items()
    ]
    return one.programme.title, formats.number(one.sessions), _shown(followed), attended


def _shown(count: int | None) -> str:
    return _("effectif masqué") if count is None else formats.number(count)


class OfProgramme(PermissionMixin):
    """A programme of the address, of a scope where the visitor works."""

    permission = Permission.VIEW_PROTOCOLS

    @cached_property
    def programme(self) -> Programme:
        """The programme. Raises Http404 for one of another scope."""
        found = queries.programme_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of the programme."""
        return self.programme.scope


class ProgrammePage(OfProgramme, DoesOne, Page):
    """One programme: what it says, its team, its sessions, the people that the visitor reads."""

    template_name = "protocols/programme.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        programme, person = self.programme, self.person
        texts, team = queries.texts_of(programme), queries.team_of(programme)
        keeps = queries.keeps(person, programme)
        acts = keeps or any(one.professional.account_id == person.pk for one in team)
        now = timezone.now()
        sessions = queries.sessions_of(programme)
        coming = [one for one in sessions if one.ends_at > now]
        if acts:
            context.setdefault("session_form", SessionForm(team=[one.professional for one in team]))
        count = ngettext("{count} séance à venir", "{count} séances à venir", len(coming))
        return super().get_context_data(
            programme=programme,
            text=texts[0] if texts else None,
            before=texts[1:],
            team=team,
            coming=coming,
            past=[one for one in reversed(sessions) if one.ends_at <= now],
            followers=queries.followers(person, programme),
            keeps=keeps,
            acts=acts,
            member_form=MemberForm(auto_id="id_member_%s") if keeps else None,
            finding=count.format(count=formats.number(len(coming))),
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Plan a session, whose form comes back as typed where something is missing; else a gesture."""
        if request.POST.get("do") != "session":
            return self.answered(request, reverse("protocols:programme", args=[pk]))
        team = [one.professional for one in queries.team_of(self.programme)]
        form = SessionForm(request.POST, team=team)
        if form.is_valid():
            try:
                made = actions.plan_session(by=self.person, programme=self.programme, **form.values())
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return redirect("protocols:education_session", pk=made.pk)
        return self.render_to_response(self.get_context_data(session_form=form), status=422)

    def done(self, gesture: str) -> str:
        if gesture == "join":
            data = cleaned(MemberForm(self.request.POST))
            who = chosen_sheet(data.pop("who"))
            actions.join_team(by=self.person, programme=self.programme, professional=who, **data)
            return _("{name} est dans l’équipe.").format(name=who)
        if gesture == "leave":
            asked = row_key(self.request.POST.get("member", ""))
            member = next((one for one in queries.team_of(self.programme) if one.pk == asked), None)
            if member is None:
                raise Http404(gesture)
            actions.leave_team(by=self.person, member=member)
            return _("{name} n’est plus dans l’équipe.").format(name=member.professional)
        raise Http404(gesture)


class WriteProgramme(OfProgramme, Page):
    """The next text of a programme, from the last one."""

    template_name = "protocols/programme_form.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if not queries.keeps(self.person, self.programme):
            raise Http404(self.programme.pk)
        texts = queries.texts_of(self.programme)
        context.setdefault("form", ProgrammeTextForm(before=texts[0] if texts else None))
        number = texts[0].number + 1 if texts else 1
        return super().get_context_data(programme=self.programme, number=number, **context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write it: it holds from now on."""
        form = ProgrammeTextForm(request.POST)
        if form.is_valid():
            try:
                actions.write_text(
                    by=self.person,
                    programme=self.programme,
                    content=form.content(),
                    key=form.cleaned_data["key"],
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return redirect("protocols:programme", pk=pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SessionPage(DoesOne, Page):
    """One session: who is expected, whether they came in one tap each, who else may come."""

    template_name = "protocols/education_session.html"
    permission = Permission.VIEW_PROTOCOLS

    @cached_property
    def session(self) -> EducationSession:
        """The session. Raises Http404 for one of another scope."""
        found = queries.session_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of the programme."""
        return self.session.programme.scope

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        session, person = self.session, self.person
        programme = session.programme
        room = queries.room_of(person, session)
        acts = queries.is_member(person, programme) or queries.keeps(person, programme)
        team = [one.professional for one in queries.team_of(programme)] if acts else []
        subjects = {actions.subject_of(one): one.enrolment.patient for one in room.places}
        told = exchange.message_statuses(subjects) if subjects and not session.has_begun else {}
        if acts and not session.is_cancelled and not session.has_begun:
            context.setdefault("when_form", when_form(session))
        return super().get_context_data(
            session=session,
            day=formats.date_long(session.starts_at.astimezone(programme.scope.zone).date()),
            programme=programme,
            places=[(one, self._gestures(one), told.get(actions.subject_of(one))) for one in room.places],
            room=room,
            invitable=queries.to_invite(person, session) if room.free and not session.is_cancelled else [],
            acts=acts,
            leader_form=EducatorForm(team=team, initial={"educator": session.leader_id}) if acts else None,
            because_form=BecauseForm(auto_id="id_because_%s") if acts and not session.is_cancelled else None,
            back=reverse("protocols:education_session", args=[session.pk]),
            **context,
        )

    def _gestures(self, place: SessionPlace) -> list[tuple[str, str]]:
        session = self.session
        if session.is_cancelled:
            return []
        given = (
            (Attendance.PRESENT, Attendance.EXCUSED, Attendance.ABSENT)
            if session.has_begun
            else (Attendance.EXCUSED,)
        )
        return [(one.value, str(ATTENDANCE_LABELS[one])) for one in given if one.value != place.attendance]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Move the session, whose form comes back as typed where something is wrong; else a gesture."""
        if request.POST.get("do") != "change":
            return self.answered(request, reverse("protocols:education_session", args=[pk]))
        form = WhenForm(request.POST, auto_id="id_when_%s")
        if form.is_valid():
            try:
                actions.change_session(by=self.person, session=self.session, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return redirect("protocols:education_session", pk=pk)
        return self.render_to_response(self.get_context_data(when_form=form), status=422)

    def done(self, gesture: str) -> str:
        gestures = {
            "attendance": self._note,
            "invite": self._invite,
            "cancel": self._cancel,
            "leader": self._lead,
        }
        if gesture not in gestures:
            raise Http404(gesture)
        return gestures[gesture]()

    def _note(self) -> str:
        asked, said = row_key(self.request.POST.get("place", "")), self.request.POST.get("said", "")
        room = queries.room_of(self.person, self.session)
        place = next((one for one in room.places if one.pk == asked), None)
        if place is None or said not in {one.value for one in Attendance}:
            raise Http404(said)
        enrolments.note_attendance(by=self.person, place=place, attendance=Attendance(said))
        label = ATTENDANCE_LABELS[Attendance(said)]
        return _("{name} : {said}.").format(name=place.enrolment.patient.name, said=label)

    def _invite(self) -> str:
        asked = row_key(self.request.POST.get("enrolment", ""))
        found = queries.enrolment_seen_by(self.person, asked) if asked else None
        if found is None:
            raise Http404("enrolment")
        enrolments.give_place(by=self.person, session=self.session, enrolment=found)
        return _("{name} a une place.").format(name=found.patient.name)

    def _lead(self) -> str:
        team = [one.professional for one in queries.team_of(self.session.programme)]
        form = EducatorForm(self.request.POST, team=team)
        cleaned(form)
        actions.give_session(by=self.person, session=self.session, leader=form.chosen)
        return _("Séance animée par {name}.").format(name=form.chosen)

    def _cancel(self) -> str:
        data = cleaned(BecauseForm(self.request.POST))
        actions.cancel_session(by=self.person, session=self.session, **data)
        return _("Séance annulée : les personnes attendues sont prévenues.")
