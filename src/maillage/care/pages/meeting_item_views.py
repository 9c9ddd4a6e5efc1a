"""One item of a meeting: the question, what the reader may read of the file, what is said and decided."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from maillage.care import api
from maillage.care.actions import meeting_items, meeting_minutes, meetings
from maillage.care.models import AgendaItem
from maillage.care.pages import meeting_presenters as presenters
from maillage.care.pages.meeting_forms import AgreementForm, DecisionForm, TextForm, WithdrawalForm
from maillage.care.pages.meeting_views import MeetingGestures, first_errors, write
from maillage.care.queries import meeting_minutes as minutes
from maillage.care.queries import meetings as queries
from maillage.care.queries.meetings import ItemSeen
from maillage.care.rules.meetings import AgreedBy, Withdrawal
from maillage.kernel.contributions import PanelContent, Place
from maillage.people import api as people


class ItemPage(MeetingGestures):
    """One item, for who may know it: a topic, or the case of a patient as the circle of care opens it."""

    template_name = "care/meeting_item.html"

    @cached_property
    def item_seen(self) -> ItemSeen:
        """The item. Raises Http404 where the visitor may not know what it is about."""
        found = self.seen.item(self.kwargs["item"])
        if found is None or (found.item.is_case and not found.is_named):
            raise Http404(self.kwargs["item"])
        return found

    @property
    def item(self) -> AgendaItem:
        """The item."""
        return self.item_seen.item

    @cached_property
    def decisions(self) -> dict[people.Part, people.Decision]:
        """What the visitor may read of the file, part by part; empty for a topic."""
        patient = self.item_seen.patient
        return {} if patient is None else people.parts_read(self.person, patient)

    @property
    def writes(self) -> bool:
        """Whether the visitor writes what is said of this item."""
        if not self.seen.is_whole or self.meeting.is_cancelled:
            return False
        if not self.item.is_case:
            return True
        return self.item_seen.is_read and api.may_write(self.decisions[people.Part.PLAN])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        seen, item, meeting = self.item_seen, self.item, self.meeting
        number = 1 + [one.item.pk for one in self.seen.items].index(item.pk)
        written = minutes.text_of(meeting, item) if seen.is_read else minutes.NOTHING_WRITTEN
        signatures = minutes.signatures_of(meeting)
        decided = minutes.decisions_of(meeting).get(item.pk, []) if seen.is_read else []
        reads, refused = presenters.reading_said(self.decisions)
        may_discuss = self.writes and seen.is_open and meeting.has_begun
        shown = dict(
            seen=seen,
            item=item,
            meeting=meeting,
            kind=presenters.kind_of(meeting),
            line=presenters.lines_of(self.seen)[number - 1],
            agreement=presenters.agreement_said(item),
            reads=reads,
            refused=refused,
            panels=self._panels(),
            # Before the signature, what is being written is for those who write it.
            written=written if self.seen.is_whole or signatures else minutes.NOTHING_WRITTEN,
            decided=decided,
            writes=self.writes,
            may_discuss=may_discuss,
            text_form=context.get("text_form")
            or TextForm(initial={"text": written.said, "base": written.number}),
            decision_form=DecisionForm(owners=self._owner_choices(), auto_id="id_decision_%s")
            if may_discuss
            else None,
            agreement_form=AgreementForm(auto_id="id_agreement_%s"),
            withdrawal_form=WithdrawalForm(item=item),
            may_agree=(self.writes or seen.is_own) and item.agreed_at is None and not item.is_withdrawn,
            may_withdraw=not item.is_withdrawn
            and (seen.is_own or self.seen.keeps or self.writes or item.by_id == self.person.pk),
            **(self._invited() if self.writes and item.is_case else {}),
        )
        return super().get_context_data(**(context | shown))

    def _panels(self) -> list[PanelContent]:
        seen = self.item_seen
        if seen.patient is None or not seen.is_open or seen.is_own:
            return []
        return people.panels_about(self.person, seen.patient, Place.PATIENT)

    def _invited(self) -> dict[str, Any]:
        invitations = queries.invitations_of(self.meeting)
        item, patient = self.item, self.item.patient
        assert patient is not None
        return {
            "here": [one for one in invitations if one.item_id == item.pk],
            "carers": presenters.carers_to_invite(item, invitations)
            if item.agreed_at is not None and not self.meeting.is_over
            else [],
            "outside": presenters.not_reading(patient, invitations),
        }

    def _owners(self) -> list[tuple[str, str, Any]]:
        meeting = self.meeting
        invitations, attendances = queries.invitations_of(meeting), minutes.attendances_of(meeting)
        return presenters.owners(self.item, presenters.expected(meeting, invitations, attendances))

    def _owner_choices(self) -> list[tuple[str, str]]:
        return [(key, name) for key, name, _who in self._owners()]

    def gestures(self) -> dict[str, Callable[[], str]]:
        return {
            "agree": self._agree,
            "withdraw": self._withdraw,
            "invite": self._invite,
            "write": lambda: write(self, self.item),
            "decide": self._decide,
        }

    def after(self, name: str) -> HttpResponse:  # noqa: ARG002 (one place, whatever was done)
        """Lead back to the item, or to what the visitor still sees."""
        meeting = queries.meeting_of(self.person, self.meeting.pk)
        if meeting is None:
            return redirect("care:meetings")
        found = queries.seen_of(self.person, meeting).item(self.item.pk)
        if found is None or (found.item.is_case and not found.is_named):
            return redirect("care:meeting", pk=meeting.pk)
        return redirect("care:meeting_item", pk=meeting.pk, item=self.item.pk)

    def _agree(self) -> str:
        if self.item_seen.is_own:
            meeting_items.record_agreement(by=self.person, item=self.item, agreed_by=AgreedBy.PATIENT)
            return _("Votre accord est noté.")
        form = AgreementForm(self.request.POST)
        if not form.is_valid():
            raise ValidationError(first_errors(form))
        meeting_items.record_agreement(by=self.person, item=self.item, **form.values())
        return _("Accord noté : la situation peut être discutée.")

    def _withdraw(self) -> str:
        why = Withdrawal.OPPOSED
        if not self.item_seen.is_own:
            form = WithdrawalForm(self.request.POST, item=self.item)
            if not form.is_valid():
                raise ValidationError(first_errors(form))
            why = Withdrawal(form.cleaned_data["why"])
        meeting_items.withdraw_item(by=self.person, item=self.item, why=why)
        return _("Point retiré de l’ordre du jour.")

    def _invite(self) -> str:
        who = presenters.invited_by_key(self.request.POST.get("who", ""))
        if who is None:
            raise ValidationError(_("Choisissez qui inviter dans la liste."))
        meetings.invite(by=self.person, meeting=self.meeting, who=who, item=self.item)
        return _("{name} est invité pour cette situation seulement.").format(name=who)

    def _decide(self) -> str:
        known = self._owners()
        form = DecisionForm(self.request.POST, owners=[(key, name) for key, name, _who in known])
        if not form.is_valid():
            raise ValidationError(first_errors(form))
        said = form.cleaned_data
        owner = next((who for key, _name, who in known if key == said["owner"]), None)
        meeting_minutes.decide(
            by=self.person,
            item=self.item,
            text=said["text"],
            key=said["key"],
            owner=owner,
            due_on=said["due_on"],
        )
        if owner is None:
            return _("Décision notée.")
        return _("Décision confiée à {name}, qui en est prévenu.").format(name=owner)
