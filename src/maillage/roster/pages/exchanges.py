"""Asking to be replaced, offering, accepting, keeping the duty after all: one click each."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from maillage.kernel.pages.base import Endpoint
from maillage.kernel.parameters import row_key
from maillage.roster.actions import exchanges
from maillage.roster.models import Exchange, Offer, Post, Volunteer
from maillage.roster.pages.base import OfRoster
from maillage.roster.queries.exchanges import volunteer_of
from maillage.roster.rules.errors import RosterError


class Ask(OfRoster, Endpoint):
    """Asks for somebody to take a duty."""

    @cached_property
    def duty(self) -> Post:
        """The post of the address. Raises Http404."""
        return get_object_or_404(Post.objects.select_related("roster"), pk=self.kwargs["pk"])

    def roster_key(self) -> int:
        return self.duty.roster_id

    def post(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        return self.done(
            lambda: exchanges.ask(by=self.person, post=self.duty),
            _("Demande ouverte : les volontaires du secteur la voient dès maintenant."),
        )


class _OfExchange(OfRoster, Endpoint):
    @cached_property
    def exchange(self) -> Exchange:
        """The request of the address. Raises Http404."""
        return get_object_or_404(Exchange.objects.select_related("post__roster"), pk=self.kwargs["pk"])

    def roster_key(self) -> int:
        return self.exchange.post.roster_id


def _nobody_named() -> None:
    raise RosterError(_("Choisissez qui s’est proposé."))


class MakeOffer(_OfExchange):
    """Offers to take the duty, or to swap it; whoever keeps the roster notes an offer made by phone."""

    def post(self, request: HttpRequest, **_address: int) -> HttpResponse:
        named = request.POST.get("volunteer")
        if named == "":
            return self.done(_nobody_named, "")
        if named is not None:
            other = get_object_or_404(Volunteer, pk=row_key(named), sector=self.roster.sector)
            return self.done(
                lambda: exchanges.offer(by=self.person, exchange=self.exchange, volunteer=other),
                _("Proposition de {name} notée.").format(name=other),
            )
        me = volunteer_of(self.person, self.roster.sector)
        if me is None:
            raise PermissionDenied(_("Vous n’êtes pas volontaire dans ce secteur."))
        given = request.POST.get("in_return", "")
        in_return = get_object_or_404(Post, pk=row_key(given), roster=self.roster) if given else None
        return self.done(
            lambda: exchanges.offer(
                by=self.person, exchange=self.exchange, volunteer=me, in_return=in_return
            ),
            _("Proposition envoyée : la garde est à vous dès qu’elle est acceptée."),
        )


class Withdraw(_OfExchange):
    """Keeps the duty after all."""

    def post(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        return self.done(
            lambda: exchanges.withdraw(by=self.person, exchange=self.exchange),
            _("Demande retirée : la garde ne change pas de main."),
        )


class Accept(OfRoster, Endpoint):
    """Accepts an offer."""

    @cached_property
    def chosen(self) -> Offer:
        """The offer of the address. Raises Http404."""
        rows = Offer.objects.select_related(
            "exchange__post__roster", "volunteer__professional", "in_return__roster"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def roster_key(self) -> int:
        return self.chosen.exchange.post.roster_id

    def post(self, _request: HttpRequest, **_address: int) -> HttpResponse:
        return self.done(
            lambda: exchanges.accept(by=self.person, chosen=self.chosen),
            _("Remplacement accepté : {name} tient maintenant cette garde.").format(
                name=self.chosen.volunteer
            ),
        )
