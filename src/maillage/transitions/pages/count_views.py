"""What is counted of the pathways of a territory: nobody is named, no file is read."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import access, formats
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Page
from maillage.kernel.rules import Permission
from maillage.transitions.queries.complex_cases import CaseCounts, case_counts
from maillage.transitions.queries.ways import WayCounts, way_counts


class Counts(Page):
    """The requests to the DAC and the stays in hospital of each territory of the visitor, counted."""

    template_name = "transitions/counts.html"
    permission = Permission.VIEW_TRANSITION_COUNTS

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        held = access.scopes_of(self.person, Permission.VIEW_TRANSITION_COUNTS)
        places = held or list(Scope.objects.filter(kind="territory"))
        counted = [(one, case_counts(one), way_counts(one)) for one in dict.fromkeys(places)]
        late = sum(cases.late + ways.late for _scope, cases, ways in counted)
        said = ngettext(
            "{count} accusé ou visite en retard.", "{count} accusés ou visites en retard.", late
        ).format(count=formats.number(late))
        return super().get_context_data(
            finding=said if late else _("Aucun accusé ni aucune visite en retard."),
            places=[(one.label, cases_counted(cases), ways_counted(ways)) for one, cases, ways in counted],
            **context,
        )


def cases_counted(found: CaseCounts) -> list[tuple[str, str, str]]:
    """Return what is counted of the requests to the DAC: its name, the count, what it is over."""
    over = _("sur {count} rendues").format(count=formats.number(found.given))
    return [
        (_("En cours"), formats.number(found.open), ""),
        (_("Sans accusé"), formats.number(found.waiting), ""),
        (_("Accusés en retard"), formats.number(found.late), ""),
        (_("Issues lues par le demandeur"), formats.number(found.returned), over),
    ]


def ways_counted(found: WayCounts) -> list[tuple[str, str, str]]:
    """Return what is counted of the stays in hospital: its name, the count, what it is over."""
    return [
        (_("En cours"), formats.number(found.open), ""),
        (_("Admissions sans réponse"), formats.number(found.waiting), ""),
        (_("Admissions refusées"), formats.number(found.refused), ""),
        (_("Visites en retard"), formats.number(found.late), ""),
        (_("Retours dont un traitement attend une décision"), formats.number(found.unresolved), ""),
        (_("Retours refusés"), formats.number(found.returns_refused), ""),
        (_("Terminés par un accusé"), formats.number(found.ended), ""),
    ]
