"""Requests to the DAC on the shared pages: the first screen of the DAC, the inbox, a patient's page."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.care import api as care
from maillage.kernel import formats
from maillage.kernel.contributions import (
    Deed,
    InboxLine,
    Line,
    PanelContent,
    Waiting,
    rows_waiting,
)
from maillage.kernel.models import Person
from maillage.people import api as people
from maillage.transitions.models import ComplexCase, PartnerRequest
from maillage.transitions.pages import case_presenters as presenters
from maillage.transitions.queries import complex_cases as queries
from maillage.transitions.rules.complex_cases import CaseState


def cases_waiting(person: Person) -> Waiting | None:
    """Say which requests the DAC has to end, by their day: nobody named, no word of health."""
    rows = queries.cases_to_end(person)
    return rows_waiting(
        _("Demandes au DAC"),
        rows,
        _case_line,
        presenters.cases_said(rows) if rows else "",
        url=reverse("transitions:cases"),
        gesture=_("Ouvrir les demandes"),
    )


def _case_line(one: ComplexCase) -> Line:
    is_sent = one.state == CaseState.SENT.value
    return Line(
        presenters.title(one),
        reverse("transitions:case", args=[one.pk]),
        presenters.delay_said(one) or str(one.get_state_display()),
        is_late=one.is_late,
        deed=_acknowledged(one) if is_sent else None,
    )


def _acknowledged(one: ComplexCase) -> Deed:
    url = reverse("transitions:case", args=[one.pk])
    return Deed(_("Accuser réception"), url, fields=(("do", "acknowledge"),))


def plans_late(person: Person) -> Waiting | None:
    """Say which plans have passed their day of revision: nobody named."""
    if not queries.answers(person):
        return None
    rows = care.plans_to_revise(person)
    said = ngettext("{count} plan à revoir", "{count} plans à revoir", len(rows))
    return rows_waiting(
        _("Plans à revoir"),
        rows,
        lambda one: Line(
            _("Plan à revoir"),
            reverse("care:plan", args=[one[0]]),
            _("depuis le {day}").format(day=formats.date_short(one[1])),
            is_late=True,
        ),
        said,
        url=reverse("care:plan", args=[rows[0][0]]) if rows else "",
        gesture=_("Revoir le premier"),
    )


def partners_waiting(person: Person) -> Waiting | None:
    """Say which partners have not answered yet: nobody named, no word of health."""
    rows = queries.partners_awaited(person)
    said = ngettext(
        "{count} réponse de partenaire attendue", "{count} réponses de partenaires attendues", len(rows)
    )
    return rows_waiting(
        _("Réponses des partenaires"),
        rows,
        _partner_line,
        said,
        url=reverse("transitions:cases"),
        gesture=_("Voir les réponses attendues"),
    )


def _partner_line(one: PartnerRequest) -> Line:
    day = formats.date_short(one.expected_on) if one.expected_on else ""
    return Line(
        one.partner,
        f"{reverse('transitions:case', args=[one.case_id])}#partenaires",
        _("attendue le {day}").format(day=day) if day else "",
        is_late=one.is_late,
    )


def inbox_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the requests of some keys: to acknowledge, nobody named; or whose outcome is to be read."""
    return [_inbox_line(one) for one in queries.cases_in_inbox(person, keys)]


def _inbox_line(one: ComplexCase) -> InboxLine:
    page = reverse("transitions:case", args=[one.pk])
    if not one.waits_to_be_read:
        return InboxLine(one.pk, presenters.title(one), page, "", str(one.by), deeds=(_acknowledged(one),))
    read = Deed(_("J’ai lu l’issue"), page, fields=(("do", "read"),))
    text = _("Issue du DAC à lire")
    return InboxLine(one.pk, text, page, one.patient.name, str(one.closed_by), deeds=(read,))


held_lines = people.opened(
    ComplexCase,
    people.Part.PLAN,
    lambda one: _("Issue du DAC à lire") if one.waits_to_be_read else presenters.title(one),
    lambda one: reverse("transitions:case", args=[one.pk]),
    people.veils(ComplexCase, lazy("Demande au DAC")),
)


def cases_panel(person: Person, patient: people.Patient) -> PanelContent | None:
    """Say what was asked of the DAC for a patient, and what came of it; else where to ask."""
    rows = queries.cases_of(patient)
    lines = tuple(_panel_line(one) for one in rows[:3])
    own = patient.account_id == person.pk
    if own and not rows:
        return None
    title = _("Appui à ma situation") if own else _("Situation complexe")
    if own or any(one.is_open for one in rows):
        return PanelContent(title, "" if rows else _("Rien n’a été demandé."), lines)
    said = "" if rows else _("Aucune demande d’appui au DAC.")
    url = reverse("transitions:new_case", args=[patient.pk])
    return PanelContent(title, said, lines, url, _("Demander l’appui du DAC"))


def _panel_line(one: ComplexCase) -> Line:
    detail = [str(one.get_state_display()), presenters.delay_said(one)]
    if one.referent is not None:
        detail.append(str(one.referent))
    page = reverse("transitions:case", args=[one.pk])
    return Line(one.asked, page, " · ".join(filter(None, detail)), is_late=one.is_late)
