"""To whom an agenda is confided, and the calendars that read it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda.actions import sharing
from maillage.agenda.actions.rights import manages
from maillage.agenda.models import Feed
from maillage.agenda.pages.base import OfAgenda
from maillage.agenda.pages.forms import DelegateForm, FeedForm
from maillage.kernel.models import RoleAssignment
from maillage.kernel.pages.base import Endpoint, Page


class Sharing(OfAgenda, Page):
    """Who keeps the agenda with the professional; the calendars' secret addresses."""

    template_name = "agenda/sharing.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("delegate_form", DelegateForm(prefix="delegate"))
        context.setdefault("feed_form", FeedForm(prefix="feed"))
        context.setdefault("address", "")
        roles = RoleAssignment.objects.in_force(timezone.localdate()).filter(scope=self.agenda.scope_id)
        feeds = Feed.objects.active().filter(agenda=self.agenda)
        return super().get_context_data(
            roles=roles.select_related("person").order_by("person__last_name", "pk"),
            feeds=[(one, self._is_read(one)) for one in feeds.select_related("created_by")],
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Confide the agenda, or make a calendar's address, which is shown this once."""
        if "delegate-email" in request.POST:
            return self._delegate(request, pk)
        form = FeedForm(request.POST, prefix="feed")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(feed_form=form), status=422)
        _feed, secret = sharing.create_feed(by=self.person, agenda=self.agenda, **form.cleaned_data)
        address = request.build_absolute_uri(reverse("agenda:feed", args=[secret]))
        answer = self.render_to_response(self.get_context_data(address=address), status=201)
        answer["Cache-Control"] = "no-store"
        return answer

    def _is_read(self, feed: Feed) -> bool:
        """Return whether an address still answers: whoever made it keeps the agenda."""
        return feed.created_by.is_active and manages(feed.created_by, self.agenda)

    def _delegate(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = DelegateForm(request.POST, prefix="delegate")
        if form.is_valid():
            try:
                given = sharing.delegate(by=self.person, agenda=self.agenda, **form.cleaned_data)
            except sharing.SharingError as error:
                form.add_error("email", str(error))
            else:
                text = _("{name} tient maintenant cet agenda avec vous.")
                messages.success(request, text.format(name=given.person))
                return redirect("agenda:sharing", pk)
        return self.render_to_response(self.get_context_data(delegate_form=form), status=422)


class DelegationEnd(OfAgenda, Endpoint):
    """Takes the agenda back from somebody."""

    def post(self, request: HttpRequest, pk: int, role: int) -> HttpResponse:
        assignment = get_object_or_404(RoleAssignment, pk=role, scope=self.agenda.scope_id)
        sharing.end_delegation(by=self.person, agenda=self.agenda, assignment=assignment)
        messages.success(request, _("Retiré : cette personne ne voit plus l’agenda dès maintenant."))
        return redirect("agenda:sharing", pk)


class FeedEnd(OfAgenda, Endpoint):
    """Revokes a calendar's address."""

    def post(self, request: HttpRequest, pk: int, feed: int) -> HttpResponse:
        sharing.revoke_feed(by=self.person, feed=get_object_or_404(Feed, pk=feed, agenda=self.agenda))
        messages.success(request, _("Adresse révoquée : elle ne répond plus dès maintenant."))
        return redirect("agenda:sharing", pk)
