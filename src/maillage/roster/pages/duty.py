"""One post: who holds it, who could, why others cannot; given, taken back, locked by hand."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.roster.actions.rosters import assign, set_lock
from maillage.roster.models import Assignment, Post, Volunteer
from maillage.roster.models.rosters import ORIGIN_LABELS
from maillage.roster.pages import presenters
from maillage.roster.pages.base import OfRoster
from maillage.roster.pages.candidates import candidates
from maillage.roster.pages.gaps import gaps_of
from maillage.roster.pages.wording import commitment_text
from maillage.roster.queries.commitments import conflicts
from maillage.roster.queries.departures import DEPARTURES, departure_of, with_departures
from maillage.roster.rules.vocabulary import Origin
from maillage.roster.rules.workflow import EDITABLE, State


class OfPost(OfRoster):
    """A page of the post in the address, for whoever keeps the roster."""

    permission = Permission.MANAGE_ROSTER

    @cached_property
    def duty(self) -> Post:
        """The post. Raises Http404."""
        return get_object_or_404(
            Post.objects.select_related("roster__sector__territory__scope"), pk=self.kwargs["pk"]
        )

    def roster_key(self) -> int:
        return self.duty.roster_id


class DutyPage(OfPost, Page):
    """Who holds a post, who could take it, and why the others cannot."""

    template_name = "roster/duty.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        post, roster = self.duty, self.roster
        held = with_departures(Assignment.objects.filter(post=post)).first()
        gone = departure_of(held) if held is not None and post.ends_at > timezone.now() else None
        may_change = roster.step is not State.DUTY_DONE
        people = candidates(roster, [post])[post.pk] if may_change else []
        now = timezone.now()
        asked = [
            one for one in presenters.requests(roster, self.me, True, now) if one.exchange.post_id == post.pk
        ]
        return super().get_context_data(
            post=post,
            when=presenters.named(post, roster.sector.zone),
            held=held,
            elsewhere=_elsewhere(held) if held is not None and not gone else [],
            gone=DEPARTURES[gone] if gone else "",
            asked=asked[0] if asked else None,
            may_ask=held is not None and not asked and may_change and post.starts_at > now,
            origin=ORIGIN_LABELS[Origin(held.origin)] if held else "",
            gap=next((one for one in gaps_of(roster) if one.post.pk == post.pk), None),
            free=[one for one in people if not one.reasons],
            kept_away=[one for one in people if one.reasons],
            may_change=may_change,
            needs_reason=roster.step not in EDITABLE,
            month=f"{post.day:%Y-%m}",
            **context,
        )


def _elsewhere(held: Assignment) -> list[str]:
    """Return the consultations of the holder of a duty at its hours."""
    known = conflicts([(held.volunteer.professional_id, held.post)])
    zone = held.volunteer.sector.zone
    return [commitment_text(one, zone) for commitments in known.values() for one in commitments]


class Assign(OfPost, Endpoint):
    """Gives a post to a volunteer, or to nobody."""

    def post(self, request: HttpRequest, **_address: int) -> HttpResponse:
        given = request.POST.get("volunteer", "")
        rows = Volunteer.objects.filter(sector=self.roster.sector_id).select_related("professional")
        volunteer = get_object_or_404(rows, pk=row_key(given)) if given else None
        said = _("{name} tient maintenant cette garde : aucun calcul ne la déplacera.").format(name=volunteer)
        if volunteer is None:
            said = _("Plus personne ne tient cette garde.")
        reason = request.POST.get("reason", "")
        return self.done(
            lambda: assign(by=self.person, post=self.duty, volunteer=volunteer, reason=reason), said
        )


class Lock(OfPost, Endpoint):
    """Keeps a duty from computations, or leaves it to them."""

    def post(self, request: HttpRequest, **_address: int) -> HttpResponse:
        is_locked = request.POST.get("locked") == "1"
        said = _("Garde laissée au calcul.")
        if is_locked:
            said = _("Garde verrouillée : aucun calcul ne la déplacera.")
        return self.done(lambda: set_lock(by=self.person, post=self.duty, is_locked=is_locked), said)
