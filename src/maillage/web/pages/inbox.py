"""The inbox of whoever is signed in: what waits, what is put off, and the two gestures that are its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from maillage.kernel import confiding, formats, snoozes
from maillage.kernel.pages.base import Endpoint, Page, back_to
from maillage.kernel.parameters import query_kept, row_key
from maillage.web import inbox
from maillage.web.pages.confiding import form_of

#: The keys of the page; each is on the screen too.
KEYS = ("j", "k", "e", "s", "?")


class InboxPage(Page):
    """What waits for the visitor, the most pressing first, each line with what is done in place."""

    template_name = "web/inbox.html"
    permission = None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        chosen, whose = self.request.GET.get("genre", ""), self.request.GET.get("pour", "")
        found = inbox.inbox(self.person, chosen, self.request.GET.get("page"), whose)
        kept = [(name, [value]) for name, value in (("pour", whose), ("genre", chosen)) if value]
        done, done_more = inbox.lately_done(self.person)
        return super().get_context_data(
            inbox=found,
            chosen=chosen,
            whose=whose,
            done=done,
            done_more=done_more,
            absence=form_of(self.person) if confiding.may_confide(self.person) else None,
            moments=moments(),
            keys=_keys(),
            query=query_kept(kept) if kept else "",
            **context,
        )


def moments() -> list[tuple[str, str, str]]:
    """Return the moments to which a line may be put off: what is sent, its name, when it is."""
    now = timezone.localtime()
    names = {
        "hour": _("Dans une heure"),
        "evening": _("Ce soir"),
        "tomorrow": _("Demain"),
        "monday": _("Lundi"),
    }
    found = snoozes.choices(now)
    return [(key, names[key], _said(at, now)) for key, at in found.items()]


def _said(at: datetime, now: datetime) -> str:
    hour = formats.time_short(at)
    return hour if at.date() == now.date() else f"{formats.date_short(at)}, {hour}"


def _keys() -> list[tuple[str, str]]:
    said = (
        _("Ligne suivante"),
        _("Ligne précédente"),
        _("Faire : le premier geste de la ligne"),
        _("Remettre la ligne à plus tard"),
        _("Voir ces touches"),
    )
    return list(zip(KEYS, said, strict=True))


class Snooze(Endpoint):
    """Puts a line of one's own inbox off."""

    permission = None

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do it, then show the inbox again. Raises Http404 for what does not wait for the visitor."""
        kind, row = request.POST.get("kind", ""), row_key(request.POST.get("row"))
        if not inbox.is_waiting(self.person, kind, row):
            raise Http404(kind)
        until = _asked(request.POST.get("for", ""), request.POST.get("until", ""))
        try:
            if until is None:
                raise ValidationError(_("Choisissez jusqu’à quand."))
            snoozes.snooze(by=self.person, kind=kind, row=row, until=until)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            when = _said(timezone.localtime(until), timezone.localtime())
            messages.success(request, _("Remis à plus tard : {when}.").format(when=when))
        return back_to(request, reverse("web:inbox"))


def _asked(choice: str, text: str) -> datetime | None:
    """Return the instant of a choice of the page, else of a local day and hour; None for neither."""
    found = snoozes.choices(timezone.localtime()).get(choice)
    if found is not None:
        return found
    try:
        written = parse_datetime(text)
    except ValueError:
        return None
    if written is None or not 1900 < written.year < 2200:
        return None
    return written if timezone.is_aware(written) else timezone.make_aware(written)


class Wake(Endpoint):
    """Takes up again a line that one has put off."""

    permission = None

    def post(self, request: HttpRequest) -> HttpResponse:
        """Do it, then show the inbox again."""
        kind, row = request.POST.get("kind", ""), row_key(request.POST.get("row"))
        if not inbox.is_waiting(self.person, kind, row):
            raise Http404(kind)
        snoozes.wake(by=self.person, kind=kind, row=row)
        messages.success(request, _("La ligne est de nouveau à traiter."))
        return back_to(request, reverse("web:inbox"))
