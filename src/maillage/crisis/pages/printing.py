"""Papers of a cell, always in French: a situation report, the whole cell, the addresses to send."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from maillage.crisis.models import (
    LEVEL_LABELS,
    NOTE_LABELS,
    POST_LABELS,
    SUPPLY_LABELS,
    Cell,
    FragilePerson,
    SituationReport,
)
from maillage.crisis.pages import words
from maillage.crisis.queries.cells import CellNow, StructureNow
from maillage.crisis.queries.links import STATE, VOLUNTEER
from maillage.crisis.queries.templates import template_of
from maillage.crisis.rules.vocabulary import BY_WORRY, Kind, Level, Note, Post, Supply
from maillage.kernel import formats, printing
from maillage.kernel.phones import written_phone

_REPORT = files("maillage.crisis.pages") / "report.typ"
_PAPER = files("maillage.crisis.pages") / "paper.typ"
_ADDRESSES = files("maillage.crisis.pages") / "addresses.typ"
#: Blank lines of a log to go on with by hand.
_BLANK = 14


def _at(text: str | None) -> str:
    """Return an instant of a report as people read it: the hour, with its day."""
    if not text:
        return ""
    at = datetime.fromisoformat(text)
    return f"{formats.date_short(at)}, {formats.time_short(at)}"


def _head(cell: Cell, title: str, now: datetime) -> dict[str, Any]:
    return {
        "title": title,
        "cell": cell.title,
        "where": cell.scope.label,
        "why": cell.why,
        "exercise": _("EXERCICE : rien de ceci n’est arrivé.") if cell.is_exercise else "",
        "invented": _("Contenu inventé pour la démonstration.") if cell.is_demonstration else "",
        "never": template_of(Kind(cell.kind), cell.at).never,
        "vintage": _("Imprimé le {day} à {hour} depuis Maillage.").format(
            day=formats.date_short(now), hour=formats.time_short(now)
        ),
        "none": _("Rien."),
    }


def report_pdf(report: SituationReport) -> bytes:
    """Return a report as it was kept: the same bytes each time."""
    cell, said = report.cell, report.content
    with override("fr"), timezone.override(cell.scope.zone):
        title = (
            _("Point final, n° {number}").format(number=report.number)
            if report.is_last
            else _("Point de situation n° {number}").format(number=report.number)
        )
        calls = said["calls"]
        levels = [one["level"] for one in said["structures"]]
        content = _head(cell, title, report.at) | {
            "made": _("Fait le {day} par {name}.").format(day=formats.date_long(report.at), name=report.by),
            "words": said["words"],
            "figures": [
                [formats.number(levels.count(level.value)), str(LEVEL_LABELS[level])] for level in BY_WORRY
            ]
            + [[formats.number(levels.count(None)), _("Sans réponse")]],
            "calls_title": _("Personnes fragiles"),
            "calls": [
                [_("Dans la liste"), formats.number(calls["total"])],
                [_("Jointes ou vues"), formats.number(calls["reached"])],
                [_("À appeler maintenant"), formats.number(calls["due"])],
                [_("À aller voir"), formats.number(calls["visits"])],
                [_("dont en retard"), formats.number(calls["late"])],
                [_("Appels passés"), formats.number(calls["calls"])],
            ],
            "structures_title": _("Structures"),
            "structures_head": [_("Structure"), _("État"), _("Places"), _("Absents"), _("Ce qui manque")],
            "structures": [
                [
                    one["name"],
                    words.level_words(Level(one["level"]) if one["level"] else None),
                    "" if one["beds"] is None else str(one["beds"]),
                    "" if one["absent"] is None else str(one["absent"]),
                    one["needs"],
                ]
                for one in said["structures"]
            ],
            "supplies_title": _("Matériel"),
            "supplies": [
                f"{formats.number(one['quantity'])} × {one['what']}, {one['whom']} : "
                f"{SUPPLY_LABELS[Supply(one['state'])]}. {one['answer']}".rstrip()
                for one in said["supplies"]
            ],
            "gestures_title": _("Gestes de la fiche"),
            "gestures": [[bool(one["done"]), one["words"], _at(one["done"])] for one in said["gestures"]],
            "posts_title": _("Qui fait quoi"),
            "posts": [
                [
                    str(POST_LABELS[Post(one["post"])]),
                    one["who"] + (f" ({_('suppléance')})" if one["is_deputy"] else ""),
                    written_phone(one["phone"]) if one["phone"] else "",
                ]
                for one in said["posts"]
            ],
            "log_title": _("Main courante depuis le point précédent")
            if said["since"]
            else _("Main courante"),
            "log": [
                [
                    _at(one["at"]),
                    str(NOTE_LABELS[Note(one["kind"])]),
                    one["text"]
                    + (
                        " " + _("(corrige la ligne de {hour})").format(hour=_at(one["corrects"]))
                        if one["corrects"]
                        else ""
                    ),
                    one["by"],
                ]
                for one in said["log"]
            ],
        }
        return printing.pdf(_REPORT, content, timezone.localdate(report.at))


def paper_pdf(now: CellNow, people: Sequence[FragilePerson], at: datetime) -> bytes:
    """Return the whole cell for when there is no network: numbers, gestures, people to call, a blank log."""
    cell = now.cell
    with override("fr"), timezone.override(cell.scope.zone):
        content = _head(cell, _("Cellule de crise, sur papier"), at) | {
            "finding": words.finding(now),
            "posts_title": _("Qui fait quoi"),
            "posts": [
                [
                    one.get_post_display(),
                    one.holder + (f" ({_('suppléance')})" if one.is_deputy else ""),
                    written_phone(one.phone) if one.phone else "",
                ]
                for one in now.duties
            ],
            "gestures_title": _("Gestes"),
            "gestures": [[code in now.gestures, said] for code, said in now.template.gestures],
            "structures_title": _("Structures"),
            "structures": [
                [
                    one.asked.structure.name,
                    words.level_words(one.level),
                    one.last.needs if one.last else "",
                    written_phone(one.last.phone) if one.last and one.last.phone else "",
                ]
                for one in now.structures
            ],
            "people_title": _("Personnes à appeler"),
            "people_head": [_("Commune"), _("Nom"), _("Téléphone"), _("Adresse, à savoir"), _("Issue")],
            "people": [
                [
                    one.commune,
                    one.name,
                    written_phone(one.phone),
                    " – ".join(said for said in (one.address, one.note) if said),
                    one.get_state_display(),
                ]
                for one in people
            ],
            "log_title": _("Main courante, suite à la main"),
            "log_head": [_("Heure"), _("Nature"), _("Ce qui est noté, selon qui")],
            "blank": _BLANK,
        }
        return printing.pdf(_PAPER, content, timezone.localdate(at))


def addresses_pdf(
    cell: Cell, rows: Sequence[StructureNow], whole: Callable[[str, int], str], at: datetime
) -> bytes:
    """Return a card for each structure with its secret address, then that of volunteers.

    `whole` gives the whole address of a row by the name of its page.
    """
    with override("fr"), timezone.override(cell.scope.zone):
        cards = [
            {
                "name": one.asked.structure.name,
                "said": _("Dites comment vous tenez, en une minute, sans compte."),
                "address": whole(STATE, one.asked.pk),
            }
            for one in rows
        ]
        cards.append(
            {
                "name": _("Volontaires"),
                "said": _("Dites quand vous êtes libre pour aider."),
                "address": whole(VOLUNTEER, cell.pk),
            }
        )
        content = _head(cell, _("Adresses à envoyer"), at) | {
            "cards": [one | {"qr": printing.qr(str(one["address"]))} for one in cards],
            "secret": _("Chaque adresse est secrète : elle ouvre la réponse de cette structure seule."),
        }
        return printing.pdf(_ADDRESSES, content, timezone.localdate(at))
