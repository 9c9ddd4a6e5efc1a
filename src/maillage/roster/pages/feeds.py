"""Secret addresses of calendars of duties: those one may make, and what each answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.directory.api import Professional
from maillage.kernel import access
from maillage.kernel.feeds import calendar_view
from maillage.kernel.models import Person
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.rules import Permission
from maillage.roster.actions import feeds
from maillage.roster.actions.rights import may_read_calendar
from maillage.roster.models import DutyFeed, Sector
from maillage.roster.queries.calendars import feed_calendar

OWN = "own"
#: What is read with an address to know what it shows, and whether its maker may read it.
_SHOWN = ("sector__territory__scope", "professional")


class FeedForm(forms.Form):
    """What the calendar shows, and a name by which one will know which program reads it."""

    shown = forms.ChoiceField(label=gettext_lazy("Ce que montre le calendrier"))
    label = forms.CharField(
        label=gettext_lazy("Nom du calendrier"),
        max_length=80,
        help_text=gettext_lazy("« Mon téléphone », « Salle de régulation »"),
    )

    def __init__(self, *given: Any, subjects: dict[str, Sector | Professional], **options: Any) -> None:
        super().__init__(*given, **options)
        self.subjects = subjects
        words = {key: _("Mes gardes") if key == OWN else str(one) for key, one in subjects.items()}
        self.fields["shown"].choices = list(words.items())  # type: ignore[attr-defined]  # a field of choices

    @property
    def subject(self) -> Sector | Professional:
        """What was chosen."""
        return self.subjects[self.cleaned_data["shown"]]


class Feeds(Page):
    """The secret addresses that the visitor may make and revoke."""

    template_name = "roster/feeds.html"
    permission = Permission.VIEW_ROSTER

    @cached_property
    def subjects(self) -> dict[str, Sector | Professional]:
        """One's own duties, then the sectors one keeps."""
        return subjects_of(self.person)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", FeedForm(subjects=self.subjects))
        context.setdefault("address", "")
        sectors = [one.pk for one in self.subjects.values() if isinstance(one, Sector)]
        known = DutyFeed.objects.active().filter(Q(sector__in=sectors) | Q(professional__account=self.person))
        rows = [(one, _is_read(one)) for one in known.select_related(*_SHOWN, "created_by")]
        return super().get_context_data(
            feeds=rows, read=sum(is_read for _one, is_read in rows), may_make=bool(self.subjects), **context
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make an address, shown this once."""
        form = FeedForm(request.POST, subjects=self.subjects)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        label = form.cleaned_data["label"]
        _feed, secret = feeds.create_feed(by=self.person, of=form.subject, label=label)
        address = request.build_absolute_uri(reverse("roster:feed", args=[secret]))
        answer = self.render_to_response(self.get_context_data(address=address), status=201)
        answer["Cache-Control"] = "no-store"
        return answer


class FeedEnd(Endpoint):
    """Revokes a calendar's address."""

    permission = Permission.VIEW_ROSTER

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        feeds.revoke_feed(by=self.person, feed=get_object_or_404(DutyFeed, pk=pk))
        messages.success(request, _("Adresse révoquée : elle ne répond plus dès maintenant."))
        return redirect("roster:feeds")


@calendar_view
def feed(secret: str) -> bytes:
    """Return the calendar of that address.

    Raises Http404 where it was revoked, never was, or shows what whoever made it may read no more.
    """
    found = get_object_or_404(DutyFeed.objects.opened_by(secret).select_related(*_SHOWN))
    if not may_read_calendar(found.created_by, found.sector or found.professional):
        raise Http404("feed")
    return feed_calendar(found)


def _is_read(feed: DutyFeed) -> bool:
    """Return whether an address still answers: whoever made it may read what it shows."""
    maker = feed.created_by
    return maker.is_active and may_read_calendar(maker, feed.sector or feed.professional)


def subjects_of(person: Person) -> dict[str, Sector | Professional]:
    """Return what `person` may make a calendar of: their own duties, the sectors they keep."""
    me = Professional.objects.filter(account=person, volunteering__isnull=False).distinct().first()
    found: dict[str, Sector | Professional] = {} if me is None else {OWN: me}
    sectors = Sector.objects.order_by("name", "pk")
    scopes = access.scopes_of(person, Permission.MANAGE_ROSTER)
    if scopes is not None:
        sectors = sectors.filter(territory__scope__in=scopes)
    return found | {str(one.pk): one for one in sectors}
