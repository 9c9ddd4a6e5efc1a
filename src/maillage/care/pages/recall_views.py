"""What patients are due for: the list of who recalls, one patient's follow-up, one recall."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.care.actions import recalls as actions
from maillage.care.models import RECALL_LABELS, Recall, RecallStep
from maillage.care.pages.base import OfPatient
from maillage.care.pages.recall_blocks import last_said
from maillage.care.pages.recall_forms import NoteForm, RecallForm, SeenForm, StopForm
from maillage.care.queries import recalls as queries
from maillage.care.rules.recalls import Came, RecallKind
from maillage.exchange import api as exchange
from maillage.kernel import confiding, formats, journal
from maillage.kernel.models import Person
from maillage.kernel.pages.base import Page, back_to
from maillage.kernel.rules import Permission
from maillage.people import api as people


def done_by(steps: list[RecallStep]) -> list[tuple[RecallStep, str]]:
    """Return what came of a recall with who noted it, and for whom where they held that inbox."""
    found = confiding.for_whom(journal.target_of(one) for one in steps)
    return [(one, confiding.said_doer(str(one.by), found.get(journal.target_of(one)))) for one in steps]


class Recalls(Page):
    """Whom the visitor has to recall, for what, and what they do about it without leaving the list."""

    template_name = "care/recalls.html"
    permission = Permission.SEND_REQUEST

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = self.request.GET.get("nature", "")
        kind = RecallKind(asked) if asked in set(RecallKind) else None
        found = queries.to_recall(self.person, kind)
        return super().get_context_data(
            finding=finding(found),
            due=[(one, last_said(one), gestures(one, self.person)) for one in found.due],
            due_left=found.due_count - len(found.due),
            coming=[(one, last_said(one)) for one in found.coming],
            coming_left=found.coming_count - len(found.coming),
            kinds=[
                ("", _("Tous"), kind is None),
                *(
                    (one.value, RECALL_LABELS[one], one is kind)
                    for one in RecallKind
                    if one in found.kinds or one is kind
                ),
            ],
            kind=kind,
            **context,
        )


def finding(found: queries.ToRecall) -> str:
    """Say how many are to be recalled, and how many are late."""
    if not found.due_count:
        return _("Personne n’est à rappeler aujourd’hui.")
    said = ngettext("{count} rappel à faire", "{count} rappels à faire", found.due_count)
    said = said.format(count=formats.number(found.due_count))
    if not found.late_count:
        return _("{recalls}, aucun en retard.").format(recalls=said)
    return _("{recalls}, dont {late} en retard.").format(recalls=said, late=formats.number(found.late_count))


def gestures(one: queries.Listed, person: Person) -> dict[str, Any]:
    """Return what the line of a recall offers: a call noted, a message, the form of all the rest."""
    initial = {"seen": one.recall.version}
    return {
        "called": SeenForm(initial=initial, auto_id=False),
        "send": SeenForm(initial=initial, auto_id=False) if may_send(one.recall, person) else None,
        "note": NoteForm(initial=initial, auto_id=f"recall-{one.recall.pk}-%s"),
    }


def may_send(recall: Recall, person: Person) -> bool:
    """Return whether a message would leave: it names somebody, by a way that the person did not refuse."""
    if actions.sender_of(recall, person) is None:
        return False
    return not exchange.expected_message(recall.patient).say_it_now


class OfRecalls(OfPatient):
    """A patient whose health part the visitor reads."""

    part = people.Part.HEALTH
    purpose = "lecture du suivi"

    @cached_property
    def carriers(self) -> list[Person]:
        """Who may carry a recall."""
        return queries.carriers(self.patient)

    def new_form(self, **options: Any) -> RecallForm:
        """Return the form of a recall, which the visitor carries where nobody else is chosen."""
        return RecallForm(carriers=self.carriers, **options)


class FollowUp(OfRecalls, Page):
    """What one patient is due for, with the form that adds to it."""

    template_name = "care/follow_up.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = queries.recalls_of(self.patient)
        going = [one for one in queries.listed(rows, self.person) if one.recall.is_open]
        if self.may_write:
            context.setdefault("form", self.new_form(initial={"owner": str(self.person.pk)}))
        return super().get_context_data(
            patient=self.patient,
            is_own=self.is_own,
            may_write=self.may_write,
            going=[(one, last_said(one)) for one in going],
            over=[one for one in rows if not one.is_open],
            finding=self._finding([one.recall for one in going]),
            **context,
        )

    def _finding(self, going: list[Recall]) -> str:
        if not going:
            return _("Rien n’est prévu pour l’instant.")
        late = sum(one.is_late for one in going)
        if late:
            said = ngettext("{count} échéance est passée.", "{count} échéances sont passées.", late)
            return said.format(count=formats.number(late))
        return _("Prochaine échéance : {what}, le {day}.").format(
            what=going[0].said, day=formats.date_short(going[0].due_on)
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep a recall, or say what is missing with all that was typed."""
        form = self.new_form(data=request.POST)
        try:
            if not self.may_write:
                raise PermissionDenied(_("Seuls les professionnels du cercle de soins écrivent ici."))
            if not form.is_valid():
                raise ValidationError(_("Relisez les champs marqués."))
            made = actions.add_recall(
                by=self.person, patient=self.patient, key=form.cleaned_data["key"], **form.values()
            )
        except ValidationError as error:
            form.add_error(None, error)
            return self.render_to_response(self.get_context_data(form=form), status=422)
        messages.success(
            request,
            _("Rappel noté : {what}, le {day}.").format(what=made.said, day=formats.date_short(made.due_on)),
        )
        return redirect("care:follow_up", pk=pk)


