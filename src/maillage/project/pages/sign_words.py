"""The signs of a project in words, each with its rule and the rows that it speaks of."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.care import api as care
from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import SourcedRule, rule
from maillage.project.pages import words
from maillage.project.queries.projects import Whole
from maillage.project.queries.signs import ATTENDANCE, CARRIED, UNPAID, Signs, signs_of


@dataclass(frozen=True, slots=True)
class SignLine:
    """One sign: the sentence, the rule that shows it (None: a day that passed), the rows behind."""

    key: str
    said: str
    rule: SourcedRule | None
    rows: tuple[tuple[str, str], ...]


def sign_lines(whole: Whole, reader: Person) -> list[SignLine]:
    """Return the signs of a project, each with what it rests on: a meeting opens to whoever may read it."""
    found = signs_of(whole)
    lines = []
    if found.late:
        said = ngettext(
            "{count} étape a dépassé son jour.", "{count} étapes ont dépassé leur jour.", len(found.late)
        ).format(count=formats.number(len(found.late)))
        rows = tuple(
            (
                f"{one.title}, {words.late_said(one.due_on, whole.today)}",
                reverse("project:action", args=[one.action_id]),
            )
            for one in found.late
        )
        lines.append(SignLine("late", said, None, rows))
    if found.carried is not None:
        name = words.lead_name(found.carried_actions[0].action)
        said = _("{name} porte {count} des {total} actions ouvertes qui ont un pilote, soit {share}.").format(
            name=name, count=formats.number(found.carried.count), total=formats.number(found.carried.total),
            share=formats.percent(found.carried.share),
        )  # fmt: skip
        rows = tuple(
            (one.action.title, reverse("project:action", args=[one.action.pk]))
            for one in found.carried_actions
        )
        lines.append(SignLine("carried", said, rule(CARRIED), rows))
    if found.attendance is None and not found.is_unpaid_much:
        return lines
    pages = _pages(reader, found)
    if found.attendance is not None:
        said = _("La présence aux réunions baisse : {last} personnes en moyenne, {before} avant.").format(
            last=formats.number(found.attendance.last, 1), before=formats.number(found.attendance.before, 1)
        )
        rows = tuple(
            (
                ngettext("{day} : {count} personne", "{day} : {count} personnes", one.present).format(
                    day=formats.date_short(one.meeting.held_on), count=formats.number(one.present)
                ),
                pages.get(one.meeting.pk, ""),
            )
            for one in found.held
        )
        lines.append(SignLine("attendance", said, rule(ATTENDANCE), rows))
    if found.is_unpaid_much:
        said = (
            _("{unpaid} de réunion qu’aucune écriture n’indemnise, sur {total} notées.")
            if found.has_accounts
            else _("{unpaid} de réunion sans indemnité prévue, sur {total} notées.")
        ).format(unpaid=formats.minutes(found.unpaid), total=formats.minutes(found.minutes))
        rows = tuple(
            (
                _("{day} : {unpaid} sur {total}").format(
                    day=formats.date_short(one.held.meeting.held_on), unpaid=formats.minutes(one.unpaid),
                    total=formats.minutes(one.held.minutes),
                ),
                pages.get(one.held.meeting.pk, ""),
            )
            for one in found.given
            if one.unpaid
        )  # fmt: skip
        lines.append(SignLine("unpaid", said, rule(UNPAID), rows))
    return lines


def _pages(reader: Person, found: Signs) -> dict[int, str]:
    """Return the page of each meeting that a reader may read; one statement."""
    keys = {one.meeting.pk for one in found.held} | {one.held.meeting.pk for one in found.given}
    read = care.Meeting.objects.for_person(reader).filter(pk__in=keys).order_by().values_list("pk", flat=True)
    return {one: reverse("care:meeting", args=[one]) for one in read}
