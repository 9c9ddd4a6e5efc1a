"""The inbox of whoever is signed in, and the administrator's list of what did not leave."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.exchange.actions import delivery
from maillage.exchange.actions import inbox as actions
from maillage.exchange.actions.secure_mail import settle
from maillage.exchange.models import MailReceived, Notification
from maillage.exchange.pages.forms import PreferenceForm
from maillage.exchange.pages.presenters import delivery_rows
from maillage.exchange.queries import inbox as queries
from maillage.exchange.queries.inbox import Shown
from maillage.exchange.queries.mail import strangers
from maillage.exchange.rules.vocabulary import CallOutcome, State
from maillage.kernel import access
from maillage.kernel.pages.base import Endpoint, Page, back_to
from maillage.kernel.rules import Permission


class Inbox(Page):
    """What one has read and the calls made, each with its undo; how one is told.

    What waits is in the inbox of all contexts, and nowhere else.
    """

    template_name = "exchange/inbox.html"
    permission = None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        page, lines = queries.done(by=self.person, page=self.request.GET.get("page"))
        chosen = queries.preference_of(self.person)
        context.setdefault("form", PreferenceForm(initial=PreferenceForm.initial_of(chosen)))
        return super().get_context_data(
            page=page,
            lines=lines,
            total=queries.unread_count(self.person),
            query="",
            sees_deliveries=access.may(self.person, Deliveries.permission),
            **context,
        )


class Close(Endpoint):
    """Marks a line as read."""

    permission = None

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, then show the inbox again."""
        try:
            actions.close(by=self.person, pk=pk)
        except Notification.DoesNotExist as error:
            raise Http404(pk) from error
        messages.success(
            request, _("Message marqué comme lu. Vous pouvez revenir en arrière depuis « Messages ».")
        )
        return back_to(request, reverse("exchange:inbox"))


class NoteCall(Endpoint):
    """Notes what came of a call."""

    permission = None

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, then show the inbox again."""
        try:
            outcome = CallOutcome(request.POST.get("outcome", ""))
            row = actions.note_call(by=self.person, pk=pk, outcome=outcome)
        except (ValueError, Notification.DoesNotExist) as error:
            raise Http404(pk) from error
        if row.closed_at is None:
            messages.success(request, _("Essai noté. L’appel reste à passer."))
        else:
            messages.success(request, _("Appel terminé. Vous pouvez revenir en arrière depuis « Messages »."))
        return back_to(request, reverse("exchange:inbox"))


class NoteTold(Endpoint):
    """Notes that somebody whom no message reached was told by word: in one tap, wherever that is shown."""

    permission = None

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, then show again the page that asked."""
        try:
            actions.note_told(by=self.person, pk=pk)
        except Notification.DoesNotExist as error:
            raise Http404(pk) from error
        messages.success(request, _("C’est noté : la personne est prévenue."))
        return back_to(request, reverse("exchange:inbox"))


class Reopen(Endpoint):
    """Undoes the former."""

    permission = None

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, then show the inbox again."""
        try:
            row = actions.reopen(by=self.person, pk=pk)
        except Notification.DoesNotExist as error:
            raise Http404(pk) from error
        if row.person_id is not None:
            done = _("Le message est de nouveau à lire.")
        else:
            can_call = row.is_call and row.state == State.SENT.value
            done = _("L’appel est de nouveau à passer.") if can_call else _("C’est de nouveau à dire.")
        messages.success(request, done)
        return back_to(request, reverse("exchange:inbox"))


class Preference(Endpoint):
    """Chooses how one is told beside the inbox."""

    permission = None

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the choice; a choice that is none of those offered changes nothing."""
        form = PreferenceForm(request.POST)
        if form.is_valid():
            actions.set_preference(by=self.person, **form.chosen())
            messages.success(request, _("Votre choix est enregistré."))
        else:
            messages.error(request, _("Choisissez un moyen, une heure et une langue des listes."))
        return redirect("exchange:inbox")


class Deliveries(Page):
    """What was sent, to whom (masked), when; what failed, why, and a button to send it again."""

    template_name = "exchange/deliveries.html"
    permission: ClassVar[Permission] = Permission.VIEW_DELIVERIES

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        asked = self.request.GET.get("voir", "")
        part = Shown(asked) if asked in {one.value for one in Shown} else Shown.ALL
        found = queries.report(by=self.person, part=part, page=self.request.GET.get("page"))
        labels = {
            Shown.ALL: _("Tout"),
            Shown.TROUBLE: _("En échec"),
            Shown.WAITING: _("En attente"),
            Shown.CALLS: _("Appels"),
        }
        return super().get_context_data(
            page=found.page,
            rows=delivery_rows(found.page),
            parts=[(one.value, label, found.counts[one], one is part) for one, label in labels.items()],
            total=found.counts[Shown.ALL],
            strangers=strangers(self.person),
            troubles=found.counts[Shown.TROUBLE],
            days=queries.REPORT_DAYS,
            query=f"voir={part.value}",
            **context,
        )


class SeeMail(Endpoint):
    """Notes that somebody has seen to a secure mail that answers nothing from here."""

    permission = Permission.VIEW_DELIVERIES

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, then show the list again."""
        settle(by=self.person, mail=get_object_or_404(MailReceived, pk=pk, copy=None), is_taken=False)
        messages.success(request, _("C’est noté : ce courriel est vu."))
        return redirect("exchange:deliveries")


class Retry(Endpoint):
    """Starts a new round of attempts for what was abandoned."""

    permission = Permission.VIEW_DELIVERIES

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, then show the list again. Raises PermissionDenied for a delivery of another scope."""
        rows = Notification.objects.to_send(pk).exclude(channel="inbox").select_related("scope")
        row = get_object_or_404(rows)
        if delivery.retry(by=self.person, notification=row):
            messages.success(
                request, _("L’envoi est relancé : son état se lit ici dans les secondes qui viennent.")
            )
        else:
            messages.info(
                request, _("Rien à relancer : l’envoi est déjà relancé, ou la personne a été jointe.")
            )
        return redirect("exchange:deliveries")