class RecallPage(OfRecalls, Page):
    """One recall: what is due, what came of it, the gestures."""

    template_name = "care/recall.html"

    @cached_property
    def recall(self) -> Recall:
        """The recall. Raises Http404 where the patient has none of that key."""
        rows = Recall.objects.of_patient(self.patient).select_related(
            "professional", "person", "by", "patient__scope", "patient__account"
        )
        found = rows.filter(pk=self.kwargs["recall"]).first()
        if found is None:
            raise Http404(self.kwargs["recall"])
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        recall = self.recall
        (one,) = queries.listed([recall], self.person)
        initial = {"seen": recall.version}
        may = self.may_write
        if may and recall.is_open:
            context.setdefault("note_form", NoteForm(initial=initial, auto_id="note-%s"))
            context.setdefault("stop_form", StopForm(initial=initial, auto_id="stop-%s"))
            context.setdefault("change_form", self._change_form(initial))
            context["called_form"] = SeenForm(initial=initial, auto_id=False)
            context["way"] = exchange.expected_message(self.patient)
            if may_send(recall, self.person):
                context["send_form"] = SeenForm(initial=initial, auto_id=False)
        return super().get_context_data(
            **context | {"recall": recall},  # of the address, its key
            patient=self.patient,
            is_own=self.is_own,
            may_write=may,
            one=one,
            last=last_said(one),
            steps=done_by(queries.steps_of(recall)),
            here=reverse("care:recall", args=[self.patient.pk, recall.pk]),
        )

    def _change_form(self, initial: dict[str, Any]) -> RecallForm:
        recall = self.recall
        account = recall.person_id or (recall.professional.account_id if recall.professional else None)
        known = {
            "kind": recall.kind,
            "what": recall.what,
            "due_on": recall.due_on,
            "starts_on": recall.starts_on,
            "every_months": recall.every_months or None,
            "owner": str(account),
        }
        return self.new_form(initial=initial | known, auto_id="change-%s")

    def post(self, request: HttpRequest, pk: int, recall: int) -> HttpResponse:
        """Do what was asked, or say why not with all that was typed."""
        do = request.POST.get("do", "note")
        if not self.may_write:
            raise PermissionDenied(_("Seuls les professionnels du cercle de soins écrivent ici."))
        name, form = self._form(do)
        try:
            if not form.is_valid():
                raise ValidationError(_("Relisez les champs marqués."))
            said = self._done(do, form)
        except ValidationError as error:
            if name is None:
                messages.error(request, " ".join(error.messages))
                return redirect("care:recall", pk=pk, recall=recall)
            form.add_error(None, error)
            self.__dict__.pop("recall", None)  # as it stands now: somebody else may have written
            form.data = form.data.copy()
            form.data["seen"] = str(self.recall.version)
            return self.render_to_response(self.get_context_data(**{name: form}), status=422)
        messages.success(request, said)
        return back_to(request, reverse("care:recall", args=[pk, recall]))

    def _form(self, do: str) -> tuple[str | None, Any]:
        """Return under which name the page draws what was sent, None for a button alone; the form."""
        sent = self.request.POST
        if do == "change":
            return "change_form", self.new_form(data=sent, auto_id="change-%s")
        if do == "stop":
            return "stop_form", StopForm(sent, auto_id="stop-%s")
        if do == "send":
            return None, SeenForm(sent)
        return "note_form", NoteForm(sent, auto_id="note-%s")

    def _done(self, do: str, form: Any) -> str:
        """Do it and return the sentence that says so."""
        said = form.cleaned_data
        if do == "change":
            actions.change_recall(by=self.person, recall=self.recall, seen=said["seen"] or 0, **form.values())
            return _("Rappel changé.")
        if do == "send":
            step = actions.send_recall(by=self.person, recall=self.recall, seen=said["seen"], key=said["key"])
            return queries.told_of(step, self.patient).sentence
        came = Came.STOPPED if do == "stop" else Came(said["came"])
        step = actions.note_recall(
            by=self.person,
            recall=self.recall,
            came=came,
            seen=said["seen"],
            key=said["key"],
            until=said.get("until"),
            words=said["words"],
        )
        return _("C’est noté : {came}.").format(came=step.get_came_display())
