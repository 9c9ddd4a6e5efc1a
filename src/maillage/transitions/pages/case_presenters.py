"""What the pages say of a request to the DAC: its fields, its steps, its delay in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.phones import written_phone
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people
from maillage.transitions.models import ComplexCase
from maillage.transitions.models.complex_cases import FIELD_LABELS, GROUND_LABELS
from maillage.transitions.queries.complex_cases import CaseRead
from maillage.transitions.queries.working_days import today_in
from maillage.transitions.rules.complex_cases import CaseState, Field, Ground, shown


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a request: its name, when and by whom; `state` is done, current or next."""

    label: str
    detail: str
    state: str


def title(case: ComplexCase) -> str:
    """Name a request, nobody in it."""
    return _("Demande au DAC n° {number}").format(number=case.pk)


def grounds_said(case: ComplexCase) -> str:
    """Say what is difficult."""
    known = {one.value for one in Ground}
    return ", ".join(str(GROUND_LABELS[Ground(one)]) for one in case.grounds if one in known)


def fields(read: CaseRead, commune: str) -> list[tuple[str, str]]:
    """Return the fields of a request that its reader reads, with their names, in their order."""
    case, patient = read.case, read.case.patient
    said = {
        Field.AGE: _age(patient, today_in(case.scope)),
        Field.COMMUNE: commune or "–",
        Field.GROUNDS: grounds_said(case),
        Field.ASKED: case.asked,
        Field.WHY: case.why,
        Field.REQUESTER: str(case.by),
        Field.CONSENT: _("donné le {day}, {means}").format(
            day=formats.date_short(case.consented_on), means=case.get_consent_means_display()
        ),
        Field.NAME: patient.name,
        Field.BIRTH: formats.date_short(patient.birth_date) if patient.birth_date else "–",
        Field.PHONE: written_phone(patient.phone) if patient.phone else "–",
    }
    opened = shown(CaseState(case.state), read.is_reader, rule("transitions.cases.before").value)
    order = [Field.NAME, Field.BIRTH, Field.PHONE, *(one for one in Field)]
    return [(str(FIELD_LABELS[one]), said[one]) for one in dict.fromkeys(order) if one in opened]


def _age(patient: people.Patient, today: date) -> str:
    if patient.birth_date is None:
        return _("inconnu")
    years = people.age_on(patient.birth_date, today)
    return ngettext("{count} an", "{count} ans", years).format(count=years)


def steps(case: ComplexCase) -> list[Step]:
    """Return the steps of a request, from the sending to the reading of its outcome."""
    state = CaseState(case.state)
    found = [Step(_("Envoyée"), _signed(case.at, str(case.by)), "done")]
    due = _("avant la fin du {day}").format(day=formats.date_short(case.acknowledge_by))
    found.append(_step(_("Accusé de réception"), case.acknowledged_at, "", due))
    answered = _("Acceptée") if case.referent is not None else _("Réponse")
    who = str(case.referent) if case.referent is not None else ""
    found.append(_step(answered, case.decided_at, who, _("oui, ou non avec une autre adresse")))
    if state is CaseState.WITHDRAWN:
        return [*found, _step(_("Retirée"), case.closed_at, str(case.closed_by), "")]
    if state is not CaseState.REFUSED:
        begun = state in {CaseState.UNDER_WAY, CaseState.CLOSED}
        found.append(
            Step(_("Accompagnement"), who if begun else _("à commencer"), "done" if begun else "next")
        )
    found.append(_step(_("Issue rendue"), case.closed_at, str(case.closed_by or ""), _("toujours écrite")))
    found.append(_step(_("Issue lue"), case.told_at, str(case.told_by or ""), _("par qui a demandé")))
    first = next((place for place, one in enumerate(found) if one.state == "next"), None)
    if first is not None:
        found[first] = Step(found[first].label, found[first].detail, "current")
    return found


def _step(label: str, at: datetime | None, who: str, otherwise: str) -> Step:
    return Step(label, otherwise, "next") if at is None else Step(label, _signed(at, who), "done")


def _signed(at: datetime, who: str) -> str:
    return " · ".join(filter(None, (f"{formats.date_short(at)}, {formats.time_short(at)}", who)))


def delay_said(case: ComplexCase) -> str:
    """Say what is awaited of a request, and since when or until when."""
    state = CaseState(case.state)
    if state is CaseState.SENT:
        if case.is_late:
            return _("accusé attendu depuis le {day}").format(day=formats.date_short(case.acknowledge_by))
        return _("accusé avant la fin du {day}").format(day=formats.date_short(case.acknowledge_by))
    if state is CaseState.ACKNOWLEDGED:
        return _("réponse attendue")
    if case.waits_to_be_read:
        return _("issue à lire")
    return ""


def cases_said(rows: Sequence[ComplexCase]) -> str:
    """Say how many requests are open, and how many wait to be acknowledged, without a full stop."""
    waiting = [one for one in rows if one.state == CaseState.SENT.value]
    said = ngettext("{count} demande", "{count} demandes", len(rows)).format(count=formats.number(len(rows)))
    if not waiting:
        return said
    days = max((today_in(one.scope) - one.at.astimezone(one.scope.zone).date()).days for one in waiting)
    if not days:
        return _("{cases}, dont {count} sans accusé").format(cases=said, count=formats.number(len(waiting)))
    since = ngettext(
        "{cases}, dont {count} sans accusé depuis {days} jour",
        "{cases}, dont {count} sans accusé depuis {days} jours",
        days,
    )
    return since.format(cases=said, count=formats.number(len(waiting)), days=formats.number(days))
