"""Meetings: the list, one meeting for who is invited to it, and what a carer or the patient sees of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care.actions import meeting_items, meeting_minutes, meetings
from maillage.care.models import AgendaItem, Meeting, MeetingInvitation, MinutesSignature
from maillage.care.pages import meeting_presenters as presenters
from maillage.care.pages.meeting_forms import (
    CancelForm,
    CaseForm,
    MeetingForm,
    TextForm,
    TopicForm,
    hour_form,
)
from maillage.care.queries import meeting_minutes as minutes
from maillage.care.queries import meetings as queries
from maillage.care.queries.meetings import MeetingSeen
from maillage.care.rules.meetings import Answer, MinutesState
from maillage.kernel import access, formats
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Page, PermissionMixin
from maillage.kernel.pages.gestures import Gestures
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.people import api as people

FOUND = 8


class Meetings(Page):
    """The meetings one keeps, is invited to, or has an item in; those who work in a scope call one here."""

    template_name = "care/meetings.html"
    permission = None

    @cached_property
    def scopes(self) -> list[Scope]:
        """The scopes where the visitor may call a meeting."""
        found = access.scopes_of(self.person, Permission.BOOK_APPOINTMENT)
        return list(Scope.objects.order_by("label")) if found is None else found

    def get_clock(self) -> Scope | None:
        """Return the scope of a meeting being called: its hour is written by that clock."""
        asked = row_key(self.request.POST.get("scope"))
        return next((one for one in self.scopes if one.pk == asked), None)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        coming = queries.coming(self.person)
        waiting = queries.minutes_waiting(self.person)
        past = queries.past(self.person)
        signed = minutes.signatures_of_each(past)
        if self.scopes:
            context.setdefault("form", MeetingForm(scopes=self.scopes))
        return super().get_context_data(
            finding=self._finding(coming, waiting),
            coming=[(one, presenters.kind_of(one)) for one in coming],
            waiting=[self._state(one, []) for one in waiting],
            past=[self._state(one, signed[one.pk]) for one in past if one not in waiting],
            opens_form=context.get("form") is not None and context["form"].is_bound,
            **context,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Call a meeting."""
        if not self.scopes:
            raise PermissionDenied(_("Votre rôle ne permet pas cette action dans ce périmètre."))
        form = MeetingForm(request.POST, scopes=self.scopes)
        if form.is_valid():
            try:
                made = meetings.call_meeting(by=self.person, **form.values())
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(
                    request, _("Réunion prévue : écrivez son ordre du jour, invitez qui doit venir.")
                )
                return redirect("care:meeting", pk=made.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _state(self, meeting: Meeting, signatures: list[MinutesSignature]) -> dict[str, Any]:
        state = minutes.state_of(meeting, signatures)
        said = presenters.minutes_said(meeting, state, signatures)
        return {
            "meeting": meeting,
            "kind": presenters.kind_of(meeting),
            "said": said,
            "is_late": state is MinutesState.LATE,
        }

    def _finding(self, coming: list[Meeting], waiting: list[Meeting]) -> str:
        if not coming:
            said = _("Aucune réunion prévue")
        else:
            said = _("Prochaine réunion {when}").format(when=formats.date_long(coming[0].starts_at))
        late = sum(minutes.state_of(one, []) is MinutesState.LATE for one in waiting)
        if waiting:
            said = formats.listed([said, presenters.waiting_said(len(waiting), late)])
        return f"{said}."


class OfMeeting(PermissionMixin):
    """One meeting of the address, of which the visitor sees something; the files it names are logged."""

    permission = None

    @cached_property
    def seen(self) -> MeetingSeen:
        """What the visitor sees of it. Raises Http404 where that is nothing."""
        found = queries.meeting_seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    @property
    def meeting(self) -> Meeting:
        """The meeting."""
        return self.seen.meeting

    def get_clock(self) -> Scope | None:
        """Return the scope of the meeting."""
        return self.meeting.scope


class MeetingGestures(OfMeeting, Gestures, Page):
    """A page about a meeting: a text that is refused stays on the screen."""

    refusals = (ValidationError, PermissionDenied)

    def refused(self, name: str, error: Exception) -> HttpResponse:
        """Say why, and keep a text that is not valid under the eyes of who wrote it."""
        text = TextForm(self.request.POST)
        if name == "write" and isinstance(error, ValidationError) and not text.is_valid():
            self.say(error)
            return self.render_to_response(self.get_context_data(text_form=text), status=422)
        return super().refused(name, error)


class MeetingPage(MeetingGestures):
    """One meeting: its agenda, who comes, who was there, where its minutes stand."""

    @property
    def template_name(self) -> str:  # type: ignore[override]  # a page of its own for each way of seeing
        """A carer or the patient has a page of their own: their item, and nothing of the others."""
        return "care/meeting.html" if self.seen.is_whole else "care/meeting_own.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        seen, meeting = self.seen, self.meeting
        shown = {
            "seen": seen,
            "meeting": meeting,
            "kind": presenters.kind_of(meeting),
            "finding": presenters.finding(seen),
            "lines": presenters.lines_of(seen),
            "own": queries.own_invitation(self.person, meeting),
            "answers": [("accepted", _("Je viens")), ("declined", _("Je ne viens pas"))],
            "may_answer": not meeting.is_cancelled and not meeting.is_over,
        }
        if seen.is_whole:
            shown |= self._whole(context.pop("text_form", None))
        return super().get_context_data(**shown, **context)

    def _whole(self, text_form: TextForm | None) -> dict[str, Any]:
        meeting = self.meeting
        invitations = queries.invitations_of(meeting)
        attendances = minutes.attendances_of(meeting)
        signatures, digest = minutes.signatures_of(meeting), minutes.digest_of(meeting)
        state = minutes.state_of(meeting, signatures, digest)
        texts = minutes.texts_of(meeting)
        general = texts.get(None, minutes.NOTHING_WRITTEN)
        text = self.request.GET.get("q", "").strip()[:80]
        whom = self.request.GET.get("patient", "").strip()[:80]
        keeps = self.seen.keeps
        stands = not meeting.is_cancelled
        return {
            "invitations": invitations,
            "mute": presenters.without_account(invitations),
            "numbers": {one.seen.item.pk: one.name for one in presenters.lines_of(self.seen)},
            "state": state,
            "minutes_said": presenters.minutes_said(meeting, state, signatures),
            "is_late": state is MinutesState.LATE,
            "signatures": signatures,
            "digest": digest,
            "present": minutes.by_profession(attendances),
            "presence": self._presence(invitations, attendances) if keeps and meeting.has_begun else [],
            "paid": self._paid(attendances),
            "pays": access.may(self.person, Permission.MANAGE_MEETINGS, meeting.scope),
            "general": general,
            "text_form": text_form
            or TextForm(initial={"text": general.said, "base": general.number}, auto_id="id_general_%s"),
            "parted": [one for one in texts.values() if one.is_parted],
            "may_sign": stands
            and meeting.is_over
            and meeting.organiser_id == self.person.pk
            and state is not MinutesState.SIGNED,
            "told": sum(bool(one.minutes) for one in attendances),
            "may_write": stands and meeting.has_begun,
            "may_change": keeps and stands and not meeting.has_begun,
            "may_cancel": keeps and stands and not signatures,
            "may_invite": keeps and stands and not meeting.is_over,
            "may_take_over": stands and keeps and meeting.organiser_id != self.person.pk,
            "hour_form": hour_form(meeting),
            "cancel_form": CancelForm(),
            "topic_form": TopicForm(auto_id="id_topic_%s"),
            "text": text,
            "found": presenters.candidates(text, FOUND) if text else [],
            "whom": whom,
            "patients": self._patients(whom) if whom and stands else [],
        }

    def _patients(self, text: str) -> list[tuple[people.Patient, CaseForm]]:
        found = people.search_patients(
            by=self.person,
            text=text,
            purpose=_("ordre du jour d’une réunion"),
            scope=self.meeting.scope,
            limit=FOUND,
        )
        return [(one, CaseForm(initial={"patient": one.pk}, auto_id=f"id_{one.pk}_%s")) for one in found]

    def _presence(
        self, invitations: Any, attendances: Any, data: Any = None
    ) -> list[presenters.PresenceLine]:
        who = presenters.expected(self.meeting, invitations, attendances)
        return presenters.presence_lines(who, attendances, self.meeting.length, data)

    def _paid(self, attendances: Any) -> list[dict[str, Any]]:
        """Return the paid time of those the visitor may know it of: everybody for who pays, else oneself."""
        pays = access.may(self.person, Permission.VIEW_DUTY_PAY, self.meeting.scope)
        mine = presenters.key_of(presenters.sheet_of(self.person))
        rows = [one for one in attendances if one.is_paid]
        return [
            presenters.paid_line(one, self.meeting)
            for one in rows
            if pays or presenters.key_of(one.who) == mine
        ]

    def gestures(self) -> dict[str, Callable[[], str]]:
        return {
            "answer": self._answer,
            "change": self._change,
            "cancel": self._cancel,
            "take_over": self._take_over,
            "invite": self._invite,
            "uninvite": self._uninvite,
            "add_topic": self._add_topic,
            "add_case": self._add_case,
            "move_item": self._move_item,
            "attendance": self._attendance,
            "write": self._write,
            "sign": self._sign,
        }

    def after(self, name: str) -> HttpResponse:  # noqa: ARG002 (one place, whatever was done)
        """Lead back to the page, or to the list for whoever sees it no more."""
        if queries.meeting_of(self.person, self.meeting.pk) is None:
            return redirect("care:meetings")
        return redirect("care:meeting", pk=self.meeting.pk)

    def _answer(self) -> str:
        said = self.request.POST.get("answer", "")
        if said not in {Answer.ACCEPTED.value, Answer.DECLINED.value}:
            raise ValidationError(_("Dites si vous venez ou non."))
        meetings.answer_invitation(by=self.person, meeting=self.meeting, answer=Answer(said))
        return _("Réponse donnée.")

    def _change(self) -> str:
        form = hour_form(self.meeting, self.request.POST)
        if not form.is_valid():
            raise ValidationError(first_errors(form))
        meetings.change_meeting(by=self.person, meeting=self.meeting, **form.cleaned_data)
        return _("Réunion modifiée : les personnes invitées en sont prévenues.")

    def _cancel(self) -> str:
        form = CancelForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(first_errors(form))
        meetings.cancel_meeting(by=self.person, meeting=self.meeting, reason=form.cleaned_data["reason"])
        return _("Réunion annulée : les personnes invitées en sont prévenues.")

    def _take_over(self) -> str:
        meetings.take_over_meeting(by=self.person, meeting=self.meeting)
        return _("Vous organisez désormais cette réunion.")

    def _invite(self) -> str:
        who = presenters.invited_by_key(self.request.POST.get("who", ""))
        if who is None:
            raise ValidationError(_("Choisissez qui inviter dans la liste."))
        meetings.invite(by=self.person, meeting=self.meeting, who=who)
        return _("{name} est invité.").format(name=who)

    def _uninvite(self) -> str:
        rows = MeetingInvitation.objects.of_meeting(self.meeting).select_related("meeting", "item__patient")
        row = rows.filter(pk=row_key(self.request.POST.get("row"))).first()
        if row is None:
            raise ValidationError(_("Cette invitation n’existe plus."))
        meetings.withdraw_invitation(by=self.person, invitation=row)
        return _("{name} n’est plus invité.").format(name=row.holder_name)

    def _add_topic(self) -> str:
        form = TopicForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(first_errors(form))
        meeting_items.add_topic(by=self.person, meeting=self.meeting, **form.cleaned_data)
        return _("Point ajouté à l’ordre du jour.")

    def _add_case(self) -> str:
        form = CaseForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(first_errors(form))
        patient = people.patient_seen_by(self.person, form.cleaned_data["patient"])
        if patient is None:
            raise ValidationError(_("Vous ne lisez pas le dossier de cette personne."))
        item = meeting_items.add_case(by=self.person, meeting=self.meeting, patient=patient, **form.values())
        if item.agreed_at is None:
            return _("Situation ajoutée : elle ne sera ni nommée ni discutée sans l’accord de la personne.")
        return _("Situation ajoutée à l’ordre du jour, avec l’accord de la personne.")

    def _move_item(self) -> str:
        item = (
            AgendaItem.objects.of_meeting(self.meeting)
            .filter(pk=row_key(self.request.POST.get("row")))
            .first()
        )
        if item is None:
            raise ValidationError(_("Ce point n’est plus à l’ordre du jour."))
        meeting_items.move_item(by=self.person, item=item, up=self.request.POST.get("to") == "up")
        return _("Ordre du jour changé.")

    def _attendance(self) -> str:
        meeting = self.meeting
        invitations, attendances = queries.invitations_of(meeting), minutes.attendances_of(meeting)
        lines = self._presence(invitations, attendances, self.request.POST)
        who = {presenters.key_of(one): one for one in presenters.expected(meeting, invitations, attendances)}
        written = []
        for one in lines:
            if f"{one.key}-minutes" not in self.request.POST:
                continue
            if not one.form.is_valid():
                raise ValidationError(
                    _("{name} : {errors}").format(name=one.name, errors=first_errors(one.form))
                )
            said = one.form.cleaned_data
            written.append(
                meeting_minutes.Presence(who[one.key], said["minutes"], said["is_paid"], said["rate"])
            )
        meeting_minutes.record_attendance(by=self.person, meeting=meeting, lines=written)
        return _("Présences notées.")

    def _write(self) -> str:
        return write(self, None)

    def _sign(self) -> str:
        meeting_minutes.sign_minutes(
            by=self.person, meeting=self.meeting, digest=self.request.POST.get("digest", "")[:64]
        )
        return _("Compte rendu signé : les personnes présentes sont prévenues.")


def write(page: MeetingGestures, item: AgendaItem | None) -> str:
    """Write what was said on an item, or on the whole, and say whether somebody wrote meanwhile."""
    form = TextForm(page.request.POST)
    if not form.is_valid():
        raise ValidationError(first_errors(form))
    said = form.cleaned_data
    meeting_minutes.write_minutes(
        by=page.person, meeting=page.meeting, item=item, text=said["text"], base=said["base"]
    )
    if minutes.text_of(page.meeting, item).is_parted:
        return _("Quelqu’un écrivait en même temps : les deux textes sont gardés, réunissez-les.")
    return _("Texte enregistré à {hour}.").format(hour=formats.time_short(timezone.now()))


def first_errors(form: Any) -> str:
    """Return what is wrong with a form in one sentence, each field named."""
    said = []
    for bound in form:
        said += [formats.told(bound.label, str(error)) for error in bound.errors]
    return " ".join([*form.non_field_errors(), *said])
