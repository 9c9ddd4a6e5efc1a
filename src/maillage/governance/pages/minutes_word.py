"""The minutes of a meeting as a Word file, always in French: what the PDF says, for whoever works on it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from maillage.governance.models import MinutesApproval, Sitting
from maillage.governance.pages.printing import printed
from maillage.kernel import formats
from maillage.kernel.printing.blocks import Block, Column, Document, Grid, Heading, Paragraph, Section
from maillage.kernel.printing.word import word


def minutes_word(sitting: Sitting, content: dict[str, Any], approval: MinutesApproval | None) -> bytes:
    """Return minutes as a Word file: as they stand, or as they were approved."""
    moment = timezone.now() if approval is None else approval.at
    with override("fr"), timezone.override(sitting.body.scope.zone):
        day = timezone.localdate(moment)
        return word(_document(printed(content, approval, moment), formats.date_short(day)), day)


def _document(said: dict[str, Any], day: str) -> Document:
    labels = said["labels"]
    sections = [
        Section(labels["people"], tuple(_people(said))),
        Section(labels["points"], tuple(_points(said))),
        Section(labels["votes"], tuple(_votes(said))),
        Section(labels["decisions"], tuple(_decisions(said))),
    ]
    names = ("kind", "where", "when", "place", "quorum")
    return Document(
        title=said["title"],
        subject=said["when"],
        nature=_("Compte rendu"),
        facts=tuple((labels[name], said[name]) for name in names),
        notice=said["state"],
        day=day,
        sections=tuple(one for one in sections if one.blocks),
        is_short=True,
    )


def _people(said: dict[str, Any]) -> list[Block]:
    labels = said["labels"]
    found: list[Block] = []
    if said["people"]:
        columns = (Column(labels["name"], 20), Column(labels["college"], 12), Column(labels["presence"], 12))
        found.append(Grid(labels["people"], columns, tuple(map(tuple, said["people"]))))
    else:
        found.append(Paragraph(labels["nobody"]))
    found += [
        Paragraph(formats.told(labels[name], said[name])) for name in ("absent", "unnoted") if said[name]
    ]
    return found


def _points(said: dict[str, Any]) -> list[Block]:
    found: list[Block] = []
    for title, kind, text in said["points"]:
        found += [Heading(title), Paragraph(kind, "note"), *([Paragraph(text)] if text else [])]
    return found


def _votes(said: dict[str, Any]) -> list[Block]:
    found: list[Block] = []
    for one in said["votes"]:
        found += [Heading(one["text"]), Paragraph(one["how"], "note"), Paragraph(one["result"])]
        found += [Paragraph(each) for each in one["colleges"]]
        if one["named"]:
            found.append(Paragraph(one["named"], "note"))
    return found


def _decisions(said: dict[str, Any]) -> list[Block]:
    labels = said["labels"]
    if not said["decisions"]:
        return [Paragraph(labels["nothing"])]
    columns = (
        Column(labels["decision"], 22), Column(labels["action"], 18), Column(labels["lead"], 10),
        Column(labels["due"], 8),
    )  # fmt: skip
    return [Grid(labels["decisions"], columns, tuple(map(tuple, said["decisions"])))]
