"""What is computed once, with progress shown, so that no visitor waits for it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from maillage.engines import accessibility
from maillage.territory import atlas
from maillage.territory.computations.access import national_access, national_flows
from maillage.territory.computations.supplies import PROFESSIONS
from maillage.territory.packs import Progress, silent


def warm(*, progress: Progress = silent) -> None:
    """Compile the engines, compute the travel times and every profession's access; cheap when done before.

    Raises NoPackError where no pack was imported.
    """
    steps = [(_("Compilation des calculs"), accessibility.warm)]
    national = atlas.current()
    steps.append((_("Temps de trajet entre communes"), lambda: national_flows(national_access(national))))
    for title, step in steps:
        progress(title, 0, 1)
        step()
        progress(title, 1, 1)
    title = _("Accessibilité par profession")
    for done, profession in enumerate(PROFESSIONS):
        progress(title, done, len(PROFESSIONS))
        national_access(national, profession)
    progress(title, len(PROFESSIONS), len(PROFESSIONS))
