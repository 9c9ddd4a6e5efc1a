"""Sending a request to the desk, and following it: for an EHPAD, a pharmacy, a professional."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maillage.kernel import access
from maillage.kernel.fields import NameField, PhoneField, Textarea
from maillage.kernel.models import Person, Scope
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.rules import Permission
from maillage.orientation import api
from maillage.orientation.models import Decision, Request
from maillage.orientation.models.closing import OUTCOME_LABELS
from maillage.orientation.pages import presenters
from maillage.orientation.pages.base import desks_of, is_partial, shown_page
from maillage.orientation.pages.forms import COMPLAINT_LENGTH, PersonForm, with_rest
from maillage.orientation.queries.asked import leads_to_15
from maillage.orientation.rules.vocabulary import Outcome, State

_UNDECIDED = frozenset({State.NEW, State.IN_HAND, State.PROPOSED})


class RequestForm(PersonForm):
    """Who needs what, where, and whom the desk calls back."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    scope = forms.ChoiceField(label=gettext_lazy("Bureau de régulation"))
    motive = forms.ChoiceField(label=gettext_lazy("Motif"))
    complaint = forms.CharField(
        label=gettext_lazy("Ce qui se passe"),
        required=False,
        max_length=COMPLAINT_LENGTH,
        widget=Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Depuis quand, ce qui a été mesuré, ce qui a été fait."),
    )
    caller_phone = PhoneField(label=gettext_lazy("Téléphone où vous rappeler"))
    caller_name = NameField(label=gettext_lazy("Qui demande"), max_length=120)
    field_order = (
        "key", "scope", "motive", "complaint", "last_name", "first_name", "birth_date", "age_years",
        "commune", "place", "caller_phone", "caller_name",
    )  # fmt: skip

    def __init__(
        self, *args: Any, motives: list[tuple[str, str]], scopes: list[Scope], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        del self.fields["priority"]
        self.fields["motive"].choices = [("", _("Choisissez le motif")), *motives]  # type: ignore[attr-defined]  # a field of choices
        self.fields["scope"].choices = [(str(one.pk), one.label) for one in scopes]  # type: ignore[attr-defined]  # a field of choices
        if len(scopes) == 1:
            self.fields["scope"].widget = forms.HiddenInput()
            self.fields["scope"].initial = str(scopes[0].pk)
        self.fields["last_name"].label = _("Nom du résident ou du patient")
        self.fields["first_name"].label = _("Prénom du résident ou du patient")
        self.fields["commune"].required = True
        self.fields["key"].initial = uuid4().hex

    def set_aside_errors(self) -> str:
        """Keep what could be read, and the rest with what is going on."""
        rest = super().set_aside_errors()
        data = self.cleaned_data
        data["complaint"] = with_rest(data["complaint"], rest)
        data["key"] = data["key"] or uuid4().hex
        return rest

    def values(self) -> dict[str, Any]:
        """Return what is said of the request; who asks, where nobody is named, is whoever sends it."""
        data = self.cleaned_data
        names = ["commune", "place", "motive", "complaint", "caller_phone"]
        names += ["caller_name"] if data["caller_name"] else []
        return {name: data[name] for name in names} | {
            "age_months": self.age_typed(),
            "said_last_name": data["last_name"],
            "said_first_name": data["first_name"],
            "said_birth_date": data["birth_date"],
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as whoever sent it follows it: where it stands, what happens next, who has it."""

    pk: int
    at: datetime
    when: str
    title: str
    who: str
    number: str
    state: str
    kind: str
    follows: str
    owner: str
    sender: str
    is_vital: bool
    may_withdraw: bool


class Sender(Page):
    """What the two pages of a sender share."""

    permission = Permission.SEND_REQUEST

    @cached_property
    def scopes(self) -> list[Scope]:
        """The desks to which the visitor may send a request, by name."""
        return [one for one in desks_of(self.person, Permission.SEND_REQUEST) if one.kind == "territory"]


class Ask(Sender):
    """The form of a request."""

    template_name = "orientation/ask.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if "form" not in context:
            context |= {"form": self.form(initial=self._known()), "vital": False}
        return super().get_context_data(**context)

    def form(self, *args: Any, **options: Any) -> RequestForm:
        """Return the form, with the desks and the motives of the visitor."""
        return RequestForm(*args, motives=_motives(), scopes=self.scopes, **options)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Send it; nothing typed is lost where something is missing."""
        form = self.form(request.POST)
        if not form.is_valid():
            is_vital = form.leads_to_15() and bool(self.scopes)
            return self._at_once(form) if is_vital else self._again(form)
        scope = next(one for one in self.scopes if str(one.pk) == form.cleaned_data["scope"])
        try:
            sent = api.send_request(
                by=self.person, scope=scope, key=form.cleaned_data["key"], values=form.values()
            )
        except (ValidationError, api.OrientationError) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
            return self._again(form)
        messages.success(request, _("Demande {number} envoyée au bureau.").format(number=sent.number))
        return shown_page(AskedPage, request, f"{reverse('orientation:asked')}#demande-{sent.pk}")

    def _at_once(self, form: RequestForm) -> HttpResponse:
        """Send a vital request with what could be read of it; the same form, sent again, says the rest.

        Where the desk is not said, it goes to that of the last request, else to the first.
        """
        form.set_aside_errors()
        asked, last = form.cleaned_data["scope"], api.last_sent(by=self.person)
        wanted = [asked, str(last.scope_id) if last else ""]
        known = {str(one.pk): one for one in self.scopes}
        scope = next((known[one] for one in wanted if one in known), self.scopes[0])
        key = form.cleaned_data["key"]
        sent = api.send_request(by=self.person, scope=scope, key=key, values=form.values())
        said = _("Demande {number} envoyée au bureau {desk}. Appelez le 15, puis complétez ce qui manque.")
        again = self.request.POST.copy()
        again["key"], again["scope"] = key, str(scope.pk)
        text = said.format(number=sent.number, desk=scope.label)
        return self._again(self.form(again), sent=text, status=200)

    def _again(self, form: RequestForm, *, sent: str = "", status: int = 422) -> HttpResponse:
        vital = form.leads_to_15()
        context = self.get_context_data(form=form, vital=vital, sent=sent, main_only=is_partial(self.request))
        return self.render_to_response(context, status=status)

    def _known(self) -> dict[str, Any]:
        """Return what the last request says of the sender: where from, and the number to call back."""
        last = api.last_sent(by=self.person)
        known: dict[str, Any] = {"caller_name": self.person.get_full_name()}
        if last is not None:
            commune = f"{last.commune.name} ({last.commune_id})" if last.commune else ""
            known |= {"commune": commune, "place": last.place}
            known["caller_phone"] = last.caller_phone
        return known


class AskedPage(Sender):
    """The requests that the visitor sent."""

    template_name = "orientation/asked.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lines = [_line(one, self.person, dict(_motives())) for one in api.sent(by=self.person)]
        under_way = sum(one.kind != "done" for one in lines)
        return super().get_context_data(lines=lines, finding=_finding(under_way), **context)


class Withdraw(Endpoint):
    """Takes back a request that the visitor, or their EHPAD, sent, while nothing is decided."""

    permission = Permission.SEND_REQUEST

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take it back, with its reason. Raises Http404 for a request of somebody else."""
        asked = Request.objects.sent_for(self.person).select_related("scope").filter(pk=pk).first()
        if asked is None:
            raise Http404(pk)
        try:
            api.withdraw(by=self.person, request=asked, reason=request.POST.get("reason", "")[:1000])
        except api.OrientationError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("Demande annulée. Le bureau lit pourquoi."))
        return shown_page(AskedPage, request, f"{reverse('orientation:asked')}#demande-{pk}")


def _motives() -> list[tuple[str, str]]:
    return list(api.motive_labels().items())


def _finding(under_way: int) -> str:
    if not under_way:
        return _("Aucune demande en cours au bureau de régulation.")
    text = ngettext(
        "{count} demande en cours au bureau de régulation.",
        "{count} demandes en cours au bureau de régulation.",
        under_way,
    )
    return text.format(count=under_way)


def _line(one: api.Sent, viewer: Person, motives: dict[str, str]) -> Asked:
    row, answered = one.request, one.answered
    state, follows = _said(one, viewer)
    alarms = answered.is_open and leads_to_15(row)
    return Asked(
        pk=row.pk,
        at=row.called_at,
        when=presenters.moment(row.called_at, timezone.now()),
        title=presenters.title(row, motives),
        who=" ".join(filter(None, [row.said_first_name, row.said_last_name.upper()])),
        number=row.number,
        state=state,
        kind="done" if one.outcome else "good" if State(answered.state) not in _UNDECIDED else "",
        follows=follows,
        owner=_owner(answered),
        sender=_sender(row, viewer),
        is_vital=alarms and answered.state != State.TRANSFERRED.value,
        may_withdraw=row.is_open and State(row.state) in _UNDECIDED and not alarms,
    )


def _sender(row: Request, viewer: Person) -> str:
    """Say which colleague sent a request, from where; empty where the viewer did."""
    if row.opened_by_id == viewer.pk:
        return ""
    text = _("Envoyée par {name}, {place}.")
    return text.format(name=row.opened_by.get_full_name(), place=row.sent_from.title if row.sent_from else "")


def _owner(row: Request) -> str:
    """Say who has a request in hand: a regulator by name, else the desk."""
    if row.is_open and row.answered_at is not None and access.may(row.owner, Permission.REGULATE, row.scope):
        return _("Entre les mains de {name}.").format(name=row.owner.get_full_name())
    return _("Entre les mains du bureau de régulation.") if row.is_open else ""


def _said(one: api.Sent, viewer: Person) -> tuple[str, str]:
    """Return where a request stands and what happens next, in words."""
    row, state = one.answered, State(one.answered.state)
    if one.outcome is not None:
        return str(OUTCOME_LABELS[one.outcome]), str(_OUTCOMES_FOLLOW.get(one.outcome, ""))
    if state is State.NEW:
        return _("Arrivée au bureau"), _(
            "Un régulateur l’ouvre, et vous rappelle s’il lui manque quelque chose."
        )
    if state in {State.IN_HAND, State.PROPOSED}:
        return _("En cours au bureau"), _("Ce qui est décidé s’affiche ici, et vous est annoncé.")
    decision = api.last_decision(by=viewer, request=row)
    return row.state_label, _decided(decision)


def _decided(decision: Decision | None) -> str:
    """Say what was decided, with whom and when, to whoever cares for the person."""
    if decision is None:
        return _("L’issue s’affichera ici.")
    if decision.appointment is not None:
        slot = decision.appointment.slot
        text = _("{when}, {who}, {place}. Prévenez la personne ; l’issue s’affichera ici.")
        return text.format(
            when=presenters.moment(slot.starts_at, timezone.now()), who=slot.agenda,
            place=presenters.place(slot.schedule),
        )  # fmt: skip
    who = decision.on_call or decision.sent_to or decision.structure
    if who is None:
        return _("L’issue s’affichera ici.")
    if decision.agreed_at is not None:
        when = presenters.moment(decision.agreed_at, timezone.now())
        text = _("{when}, {who}. Prévenez la personne ; l’issue s’affichera ici.")
        return text.format(when=when, who=who)
    return _("Par {who}. L’issue s’affichera ici.").format(who=who)


_OUTCOMES_FOLLOW = {
    Outcome.UNREACHABLE: gettext_lazy("Personne n’a répondu : renvoyez une demande si le besoin demeure."),
    Outcome.DECLINED: gettext_lazy("Renvoyez une demande si le besoin revient."),
}
