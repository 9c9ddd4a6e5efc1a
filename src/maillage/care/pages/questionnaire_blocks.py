"""What questionnaires have waiting: for whom they are asked, for who reads the answers."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.care.models import Questionnaire
from maillage.care.queries.questionnaires import answers_drawn, asked_of, may_ask, questionnaires_of
from maillage.kernel import formats
from maillage.kernel.contributions import (
    SHOWN,
    Deed,
    InboxLine,
    Line,
    PanelContent,
    Pending,
    Waiting,
    rows_waiting,
)
from maillage.kernel.inboxes import waiting_of
from maillage.kernel.models import Person
from maillage.people import api as people

#: The kind of the inbox that this part declares.
ANSWERS = "care.questionnaire"


def own_questionnaires(person: Person) -> Waiting | None:
    """Say to a patient or a carer that questions wait for them: no title, no word of health."""
    rows = [one for one in asked_of(person) if one.is_open]
    said = ngettext("{count} questionnaire à remplir", "{count} questionnaires à remplir", len(rows))
    url = reverse("care:own_questionnaires")
    return rows_waiting(
        _("Mes questionnaires"), rows, _own_line, said, url=url, gesture=_("Voir mes questionnaires")
    )


def _own_line(one: Questionnaire) -> Line:
    text = _("Demandé par {name}").format(name=one.by)
    return Line(
        text, reverse("care:own_questionnaire", args=[one.pk]), formats.date_short(timezone.localtime(one.at))
    )


def answers_waiting(person: Person) -> Waiting | None:
    """Say to a professional which answers they asked for and have not read; nobody is named."""
    rows = waiting_of(person, ANSWERS) or []
    said = ngettext("{count} questionnaire à lire", "{count} questionnaires à lire", len(rows))
    return rows_waiting(
        _("Réponses à mes questionnaires"), rows, _line, said, url=reverse("web:inbox"), gesture=_("Les lire")
    )


def _line(one: Pending) -> Line:
    return Line(_("Répondu le {day}").format(day=formats.date_short(timezone.localtime(one.since))))


def answer_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the answers of some keys: of whom, to what; a sign of danger is said first."""
    found = []
    for one in answers_drawn(person, keys):
        url = reverse("care:questionnaire", args=[one.patient_id, one.pk])
        detail = [
            _("un signe grave a été dit : assurez-vous que le 15 est appelé") if one.is_vital else "",
            _("répondu par {name}").format(name=one.carer) if one.carer is not None else "",
        ]
        deeds = () if one.is_vital else (Deed(_("Lu"), url, "", (("do", "read"),)),)
        said = " · ".join(filter(None, detail))
        found.append(InboxLine(one.pk, one.name, url, one.patient.name, said, deeds=deeds))
    return found


HELD_ANSWERS = people.opened(
    Questionnaire,
    people.Part.HEALTH,
    lambda one: str(one.name),
    lambda one: reverse("care:questionnaire", args=[one.patient_id, one.pk]),
    people.veils(Questionnaire, lazy("Réponse à lire")),
)


def questionnaires_panel(person: Person, patient: people.Patient) -> PanelContent | None:
    """Say what was asked and answered about a patient; None where nothing was, and nothing may be."""
    rows = questionnaires_of(person, patient)
    own = patient.account_id == person.pk
    if not rows and (own or not may_ask(person, patient)):
        return None
    lines = tuple(
        Line(
            one.name,
            reverse("care:questionnaire", args=[patient.pk, one.pk]),
            f"{formats.date_short(timezone.localtime(one.at))} · {one.standing_label}",
        )
        for one in rows[:SHOWN]
    )
    said = "" if lines else _("Aucun questionnaire.")
    url = reverse("care:questionnaires", args=[patient.pk])
    return PanelContent(_("Questionnaires"), said, lines, url, _("Ouvrir les questionnaires"))
