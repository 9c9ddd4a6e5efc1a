"""The page that a secret address opens, for whom a freed slot was offered to: yes, or no, and that is all.

No account, no name of the patient, nothing about health. Opening it changes nothing, since telephones open
the addresses of messages by themselves. The address is the secret: the form needs no cookie.
"""

from __future__ import annotations

from enum import StrEnum

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from maillage.agenda.actions import booking, waiting
from maillage.agenda.models import Offer
from maillage.agenda.models.waiting import OfferState
from maillage.agenda.pages import presenters
from maillage.agenda.queries.appointments import elsewhere_at
from maillage.agenda.queries.message_values import message_values
from maillage.agenda.queries.waiting import is_free, offer_to_answer
from maillage.exchange import api as exchange
from maillage.kernel.pages.base import secret_page


class OfferStatus(StrEnum):
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
        return _page(request, OfferStatus.UNKNOWN, {}, status=404)
    with translation.override("en" if row.entry.patient.language == "en" else "fr"):
        if request.method == "POST":
            try:
                _answer(row, request.POST.get("answer", ""))
            except booking.BookingRefusedError as error:
                return _page(request, _status(row), _said(row) | {"refusal": str(error)}, status=409)
            return redirect("agenda:offer", token)
        return _page(request, _status(row), _said(row))


def _answer(row: Offer, wanted: str) -> None:
    """Do what was asked where it can still be done; the page then says where it stands.

    Raises BookingRefusedError where the person may be given no slot: the page must say why.
    """
    try:
        if wanted == "accept":
            waiting.accept_offer(by=None, offer=row, key=f"offer-{row.pk}-link")
        elif wanted == "decline":
            waiting.decline_offer(by=None, offer=row)
    except waiting.OfferClosedError:
        return
    except booking.BookingRefusedError as error:
        if error.refusal is booking.Refusal.KEPT_OUT:
            raise


def _status(row: Offer) -> OfferStatus:
    now = timezone.now()
    if row.slot.starts_at <= now:
        return OfferStatus.GONE
    if row.state == OfferState.PENDING.value:
        return OfferStatus.OPEN if row.expires_at > now and is_free(row.slot) else OfferStatus.GONE
    answered = {
        OfferState.ACCEPTED.value: OfferStatus.ACCEPTED,
        OfferState.DECLINED.value: OfferStatus.DECLINED,
    }
    return answered.get(row.state, OfferStatus.GONE)


def _said(row: Offer) -> dict[str, object]:
    zone, said = row.slot.agenda.zone, message_values(row.slot)
    return {
        "day": row.slot.starts_at.astimezone(zone).date(),
        "when": presenters.clock(row.slot.starts_at, zone),
        "until": row.expires_at.astimezone(zone).replace(tzinfo=None),
        "professional": row.slot.agenda.professional.name,
        "commune": said.commune,
        "phone": presenters.to_dial(said.phone),
        # Only that it is so: the address opens without an account, and names nobody else.
        "is_expected_elsewhere": bool(elsewhere_at(row.entry.patient, row.slot)),
    }


def _page(
    request: HttpRequest, offer_status: OfferStatus, said: dict[str, object], status: int = 200
) -> HttpResponse:
    return secret_page(request, "agenda/offer.html", {"status": offer_status.value, **said}, status=status)
