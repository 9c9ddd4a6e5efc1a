"""The first sentence of the portrait, supply and needs pages: what the reader should leave with."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel.figures import Figure
from maillage.kernel.formats import number, percent
from maillage.territory.computations.portrait import Portrait
from maillage.territory.computations.retirement import Retirement
from maillage.territory.computations.supplies import PROFESSIONS
from maillage.territory.computations.supply import TerritorySupply

STEADY = 0.005
"""A change smaller than this share is said to be stable."""


def portrait(found: Portrait) -> str:
    """Return how many people, since when more or fewer, and how old."""
    people = found.figure("population").value or 0
    if not people:
        return _("Aucun habitant n’est recensé dans ce territoire.")
    older = found.figure("share_65p")
    first = _population(people, found.figure("change_2012").value)
    if older.value is None:
        return f"{first}."
    values = {"share": percent(older.value), "france": percent(_france(older))}
    second = _("%(share)s ont 65 ans ou plus (estimation), contre %(france)s en France.") % values
    return _(" ; ").join((first, second))


def _population(people: float, change: float | None) -> str:
    values = {"people": number(people), "change": percent(abs(change or 0), 1)}
    if change is None:
        return _("%(people)s habitants") % values
    if abs(change) < STEADY:
        return _("%(people)s habitants, autant qu’en 2012") % values
    if change < 0:
        return _("%(people)s habitants, %(change)s de moins qu’en 2012") % values
    return _("%(people)s habitants, %(change)s de plus qu’en 2012") % values


def supply(found: TerritorySupply, ageing: Retirement) -> str:
    """Return how many GPs, how densely, and what the departure of the older ones would leave."""
    count, density = found.figure("gp").value or 0, found.figure("gp_density")
    if not count:
        return _("Aucun généraliste libéral n’exerce dans ce territoire.")
    values = {
        "count": number(count),
        "density": number(density.value, density.decimals),
        "france": number(_france(density), density.decimals),
        "older": number(found.figure("gp_60").value),
        "after": number(found.figure("gp_density_after").value, density.decimals),
    }
    first = ngettext(
        "%(count)s généraliste libéral, soit %(density)s pour 100 000 habitants (France : %(france)s)",
        "%(count)s généralistes libéraux, soit %(density)s pour 100 000 habitants (France : %(france)s)",
        int(count),
    )
    if not found.figure("gp_60").value:
        return first % values + "."
    second = ngettext(
        "%(older)s a 60 ans ou plus : sans remplaçant, il en resterait %(after)s pour 100 000.",
        "%(older)s ont 60 ans ou plus : sans remplaçants, il en resterait %(after)s pour 100 000.",
        int(found.figure("gp_60").value or 0),
    )
    return _(" ; ").join((first % values, second % values)) + _access(ageing)


def _access(ageing: Retirement) -> str:
    if ageing.now.below is None or ageing.after.below is None:
        return ""
    return " " + _(
        "La part des habitants sous %(low)s consultations accessibles par an passerait "
        "de %(now)s à %(after)s."
    ) % {
        "low": number(ageing.low, PROFESSIONS["gp"].decimals),
        "now": percent(ageing.now.below),
        "after": percent(ageing.after.below),
    }


def _france(figure: Figure) -> float | None:
    """Return the value of France, always the last comparison."""
    return figure.comparisons[-1].value if figure.comparisons else None
