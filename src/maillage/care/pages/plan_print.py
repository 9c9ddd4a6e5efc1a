"""A shared plan as a PDF, in French: the whole of it for professionals, or « who does what for me »."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from maillage.care.actions.plans import THE_PERSON
from maillage.care.pages import plan_presenters as presenters
from maillage.care.queries.plans import PlanFile
from maillage.kernel import formats, printing
from maillage.people import api as people

TEMPLATE = files("maillage.care.pages") / "plan.typ"


def plan_pdf(
    patient: people.Patient, file: PlanFile, owners: Mapping[str, str], *, is_plain: bool, now: datetime
) -> bytes:
    """Return the plan as it is at `now`, always in French."""
    with override("fr"):
        said = (plain if is_plain else whole)(patient, file, owners)
        said["vintage"] = _("Version {number}, imprimée le {day} depuis Maillage.").format(
            number=file.current.number, day=formats.date_short(now)
        )
        return printing.pdf(TEMPLATE, said, timezone.localdate(now))


def whole(patient: people.Patient, file: PlanFile, owners: Mapping[str, str]) -> dict[str, Any]:
    """Return what the paper of professionals says: the ten steps."""
    view = presenters.view(file.content, owners)
    consent = file.consent
    agreed = _("Accord de la personne : à recueillir pour cette version.")
    if consent is not None:
        agreed = _("Accord : {who}, le {day}, {means}.").format(
            who=consent.who, day=formats.date_short(consent.signed_on), means=consent.get_means_display()
        )
    return {
        "title": _("Plan partagé : {name}").format(name=patient.name),
        "subtitle": patient.born,
        "sections": [
            _texts(_("Coordination"), [" · ".join(filter(None, (view.coordinator, view.phone)))]),
            _table(
                _("Problèmes"),
                [_("Problème"), _("Nature"), _("Priorité")],
                [[text, kind, _("oui") if first else ""] for text, kind, first in view.problems],
            ),
            _texts(_("Ce que la personne souhaite"), [view.preferences]),
            _table(
                _("Objectifs négociés"),
                [pgettext("d’un plan de soins", "Objectif"), _("Critère d’évaluation")],
                [list(one) for one in view.goals],
            ),
            _table(
                _("Interventions"),
                [_("Quoi"), _("Précision"), _("Qui"), _("Avant le")],
                [[one.text, one.note, one.owner, _day(one)] for one in view.interventions],
            ),
            _texts(_("Que faire si cela ne va pas"), [view.alert_procedure]),
            _texts(_("Révision"), [formats.date_long(view.revision_on)]),
            _texts(_("Accord"), [agreed]),
        ],
    }


def plain(patient: people.Patient, file: PlanFile, owners: Mapping[str, str]) -> dict[str, Any]:
    """Return what the paper of the person says: who does what for me, what I do, whom to call."""
    view = presenters.view(file.content, owners)
    mine = [one for one in view.interventions if one.owner_key == THE_PERSON]
    theirs = [one for one in view.interventions if one.owner_key != THE_PERSON]
    call = _("Pour toute question : {who}, {phone}.").format(who=view.coordinator, phone=view.phone)
    return {
        "title": _("Mon plan de soins"),
        "subtitle": patient.name,
        "sections": [
            _texts(_("Ce que je souhaite"), [view.preferences]),
            _texts(_("Ce que nous voulons réussir"), [text for text, _criterion in view.goals]),
            _table(
                _("Qui fait quoi pour moi"),
                [_("Qui"), _("Quoi"), _("Avant le")],
                [[one.owner, "\n".join(filter(None, (one.text, one.note))), _day(one)] for one in theirs],
            ),
            _texts(_("Ce que je fais"), [" ".join(filter(None, (one.text, one.note))) for one in mine]),
            _texts(_("Si cela ne va pas"), [view.alert_procedure, _("En cas d’urgence, j’appelle le 15.")]),
            _texts(_("Qui appeler"), [call if view.coordinator else ""]),
        ],
    }


def _day(one: presenters.Intervention) -> str:
    return formats.date_short(one.due_on) if one.due_on else ""


def _texts(title: str, texts: list[str]) -> dict[str, Any]:
    return {"title": title, "texts": [text for text in texts if text], "columns": [], "rows": []}


def _table(title: str, columns: list[str], rows: list[list[str]]) -> dict[str, Any]:
    return {"title": title, "texts": [], "columns": columns, "rows": rows}
