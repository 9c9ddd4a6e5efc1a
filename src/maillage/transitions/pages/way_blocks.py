"""The ways through a hospital on the shared pages: the first screen, a patient's page."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.kernel.contributions import Line, PanelContent, Waiting, rows_waiting
from maillage.kernel.models import Person
from maillage.people import api as people
from maillage.transitions.models import Way
from maillage.transitions.pages import way_presenters as presenters
from maillage.transitions.queries import ways as queries


def ways_waiting(person: Person) -> Waiting | None:
    """Say which stays of the circle wait for something, late visits first: no name, no word of health."""
    rows = queries.open_ways(person)
    late = {one.pk for one in rows if queries.visit_is_late(one)}
    return rows_waiting(
        _("Ville et hôpital"),
        sorted(rows, key=lambda one: one.pk not in late),
        _line,
        presenters.ways_said(rows) if rows else "",
        url=reverse("transitions:ways"),
        gesture=_("Voir les passages"),
    )


def _line(one: Way) -> Line:
    return Line(
        _("Passage à l’hôpital n° {number}").format(number=one.pk),
        reverse("transitions:way", args=[one.pk]),
        presenters.awaited(one),
        is_late=queries.visit_is_late(one),
    )


def ways_panel(person: Person, patient: people.Patient) -> PanelContent | None:
    """Say where the last stays of a patient stand; else where to note one."""
    rows = queries.ways_of(patient)
    lines = tuple(_panel_line(one) for one in rows[:3])
    if patient.account_id == person.pk:
        return PanelContent(_("Hôpital"), "", lines) if rows else None
    said = "" if rows else _("Aucun passage à l’hôpital n’est noté.")
    url = reverse("transitions:new_way", args=[patient.pk])
    return PanelContent(_("Hôpital"), said, lines, url, _("Demander une admission ou noter une sortie"))


def _panel_line(one: Way) -> Line:
    detail = " · ".join(filter(None, (str(one.get_state_display()), presenters.awaited(one))))
    page = reverse("transitions:way", args=[one.pk])
    return Line(str(one.get_kind_display()), page, detail, is_late=queries.visit_is_late(one))
