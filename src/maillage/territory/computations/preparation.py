"""What is computed once, with progress shown, so that no visitor waits for it."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from maillage.engines import accessibility
from maillage.territory import atlas
from maillage.territory.computations import pairs_cache
from maillage.territory.computations.access import national_access, national_flows
from maillage.territory.computations.apl_parameters import parameter_set, reach
from maillage.territory.computations.supplies import PROFESSIONS
from maillage.territory.computations.travel_comparison import estimated_access, is_measured
from maillage.territory.packs import Progress, silent


def is_prepared() -> bool:
    """Return whether `warm` has nothing long to do: a pack is in use, and its travel times are stored."""
    try:
        national = atlas.current()
    except atlas.NoPackError:
        return False
    return pairs_cache.is_ready(national, reach(), parameter_set().crow_fly)


def warm(*, progress: Progress = silent) -> None:
    """Compile the engines, compute the travel times and every profession's access; cheap when done before.

    Raises NoPackError where no pack was imported.
    """
    steps: list[tuple[str, Callable[[], object]]] = [(_("Compilation des calculs"), accessibility.warm)]
    national = atlas.current()
    steps.append((_("Temps de trajet entre communes"), lambda: national_flows(national_access(national))))
    if is_measured():
        alone = _("Temps à vol d’oiseau, pour comparer")
        steps.append((alone, lambda: estimated_access(national, national_access(national))))
    for title, step in steps:
        progress(title, 0, 1)
        step()
        progress(title, 1, 1)
    title = _("Accessibilité par profession")
    for done, profession in enumerate(PROFESSIONS):
        progress(title, done, len(PROFESSIONS))
        national_access(national, profession)
    progress(title, len(PROFESSIONS), len(PROFESSIONS))
