"""Sentences of a cell: what it is about now, what is late, why a list is refused."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.crisis.models import LEVEL_LABELS
from maillage.crisis.queries.cells import CellNow, OpenCell
from maillage.crisis.rules.lists import Defect, Wrong
from maillage.crisis.rules.vocabulary import Level
from maillage.kernel import formats


def counted(count: int, one: str, many: str) -> str:
    """Return « 3 personnes à appeler »: `one` and `many` are translated already, with `{count}`."""
    return (one if count == 1 else many).format(count=formats.number(count))


def level_counted(level: Level, count: int) -> str:
    """Return how many structures hold so, in words."""
    words = {
        Level.NORMAL: ngettext("{count} structure va bien", "{count} structures vont bien", count),
        Level.STRAINED: ngettext("{count} structure tendue", "{count} structures tendues", count),
        Level.CRITICAL: ngettext("{count} structure débordée", "{count} structures débordées", count),
        Level.CLOSED: ngettext("{count} structure fermée", "{count} structures fermées", count),
    }
    return words[level].format(count=formats.number(count))


def silent_words(count: int) -> str:
    """Return how many structures have not answered."""
    said = ngettext("{count} structure sans réponse", "{count} structures sans réponse", count)
    return said.format(count=formats.number(count))


def to_call_words(count: int) -> str:
    """Return how many people are to be called now."""
    said = ngettext("{count} personne à appeler", "{count} personnes à appeler", count)
    return said.format(count=formats.number(count))


def visits_words(count: int) -> str:
    """Return how many people somebody has to go and see."""
    said = ngettext("{count} personne à aller voir", "{count} personnes à aller voir", count)
    return said.format(count=formats.number(count))


def hour_said(at: datetime, now: datetime) -> str:
    """Return the hour of an instant, with its day where it is not that of `now`."""
    hour = formats.time_short(at)
    is_same_day = timezone.localdate(at) == timezone.localdate(now)
    return hour if is_same_day else f"{formats.date_short(at)}, {hour}"


def report_words(now: CellNow) -> str:
    """Return when the next report is due, or by how much it is late."""
    return _report_words(now.report_due, now.at)


def _report_words(due: datetime, now: datetime) -> str:
    minutes = (due - now).total_seconds() / 60
    if minutes < 0:
        return _("point de situation en retard de {time}").format(time=formats.minutes(-minutes))
    return _("prochain point de situation : {when}").format(when=hour_said(due, now))


def standing(one: OpenCell) -> str:
    """Return the sentence of an open cell among others, by its own clock: whom to see, then the report."""
    with timezone.override(one.cell.scope.zone):
        pieces = [visits_words(one.visits)] if one.visits else []
        return " · ".join([*pieces, _report_words(one.report_due, timezone.now())])


def finding(now: CellNow) -> str:
    """Return the sentence of a cell: what worries first."""
    cell = now.cell
    if not cell.is_open:
        return _("Retour à la normale déclaré le {when} par {name}.").format(
            when=formats.date_long(cell.closed_at), name=cell.closed_by
        )
    pieces = [level_counted(level, count) for level, count in now.levels.items() if level is not Level.NORMAL]
    if now.calls.visits:
        pieces.insert(0, visits_words(now.calls.visits))
    if now.silent:
        pieces.append(silent_words(now.silent))
    if now.calls.due:
        pieces.append(to_call_words(now.calls.due))
    pieces.append(report_words(now))
    said = ", ".join(pieces)
    return f"{said[0].upper()}{said[1:]}."


def since_words(cell_at: datetime, now: datetime) -> str:
    """Return for how long a cell has been open."""
    return _("ouverte depuis {time}").format(time=formats.minutes((now - cell_at).total_seconds() / 60))


def defect_words(one: Defect) -> str:
    """Return what is wrong with a line of a list, and how to mend it."""
    words = {
        Wrong.EMPTY: _("La liste est vide : une ligne par personne, nom ; téléphone ; commune."),
        Wrong.TOO_MANY: _("{read} personnes : 5 000 au plus à la fois, coupez la liste."),
        Wrong.NO_NAME: _("Ligne {line} : le nom manque."),
        Wrong.NO_PHONE: _("Ligne {line} : le téléphone manque ; sans numéro, faites aller voir la personne."),
        Wrong.BAD_PHONE: _("Ligne {line} : « {read} » n’est pas un numéro de téléphone."),
        Wrong.NO_COMMUNE: _("Ligne {line} : la commune manque."),
        Wrong.TOO_LONG: _("Ligne {line} : « {read}… » est trop long, raccourcissez-le."),
        Wrong.HIDDEN_CHARACTER: _("Ligne {line} : un caractère invisible est à effacer."),
        Wrong.MANY_CELLS: _("Ligne {line} : {read} cases, une de trop. Un « ; » en sépare deux."),
    }
    return words[one.what].format(line=one.line, read=one.read)


def level_words(level: Level | None) -> str:
    """Return how a structure holds, in words."""
    return str(LEVEL_LABELS[level]) if level is not None else _("pas encore de réponse")


LEVEL_TAGS = {
    Level.NORMAL: "good",
    Level.STRAINED: "attention",
    Level.CRITICAL: "attention",
    Level.CLOSED: "",
}
