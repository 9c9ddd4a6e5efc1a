"""The page that a secret address opens, for whom a freed slot was offered to: yes, or no, and that is all.

No account, no name of the patient, nothing about health. Opening it changes nothing, since telephones open
the addresses of messages by themselves. The address is the secret: the form needs no cookie.
"""

from __future__ import annotations

from enum import StrEnum

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from maillage.agenda.actions import booking, waiting
from maillage.agenda.models import Offer
from maillage.agenda.models.waiting import OfferState
from maillage.agenda.pages import presenters
from maillage.agenda.queries.waiting import is_free, offer_to_answer
from maillage.agenda.queries.words import said_of
from maillage.exchange import api as exchange


class Standing(StrEnum):
    """What the page says."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    GONE = "gone"
    UNKNOWN = "unknown"


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, token: str) -> HttpResponse:
    """Show the offer, or take the answer and show what came of it; 404 for an address never made."""
    key = exchange.opened("agenda:offer", token)
    row = offer_to_answer(key) if key is not None else None
    if row is None:
        return _page(request, Standing.UNKNOWN, {}, status=404)
    with translation.override("en" if row.entry.patient.language == "en" else "fr"):
        if request.method == "POST":
            _answer(row, request.POST.get("answer", ""))
            return redirect("agenda:offer", token)
        return _page(request, _standing(row), _said(row))


def _answer(row: Offer, wanted: str) -> None:
    """Do what was asked where it can still be done; the page then says where it stands."""
    try:
        if wanted == "accept":
            waiting.accept_offer(by=None, offer=row, key=f"offer-{row.pk}-link")
        elif wanted == "decline":
            waiting.decline_offer(by=None, offer=row)
    except (waiting.OfferClosedError, booking.BookingRefusedError):
        return


def _standing(row: Offer) -> Standing:
    now = timezone.now()
    if row.slot.starts_at <= now:
        return Standing.GONE
    if row.state == OfferState.PENDING.value:
        return Standing.OPEN if row.expires_at > now and is_free(row.slot) else Standing.GONE
    answered = {OfferState.ACCEPTED.value: Standing.ACCEPTED, OfferState.DECLINED.value: Standing.DECLINED}
    return answered.get(row.state, Standing.GONE)


def _said(row: Offer) -> dict[str, object]:
    zone, said = row.slot.agenda.zone, said_of(row.slot)
    return {
        "day": row.slot.starts_at.astimezone(zone).date(),
        "when": presenters.clock(row.slot.starts_at, zone),
        "until": row.expires_at.astimezone(zone).replace(tzinfo=None),
        "professional": row.slot.agenda.professional.name,
        "commune": said.commune,
        "phone": presenters.to_dial(said.phone),
    }


def _page(
    request: HttpRequest, standing: Standing, said: dict[str, object], status: int = 200
) -> HttpResponse:
    response = render(request, "agenda/offer.html", {"standing": standing.value, **said}, status=status)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
