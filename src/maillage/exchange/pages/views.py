"""The inbox of whoever is signed in, and the administrator's list of what did not leave."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from maillage.exchange.actions import delivery
from maillage.exchange.actions import inbox as actions
from maillage.exchange.models import Notification
from maillage.exchange.pages.forms import PreferenceForm
from maillage.exchange.pages.presenters import trouble_rows
from maillage.exchange.queries import inbox as queries
from maillage.kernel import access
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.rules import Permission


class Inbox(Page):
    """What one has to read and the calls to make, then what is read and made, with its undo."""

    template_name = "exchange/inbox.html"
    permission = None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        page, lines = queries.inbox(by=self.person, page=self.request.GET.get("page"))
        chosen = queries.preference_of(self.person)
        initial = {"by_email": chosen.by_email, "language": chosen.language}
        context.setdefault("form", PreferenceForm(initial=initial))
        return super().get_context_data(
            page=page,
            waiting=[line for line in lines if line.notification.closed_at is None],
            closed=[line for line in lines if line.notification.closed_at is not None],
            total=queries.unread_count(self.person),
            query="",
            sees_deliveries=access.may_everywhere(self.person, Deliveries.permission),
            **context,
        )


class Close(Endpoint):
    """Marks a line as read, a call as made."""

    permission = None

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, then show the inbox again."""
        try:
            row = actions.close(by=self.person, pk=pk)
        except Notification.DoesNotExist as error:
            raise Http404(pk) from error
        done = _("Appel noté comme passé.") if row.is_call else _("Message marqué comme lu.")
        messages.success(request, f"{done} {_('Vous pouvez revenir en arrière plus bas.')}")
        return redirect("exchange:inbox")


class Reopen(Endpoint):
    """Undoes the former."""

    permission = None

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, then show the inbox again."""
        try:
            row = actions.reopen(by=self.person, pk=pk)
        except Notification.DoesNotExist as error:
            raise Http404(pk) from error
        done = (
            _("L’appel est de nouveau à passer.") if row.is_call else _("Le message est de nouveau à lire.")
        )
        messages.success(request, done)
        return redirect("exchange:inbox")


class Preference(Endpoint):
    """Chooses how one is told beside the inbox."""

    permission = None

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the choice; a choice that is none of those offered changes nothing."""
        form = PreferenceForm(request.POST)
        if form.is_valid():
            actions.set_preference(by=self.person, **form.cleaned_data)
            messages.success(request, _("Votre choix est enregistré."))
        else:
            messages.error(request, _("Choisissez une langue de la liste."))
        return redirect("exchange:inbox")


class Deliveries(Page):
    """What failed or was abandoned, why, and a button to send it again."""

    template_name = "exchange/deliveries.html"
    permission: ClassVar[Permission] = Permission.MANAGE_ACCOUNTS
    everywhere = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        page = queries.in_trouble(by=self.person, page=self.request.GET.get("page"))
        return super().get_context_data(page=page, rows=trouble_rows(page), query="", **context)


class Retry(Endpoint):
    """Starts a new round of attempts for what was abandoned."""

    permission = Permission.MANAGE_ACCOUNTS
    everywhere = True

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it, then show the list again."""
        row = get_object_or_404(Notification.objects.to_send(pk).exclude(channel="inbox"))
        delivery.retry(by=self.person, notification=row)
        messages.success(request, _("L’envoi est relancé : il part dans les secondes qui viennent."))
        return redirect("exchange:deliveries")
