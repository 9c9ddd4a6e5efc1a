"""What the pages say of the way through a hospital: its steps, its delay in words, its treatments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.care import api as care
from maillage.kernel import formats
from maillage.transitions.models import MedicineLine, Way
from maillage.transitions.pages.case_presenters import Step
from maillage.transitions.queries.ways import visit_is_late, visit_of
from maillage.transitions.rules.ways import ASKED_KINDS, WayKind, WayState


@dataclass(frozen=True, slots=True)
class WayLine:
    """One way of a list: what is awaited, in words; `kind` of its mark where something is late or missing."""

    way: Way
    when: str
    awaited: str
    is_late: bool


def way_line(way: Way) -> WayLine:
    """Return a way as a list shows it."""
    moment = way.left_at or way.at
    return WayLine(way, formats.date_short(moment), awaited(way), visit_is_late(way))


def awaited(way: Way) -> str:
    """Say what a way waits for, nobody named."""
    state = WayState(way.state)
    if state is WayState.LEAVING:
        task = visit_of(way)
        if task is not None and task.is_open:
            return visit_said(task)
        return _("traitements et accusé à finir")
    return {
        WayState.ASKED: _("réponse de l’hôpital attendue"),
        WayState.ACCEPTED: _("entrée prévue le {day}").format(day=formats.date_short(way.planned_on)),
        WayState.REFUSED: _("refus à lire"),
        WayState.INSIDE: _("avis de sortie attendu"),
        WayState.RETURN_REFUSED: _("nouvel avis de sortie attendu"),
    }.get(state, "")


def visit_said(task: care.Task) -> str:
    """Say who owes the visit and before when, or since when it is late."""
    assert task.due_at is not None
    moment = f"{formats.date_short(task.due_at)} {formats.time_short(task.due_at)}"
    if task.is_late:
        return _("visite en retard depuis le {moment}").format(moment=moment)
    return _("visite avant le {moment}").format(moment=moment)


def steps(way: Way, unresolved: int | None) -> list[Step]:
    """Return the steps of a way; `unresolved` lines of treatment, None for who does not read them."""
    found = []
    if WayKind(way.kind) in ASKED_KINDS:
        found.append(Step(_("Demandée"), _signed(way.at, str(way.by)), "done"))
        if way.state == WayState.REFUSED.value or way.refusal:
            found.append(_step(_("Refusée"), way.answered_at, ""))
            found.append(_step(_("Refus lu"), way.closed_at, str(way.closed_by or "")))
            return _marked(found)
        found.append(_step(_("Réponse"), way.answered_at, _planned(way)))
        if way.state == WayState.CANCELLED.value:
            return _marked([*found, _step(_("Annulée"), way.closed_at, str(way.closed_by or ""))])
        found.append(_step(_("Entrée"), way.entered_on, ""))
    if way.return_refused_at is not None:
        found.append(_step(_("Retour refusé"), way.return_refused_at, str(way.return_refused_by)))
    is_back = way.state in {WayState.LEAVING.value, WayState.ENDED.value}
    found.append(_step(_("Avis de sortie"), way.told_at if is_back else None, _left(way)))
    task = visit_of(way) if is_back else None
    seen_at = task.closed_at if task is not None and not task.is_open else None
    who = task.owner_name if task is not None else ""
    said = f"{who} · {visit_said(task)}" if task is not None and task.is_open else who
    found.append(
        Step(_("Visite"), said or "–", "next") if seen_at is None else _step(_("Visite"), seen_at, who)
    )
    found.append(_treatments(way, unresolved))
    found.append(_step(_("Accusé"), way.closed_at, str(way.closed_by or "")))
    return _marked(found)


def _treatments(way: Way, unresolved: int | None) -> Step:
    label = _("Traitements rapprochés")
    if way.has_no_list:
        return Step(label, _("aucune liste reçue"), "done")
    if way.listed_at is None:
        return Step(label, _("liste à recevoir"), "next")
    if unresolved:
        said = ngettext("{count} ligne à décider", "{count} lignes à décider", unresolved)
        return Step(label, said.format(count=formats.number(unresolved)), "next")
    return Step(label, formats.date_short(way.listed_at), "next" if unresolved is None else "done")


def _planned(way: Way) -> str:
    return _("prévue le {day}").format(day=formats.date_short(way.planned_on)) if way.planned_on else ""


def _left(way: Way) -> str:
    if way.left_at is None:
        return ""
    moment = f"{formats.date_short(way.left_at)} {formats.time_short(way.left_at)}"
    return _("sortie le {moment}").format(moment=moment)


def _step(label: str, at: datetime | date | None, detail: str) -> Step:
    if at is None:
        return Step(label, detail, "next")
    return Step(label, _signed(at, detail), "done")


def _signed(at: datetime | date, who: str) -> str:
    return " · ".join(filter(None, (formats.date_short(at), who)))


def _marked(found: list[Step]) -> list[Step]:
    first = next((place for place, one in enumerate(found) if one.state == "next"), None)
    if first is not None:
        found[first] = Step(found[first].label, found[first].detail, "current")
    return found


def ways_said(rows: Sequence[Way]) -> str:
    """Say how many ways are open, and how many visits are late, without a full stop; nobody named."""
    said = ngettext(
        "{count} passage à l’hôpital suivi", "{count} passages à l’hôpital suivis", len(rows)
    ).format(count=formats.number(len(rows)))
    late = sum(visit_is_late(one) for one in rows)
    if not late:
        return said
    more = ngettext("{ways}, dont {count} visite en retard", "{ways}, dont {count} visites en retard", late)
    return more.format(ways=said, count=formats.number(late))


def unresolved_said(lines: Sequence[MedicineLine]) -> str:
    """Say how many treatments nobody decided; empty where all are."""
    count = sum(one.is_unresolved for one in lines)
    if not count:
        return ""
    said = ngettext(
        "{count} ligne attend une décision : le retour ne peut pas être accusé.",
        "{count} lignes attendent une décision : le retour ne peut pas être accusé.",
        count,
    )
    return said.format(count=formats.number(count))
