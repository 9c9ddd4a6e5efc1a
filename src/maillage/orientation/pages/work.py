"""What a regulator does with a request: each a form's target, each refusal the sentence of the action."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from maillage.kernel.pages.base import Endpoint
from maillage.kernel.phones import PhoneError
from maillage.orientation import api
from maillage.orientation.models import Closure, Proposal, Request, SafetySheet
from maillage.orientation.pages import criteria
from maillage.orientation.pages.base import OfRequest, is_partial, key_of
from maillage.orientation.pages.desk import STEPS, around, desk_shown, request_shown
from maillage.orientation.pages.safety import SpokenCheckForm
from maillage.orientation.rules.vocabulary import (
    Answer,
    CallerKind,
    DecisionKind,
    Outcome,
    RefusalReason,
    State,
)
from maillage.orientation.rules.workflow import BY_DESK, BY_EFFECTOR

Word = TypeVar("Word", RefusalReason, DecisionKind, Outcome, State)


class Act(OfRequest, Endpoint):
    """One action on the request of the address, with what was refused said.

    A script gets what it changes in the same answer; without one, the browser returns to the screen.
    """

    step: ClassVar[str] = ""
    #: Whether the figures of the day may change while the state of the request does not: a seat is taken.
    changes_day: ClassVar[bool] = True
    #: The file of the request as the action leaves it, where it knows it: it is read again otherwise.
    file: api.RequestFile | None = None

    def act(self) -> None:
        """Do it. Raises OrientationError, whose message is shown."""
        raise NotImplementedError

    def post(self, request: HttpRequest, **_address: int) -> HttpResponse:
        """Act once."""
        self.state_before = self.asked.state
        try:
            self.act()
        except api.OrientationError as error:
            messages.warning(request, str(error))
        return self.answer()

    def answer(self) -> HttpResponse:
        """Return what changed, or the way back to the screen."""
        if not is_partial(self.request):
            return self.back(self.step)
        if self.file is not None:
            self.asked = self.file.request
        else:
            self.read_again()
        moved = self.asked.state != self.state_before
        joins = moved and self.state_before == State.CLOSED.value
        with_day = self.changes_day or moved
        return shown_again(self, self.step, with_day=with_day, joins=joins, file=self.file)


def shown_again(
    view: OfRequest,
    step: str = "",
    *,
    with_day: bool = True,
    joins: bool = False,
    file: api.RequestFile | None = None,
) -> HttpResponse:
    """Return the parts of the request's screen that an action changed, its line in the queue among them.

    `with_day`: with the figures of the day and the sentence of the page. `joins`: with the whole queue, which
    had no line of this request. `file`: that of the request, where it was just read.
    """
    shown = request_shown(view, STEPS.get(step, "request"), file) | {"acted": True, "joined": joins}
    if with_day:
        shown |= around(view, view.asked.pk)
    answer = render(view.request, "orientation/_changed.html", shown)
    answer["HX-Replace-Url"] = view.address(step)
    return answer


class Take(Act):
    """Opens the request to the visitor, and shows the lock to the others."""

    def act(self) -> None:
        """Take it; from another regulator, with a reason that the journal keeps."""
        reason = self.request.POST.get("reason", "").strip()[:200]
        api.take(by=self.person, request=self.asked, reason=reason)


class Release(Act):
    """Closes the request on this screen: another regulator may open it."""

    def act(self) -> None:
        """Unlock it."""
        api.release(by=self.person, request=self.asked)

    def answer(self) -> HttpResponse:
        """Return to the queue."""
        if not is_partial(self.request):
            return redirect("orientation:desk")
        shown = desk_shown(self) | around(self) | {"acted": True}
        answer = render(self.request, "orientation/_changed.html", shown)
        answer["HX-Replace-Url"] = reverse("orientation:desk")
        return answer


class Answers(Act):
    """Keeps the answers to the questions of one sheet."""

    changes_day = False

    def act(self) -> None:
        """Note what was answered; what was left blank stays to be asked."""
        sheet = SafetySheet.objects.filter(pk=_number(self.request.POST.get("sheet"))).first()
        if sheet is None:
            raise Http404("sheet")
        given = {one.key: self.request.POST.get(f"q-{one.key}", "") for one in sheet.asked}
        known = {answer.value for answer in Answer}
        answers = {key: Answer(value) for key, value in given.items() if value in known}
        api.answer_questions(by=self.person, request=self.asked, sheet=sheet, answers=answers)


class SpokenCheck(Act):
    """Keeps who said on the phone that nothing alarms, where no sheet asks."""

    changes_day = False

    def act(self) -> None:
        """Note it; what is missing is said, and nothing is kept."""
        form = SpokenCheckForm(self.request.POST, request=self.asked)
        if not form.is_valid():
            for name, errors in form.errors.items():
                said = " ".join(map(str, errors))
                messages.warning(self.request, f"{form[name].label}\N{NO-BREAK SPACE}: {said}")
            return
        data = form.cleaned_data
        api.confirm_spoken_check(
            by=self.person, request=self.asked, said_by=form.said(), name=data["name"], note=data["note"]
        )
        messages.success(self.request, _("Vérification de vive voix notée."))


class Search(Act):
    """Looks for who may receive, within the criteria of the form; one of its buttons may give one up."""

    step = "propositions"
    changes_day = False

    def act(self) -> None:
        """Search anew; criteria that are none of those offered are said, and nothing is searched."""
        latest = api.latest_search(self.asked)
        form = criteria.form_of(self.request.POST, self.asked, latest)
        if not form.is_valid():
            for name, errors in form.errors.items():
                said = " ".join(map(str, errors))
                messages.warning(self.request, f"{form[name].label}\N{NO-BREAK SPACE}: {said}")
            return
        asked = criteria.without(form.criteria(), self.request.POST.get("without", ""))
        asked = criteria.widened(asked, self.request.POST.get("widen", ""))
        self.file = api.propose_and_read(by=self.person, request=self.asked, criteria=asked)


class OfProposal(Act):
    """An action on a proposal of the request."""

    step = "propositions"

    @cached_property
    def proposal(self) -> Proposal:
        """The proposal of the address. Raises Http404."""
        rows = Proposal.objects.of_request(self.asked).select_related(
            "slot__agenda", "professional", "search"
        )
        found = rows.filter(pk=self.kwargs["proposal"]).first()
        if found is None:
            raise Http404(self.kwargs["proposal"])
        return found


class Book(OfProposal):
    """Holds and books; where the slot was taken meanwhile, the next best is there, nothing retyped."""

    def act(self) -> None:
        """Book, and say what came of it."""
        done = api.hold_and_book(by=self.person, proposal=self.proposal, key=key_of(self.request))
        tell = messages.warning if done.appointment is None else messages.success
        tell(self.request, done.sentence)


class Hold(OfProposal):
    """Keeps the seat while the person is asked."""

    def act(self) -> None:
        """Hold it, or show the next best where it was taken meanwhile."""
        done = api.hold(by=self.person, proposal=self.proposal, key=key_of(self.request))
        tell = messages.warning if done.appointment is None else messages.success
        tell(self.request, done.sentence)


class ReleaseSeat(OfProposal):
    """Gives back the seat that was held: others may have it at once."""

    def act(self) -> None:
        """Give it back."""
        messages.info(self.request, api.release_seat(by=self.person, proposal=self.proposal).sentence)


class Refuse(OfProposal):
    """Notes why a proposal is refused, and shows the next best."""

    def act(self) -> None:
        """Refuse it."""
        reason = _word(self.request.POST.get("reason"), RefusalReason)
        done = api.refuse_proposal(by=self.person, proposal=self.proposal, reason=reason)
        messages.info(self.request, done.sentence)


class Decide(Act):
    """Notes a decision other than a slot: on-call doctor, advice, protocol."""

    def act(self) -> None:
        """Decide."""
        kind = _word(self.request.POST.get("kind"), DecisionKind)
        api.decide(
            by=self.person, request=self.asked, kind=kind, note=self.request.POST.get("note", "").strip()
        )
        messages.success(self.request, _("Décision notée."))


class Transfer(Act):
    """Notes that the request was handed to the 15, with what was said."""

    def act(self) -> None:
        """Transfer it: a number that cannot be read is kept as typed, the 15 does not wait for it."""
        note, phone = (self.request.POST.get(name, "").strip() for name in ("note", "phone"))
        asked = self.request.POST.get("caller", "")
        caller = next((one for one in CallerKind if one.value == asked), None)
        transfer = partial(api.transfer_to_15, by=self.person, request=self.asked, caller=caller)
        try:
            transfer(note=note, phone=phone)
        except PhoneError as error:
            if not note:
                raise api.OrientationError(api.Refusal.NO_NOTE) from error
            kept = _("Téléphone de rappel dit, à vérifier : {phone}").format(phone=phone[:60])
            transfer(note=f"{note}\n{kept}")
            messages.warning(self.request, str(error))
        messages.success(self.request, _("Transmission au 15 notée."))


class Close(Act):
    """Notes what came of the request, in one tap; the same tap again changes nothing."""

    def act(self) -> None:
        """Close it, or bring it back to the desk where somebody must call again."""
        outcome = _sayable(self.request.POST.get("outcome"))
        shown = self.request.POST.get("state")
        awaited = _word(shown, State) if shown else None
        done = api.close(
            by=self.person,
            request=self.asked,
            outcome=outcome,
            awaited=awaited,
            note=self.request.POST.get("note", "")[:1000],
            duplicate_of=self.duplicate_of(outcome),
        )
        messages.success(self.request, _said(done))

    def duplicate_of(self, outcome: Outcome) -> Request | None:
        """Return the other request that the form names, where a duplicate is said."""
        if outcome is not Outcome.DUPLICATE:
            return None
        pk = _number(self.request.POST.get("duplicate_of"))
        return Request.objects.in_scope(self.asked.scope).filter(pk=pk).first()


class Correct(Act):
    """Says another outcome in the place of the last one, or takes it back."""

    def act(self) -> None:
        """Correct it; the agenda, the figures and whoever sent the request follow."""
        rows = Closure.objects.of_request(self.asked)
        said = rows.filter(pk=_number(self.request.POST.get("closure"))).first()
        if said is None:
            raise Http404("closure")
        text = self.request.POST.get("outcome", "")
        outcome = _sayable(text) if text else None
        note = self.request.POST.get("note", "")[:1000]
        api.correct_outcome(by=self.person, request=self.asked, closure=said, outcome=outcome, note=note)
        messages.success(self.request, _("Issue corrigée. Qui a envoyé la demande en est averti."))


def _said(done: Closure) -> str:
    if done.closes:
        return _("Issue notée.")
    if done.outcome == Outcome.UNREACHABLE.value:
        return _("Appel sans réponse compté. La demande reste à vous : rappelez.")
    return _("Issue notée. La demande revient au bureau : rappelez la personne.")


def _sayable(text: str | None) -> Outcome:
    """Return an outcome that somebody says. Raises Http404 for those that only the program writes."""
    outcome = _word(text, Outcome)
    if outcome not in BY_EFFECTOR | BY_DESK:
        raise Http404(text)
    return outcome


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 18 else 0


def _word(text: str | None, words: type[Word]) -> Word:
    """Return the word of a form. Raises Http404 for any other."""
    try:
        return words(text or "")
    except ValueError:
        raise Http404(text) from None
