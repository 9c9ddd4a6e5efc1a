"""What is said of recalls elsewhere: in the inbox, on the page of a patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.care.models import Recall
from maillage.care.queries.recalls import Listed, recalls_drawn, recalls_held, recalls_of, recalls_read
from maillage.care.rules.recalls import INBOX_KIND, Came
from maillage.kernel import formats
from maillage.kernel.contributions import SHOWN, Deed, InboxLine, Line, PanelContent
from maillage.kernel.models import Person
from maillage.people import api as people

RECALLS = INBOX_KIND


def inbox_lines(person: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the recalls of some keys: what, for whom; a call is noted in one gesture."""
    return [_inbox_line(one) for one in recalls_drawn(person, keys)]


def _inbox_line(one: Listed) -> InboxLine:
    recall = one.recall
    url = _page(recall)
    fields = (
        ("do", "note"),
        ("came", Came.CALLED.value),
        ("seen", str(recall.version)),
        ("key", uuid4().hex),
    )
    details = [due_said(recall), last_said(one)]
    return InboxLine(
        recall.pk,
        recall.said,
        url,
        recall.patient.name,
        " · ".join(filter(None, details)),
        phones=one.phones,
        deeds=(Deed(_("Appel passé"), url, "", fields),),
    )


_VEIL = people.reached(Recall, lazy("À rappeler"), "patient")


def held_lines(owner: Person, holder: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the recalls of some keys for whoever holds the inbox: whole where the circle opens them.

    A call is noted by them where they write that part of the file.
    """
    drawn = []
    for one, writes in recalls_held(owner, holder, keys):
        line = _inbox_line(one)
        drawn.append(line if writes else replace(line, deeds=()))
    return [*drawn, *_VEIL(owner, holder, sorted(set(keys) - {one.pk for one in drawn}))]


def done_lines(owner: Person, keys: Sequence[int]) -> list[InboxLine]:
    """Return the recalls of some keys on which somebody did something for `owner`; nobody is named."""
    return [
        InboxLine(one.recall.pk, one.recall.said, _page(one.recall), detail=last_said(one))
        for one in recalls_read(owner, keys)
    ]


def _page(one: Recall) -> str:
    return reverse("care:recall", args=[one.patient_id, one.pk])


def follow_up_panel(person: Person, patient: people.Patient) -> PanelContent | None:
    """Say what a person is due for, and when, in words that they read too."""
    going = [one for one in recalls_of(patient) if one.is_open]
    own = patient.account_id == person.pk
    if own and not going:
        return None
    title = _("Mon suivi") if own else _("Suivi et rappels")
    said = "" if going else _("Aucun rappel n’est noté.")
    url = reverse("care:follow_up", args=[patient.pk])
    return PanelContent(title, said, tuple(map(_line, going[:SHOWN])), url, _("Ouvrir le suivi"))


def _line(one: Recall) -> Line:
    return Line(one.said, detail=f"{due_said(one)} · {one.owner}", is_late=one.is_late)


def due_said(one: Recall) -> str:
    """Say when it is due."""
    return _("à faire avant le {day}").format(day=formats.date_short(one.due_on))


def last_said(one: Listed) -> str:
    """Say what came of a recall last, empty where nothing did."""
    if one.last is None:
        return ""
    day = formats.date_short(one.last.at)
    if one.is_to_confirm and one.last.until is not None:
        return _("rendez-vous donné pour le {day} : a-t-il eu lieu ?").format(
            day=formats.date_short(one.last.until)
        )
    said = _("{came} le {day}").format(came=one.last.get_came_display(), day=day)
    return f"{said} ({one.last.words})" if one.last.words else said
