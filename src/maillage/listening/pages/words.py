"""Sentences of listening: what a survey found, how many answered, why nothing is said yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.sourced_rules import rule
from maillage.kernel.tables import Cell, Column, Row, Table
from maillage.listening.computations.results import ItemResult, Score, SurveyResult
from maillage.listening.models import CHANNEL_LABELS, TOPIC_LABELS, HeardLine, Survey
from maillage.listening.queries import items as wording
from maillage.listening.rules.results import response_rate
from maillage.listening.rules.vocabulary import Channel


def answers_words(count: int) -> str:
    """Return « 12 réponses »."""
    said = ngettext("{count} réponse", "{count} réponses", count)
    return said.format(count=formats.number(count))


def interval_words(score: Score) -> str:
    """Return the 95 % interval of a share, in words."""
    return _("entre {low} et {high}").format(low=formats.percent(score.low), high=formats.percent(score.high))


def share_words(result: ItemResult) -> str:
    """Return the favourable share of an item with its interval, or what is said in its place."""
    if result.score is not None:
        return f"{formats.percent(result.score.value)} ({interval_words(result.score)})"
    if result.bound is not None:
        over, edge = result.bound
        words = _("plus de {share}") if over else _("moins de {share}")
        return words.format(share=formats.percent(edge))
    return _("trop peu de réponses")


def state_words(survey: Survey, today: date) -> str:
    """Return how a survey stands on a day of its territory."""
    if survey.is_closed(today):
        return _("close le {day}").format(day=formats.date_short(survey.last_day))
    if survey.is_open(today):
        return _("ouverte jusqu’au {day}").format(day=formats.date_short(survey.ends_on))
    return _("ouvre le {day}").format(day=formats.date_short(survey.starts_on))


def finding(result: SurveyResult) -> str:
    """Return the sentence of a survey that is over: how many answered, what is the least well."""
    said = answers_words(result.answers)
    if not result.is_shown:
        return _("{said} : aucun score sous {least}.").format(said=said, least=result.limits.answers)
    worst = result.worst
    if worst is None or worst.score is None:
        return _("{said} ; aucune question n’a assez de réponses des deux côtés.").format(said=said)
    return _("{said}. Le moins bien : « {item} », {share} de réponses favorables.").format(
        said=said, item=worst.item.said.rstrip("."), share=formats.percent(worst.score.value)
    )


def open_finding(answers: int, survey: Survey) -> str:
    """Return the sentence of a survey that is open: how many answered, and nothing of what they said."""
    said = answers_words(answers)
    return _("{said} à ce jour ; les résultats se liront après le {day}.").format(
        said=said, day=formats.date_short(survey.ends_on)
    )


@dataclass(frozen=True, slots=True)
class Response:
    """How many of those told answered; `rate` None where nobody counted them."""

    answers: int
    invited: int
    rate: float | None
    is_low: bool
    is_over: bool

    @property
    def said(self) -> str:
        """The rate, in words."""
        if self.rate is None:
            return _("Personne n’a compté qui a été prévenu : le taux de réponse n’est pas connu.")
        if self.is_over:
            return _(
                "Plus de réponses que de personnes prévenues : un compte est faux, ou quelqu’un a répondu "
                "plusieurs fois."
            )
        words = _("{rate} des personnes prévenues ont répondu ({answers} sur {invited}).").format(
            rate=formats.percent(self.rate),
            answers=formats.number(self.answers),
            invited=formats.number(self.invited),
        )
        if not self.is_low:
            return words
        return _("{words} C’est peu : ceux qui n’ont rien dit peuvent penser autrement.").format(words=words)

    @property
    def is_unsure(self) -> bool:
        """Whether the scores are read with reserve."""
        return self.rate is None or self.is_low or self.is_over


def response_of(answers: int, invited: int) -> Response:
    """Return how many of those told answered."""
    rate = response_rate(answers, invited)
    low = rule("listening.results.low_rate").value
    return Response(
        answers, invited, rate, is_low=rate is not None and rate < low, is_over=rate is not None and rate > 1
    )


def channels_table(result: SurveyResult, invited: dict[str, int]) -> Table:
    """Return how many were told by each channel; paper forms alone tell by which one they came back."""
    rows = [
        Row({"channel": str(CHANNEL_LABELS[channel]), "invited": invited.get(channel.value)})
        for channel in Channel
    ]
    total = sum(invited.values())
    rows.append(Row({"channel": _("Ensemble"), "invited": total or None}))
    return Table(
        "moyens",
        _("Personnes prévenues"),
        [Column("channel", _("Moyen")), Column("invited", _("Prévenues"), "number")],
        rows,
        notes=[
            _("Réponses reçues sur papier : {paper} ; en ligne : {online}.").format(
                paper=formats.number(result.on_paper),
                online=formats.number(result.answers - result.on_paper),
            )
        ],
    )


def items_table(result: SurveyResult) -> Table:
    """Return the favourable share of each item with its interval, and how many gave each mark."""
    scale = wording.scale(result.survey.at.date())
    rows = []
    for rank, one in enumerate(result.items, start=1):
        score = one.score
        cells: dict[str, Cell] = {
            "short": f"{rank}. {one.item.said}",
            "value": score.value if score else None,
            "low": score.low if score else None,
            "high": score.high if score else None,
            "total": one.total,
        }
        counts = one.counts or (None,) * len(scale)
        cells |= {f"m{mark}": count for (mark, _words), count in zip(scale, counts, strict=True)}
        hidden = {f"m{mark}" for (mark, _w), count in zip(scale, counts, strict=True) if count is None}
        if score is None:
            hidden |= {"value", "low", "high"}
        rows.append(Row(cells, suppressed=frozenset(hidden)))
    columns = [
        Column("short", _("Question")),
        Column("value", _("Favorables"), "share"),
        Column("low", _("Au moins"), "share", note=_("Bas de l’intervalle à 95 % (Wilson).")),
        Column("high", _("Au plus"), "share", note=_("Haut de l’intervalle à 95 % (Wilson).")),
        *(Column(f"m{mark}", words, "number") for mark, words in scale),
        Column("total", _("Réponses"), "number", note=_("Sans celles de « Pas concerné ».")),
    ]
    note = _("s : caché, parce que moins de {least} personnes ont répondu ainsi, ou pour qu’une soustraction "
             "ne les rende pas.").format(least=result.limits.cell)  # fmt: skip
    return Table("questions", _("Question par question"), columns, rows, notes=[note])


def bars_table(result: SurveyResult) -> Table:
    """Return what the drawing of the shares is made from: a rank with its theme, the share."""
    rows = [
        Row(
            {
                "name": f"{rank}. {TOPIC_LABELS[one.item.topic]}",
                "value": one.score.value if one.score else None,
            },
            suppressed=frozenset() if one.score else frozenset({"value"}),
        )
        for rank, one in enumerate(result.items, start=1)
    ]
    return Table(
        "parts",
        _("Réponses favorables"),
        [Column("name", _("Question")), Column("value", _("Favorables"), "share")],
        rows,
    )


def figure_words(line: HeardLine, results: dict[int, SurveyResult]) -> str:
    """Return the figure that goes with a line, in words; empty where none is shown."""
    result = results.get(line.survey_id) if line.survey_id else None
    found = result.of(line.question) if result is not None else None
    if result is None or found is None:
        return ""
    return _("« {item} » : {share} de réponses favorables, {answers}.").format(
        item=found.item.said.rstrip("."), share=share_words(found), answers=answers_words(found.total)
    )
