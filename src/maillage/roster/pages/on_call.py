"""Who is on call now, for a commune: one question, one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import access, formats
from maillage.kernel.models import Person
from maillage.kernel.names import place_name
from maillage.kernel.pages.base import Page
from maillage.kernel.phones import written_phone
from maillage.kernel.rules import Permission
from maillage.roster.models import Sector
from maillage.roster.pages.presenters import clock, enumerated, until
from maillage.roster.queries.departures import departure_of
from maillage.roster.queries.duties import (
    Coverage,
    OnCall,
    held_posts,
    next_posts,
    on_call,
    on_call_by_sector,
    shared_on_call,
)
from maillage.roster.queries.exchanges import volunteer_of
from maillage.roster.queries.sectors import sectors_in
from maillage.territory import api as territory

FOUND = 10
"""How many communes a search offers."""
SHOWN_NOW = 12
"""How many sectors a page answers for at once."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer in words; `phones`: each name with the number to dial, and as people read it."""

    coverage: Coverage
    sentence: str
    phones: tuple[tuple[str, str, str], ...]
    kind: str
    when: str
    following: str

    @property
    def is_covered(self) -> bool:
        """Whether a doctor is on call."""
        return self.coverage is Coverage.COVERED

    @property
    def is_missing(self) -> bool:
        """Whether somebody should be on call, and nobody is known."""
        return self.coverage in {Coverage.GAP, Coverage.NO_ROSTER, Coverage.NO_SECTOR}


class WhoIsOnCall(Page):
    """A commune is looked for by name, postcode or code; the answer is a sentence."""

    template_name = "roster/on_call.html"
    permission = Permission.VIEW_ROSTER

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()
        commune = self._commune(text)
        now = timezone.now()
        given = on_call(commune, now) if commune else None
        return super().get_context_data(
            query=commune.name if commune and not text else text,
            commune=commune,
            at_commune=territory.at_place(commune.name) if commune else "",
            sector=given.sector if given else None,
            answer=answer_of(given, now, person=self.person) if given else None,
            shared=[
                (sector, answer_of(answer, now, person=self.person))
                for sector, answer in (shared_on_call(commune, now) if commune else [])
            ],
            everywhere=[] if commune or text else self._everywhere(now),
            found=[] if commune else territory.search_communes(text, FOUND),
            **context,
        )

    def _everywhere(self, now: datetime) -> list[tuple[Sector, Answer]]:
        """Return the answer of each sector that the visitor may read, shown before anything is asked."""
        sectors = list(sectors_in(self.person).order_by("kind", "territory__search_name", "name", "pk"))
        return [
            (sector, answer_of(answer, now, person=self.person))
            for sector, answer in on_call_by_sector(sectors[:SHOWN_NOW], now)
        ]

    def _commune(self, text: str) -> territory.Commune | None:
        """Return the commune asked: by its code, or the only one of that name."""
        code = self.request.GET.get("commune", "")
        if code:
            return territory.commune(code)
        found = territory.search_communes(text, FOUND)
        named = [one for one in found if place_name(one.name) == place_name(text)]
        if len(named) == 1:
            return named[0]
        return found[0] if len(found) == 1 else None


def answer_of(given: OnCall, now: datetime, *, person: Person) -> Answer:
    """Return in words who is on call, until when, and who comes next.

    Whoever holds a shared on-call is reached without regulation, by everybody who reads the roster. The
    doctor on call is reached after it: their number is for `person` where they regulate, keep the rosters, or
    take duties in that sector themselves.
    """
    if given.sector is None:
        return Answer(given.coverage, given.sentence, (), "", "", "")
    if not given.posts:
        return Answer(given.coverage, given.sentence, (), "", "", _following(given.sector, now))
    zone, post = given.sector.zone, given.posts[0]
    return Answer(
        given.coverage,
        _held(given, until(post, zone, now)) if given.held else given.sentence,
        _phones(given) if sees_phones(person, given.sector) else (),
        post.kind_label,
        clock(post, zone),
        _following(given.sector, post.ends_at),
    )


def sees_phones(person: Person, sector: Sector) -> bool:
    """Whether somebody may read the telephone numbers of those on call in a sector."""
    if sector.is_shared:
        return True
    scope = sector.territory.scope
    if any(access.may(person, one, scope) for one in (Permission.REGULATE, Permission.MANAGE_ROSTER)):
        return True
    return volunteer_of(person, sector) is not None


def _held(given: OnCall, end: str) -> str:
    names = [str(one.volunteer) for one in given.held]
    text = ngettext("{names} est de garde {until}.", "{names} sont de garde {until}.", len(names))
    return text.format(names=enumerated(names), until=end)


def _following(sector: Sector, after: datetime) -> str:
    """Return who comes next, empty where no roster in force says it."""
    coming = next_posts(sector, after)
    if not coming:
        return ""
    held = {one.post_id: one for one in held_posts(coming) if departure_of(one) is None}
    names = enumerated(
        str(held[post.pk].volunteer) if post.pk in held else _("personne d’inscrit") for post in coming
    )
    starts = coming[0].starts_at.astimezone(sector.zone).replace(tzinfo=None)
    kind = coming[0].kind_label.lower()
    text = _("Ensuite, le {when} : {names} ({kind}).")
    return text.format(when=formats.date_long(starts), names=names, kind=kind)


def _phones(given: OnCall) -> tuple[tuple[str, str, str], ...]:
    people = [one.volunteer.professional for one in given.held]
    return tuple((one.name, one.phone, written_phone(one.phone)) for one in people if one.phone)
