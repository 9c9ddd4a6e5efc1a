"""The line at the top of the desk: the day's figures, who is on call, what is free."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.agenda.api import Commitment
from maillage.directory.api import Professional
from maillage.kernel import formats
from maillage.kernel.models import Person, Scope
from maillage.orientation import api
from maillage.orientation.pages import presenters
from maillage.roster.api import Coverage, OnCall, Sector


@dataclass(frozen=True, slots=True)
class DaySummary:
    """Figures with their labels, the capacity in a sentence, one line a sector, who is in two places."""

    figures: list[tuple[str, str]]
    free: str
    on_call: list[str]
    conflicts: list[str]


def of(person: Person, scope: Scope, waiting: list[api.QueueLine]) -> DaySummary:
    """Return the summary of the day of a desk as it is now; `waiting`: its queue, just read."""
    day = api.today(by=person, scope=scope, lines=waiting)
    figures = [
        (_("Reçues aujourd’hui"), formats.number(day.received)),
        (_("Ouvertes"), formats.number(day.open)),
        (_("En retard"), formats.number(day.late)),
        (_("Closes"), formats.number(day.closed)),
        (_("Appel → décision, médiane"), _or_dash(day.decision_minutes, formats.minutes)),
        (_("Répondu en ville"), _or_dash(day.share_in_town, formats.percent)),
    ]
    if day.without_answer:
        figures.append((_("Closes sans réponse"), formats.number(sum(day.without_answer.values()))))
    sectors = api.on_call_now(by=person, scope=scope)
    held = {one.volunteer.professional_id for _sector, answer in sectors for one in answer.held}
    busy = api.consulting_at(by=person, scope=scope, professionals=held, at=timezone.now())
    # What a team shares in the evening is of no use at noon; the permanence of care is said at any hour.
    lines = [
        _on_call(sector, answer)
        for sector, answer in sectors
        if not sector.is_shared or answer.coverage is not Coverage.OUTSIDE_HOURS
    ]
    conflicts = [
        _conflict(sector, one.volunteer.professional, busy[one.volunteer.professional_id])
        for sector, answer in sectors
        for one in answer.held
        if one.volunteer.professional_id in busy
    ]
    return DaySummary(figures, _free(person, scope), lines, conflicts)


def _conflict(sector: Sector, who: Professional, kept: Commitment) -> str:
    until = formats.time_short(timezone.localtime(kept.ends_at))
    text = _("{who} est de garde à {sector} mais consulte à {place} jusqu’à {until}.")
    return text.format(who=who, sector=sector, place=kept.place, until=until)


def _free(person: Person, scope: Scope) -> str:
    capacity = api.free_capacity(by=person, scope=scope)
    if capacity.first is None:
        return _("Aucun créneau libre ouvert au bureau.")
    text = ngettext("{count} créneau libre, dont {today} aujourd’hui ; le premier {first}",
                    "{count} créneaux libres, dont {today} aujourd’hui ; le premier {first}",
                    capacity.total)  # fmt: skip
    first = presenters.moment(capacity.first, timezone.now())
    return text.format(
        count=formats.number(capacity.total), today=formats.number(capacity.today), first=first
    )


def _on_call(sector: Sector, answer: OnCall) -> str:
    names = ", ".join(str(one.volunteer.professional) for one in answer.held)
    if sector.is_shared:
        told = _("{sector} (garde partagée) : {who}")
        return told.format(sector=sector, who=names or answer.sentence)
    return _("{sector} : {who}").format(sector=sector, who=names or answer.sentence)


def _or_dash(value: float | None, written: Callable[[float], str]) -> str:
    return "–" if value is None else written(value)
