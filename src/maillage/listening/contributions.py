"""What `listening` brings to the shared pages: what was heard last, an invented survey."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel import formats
from maillage.kernel.contributions import Block, Contribution, Entry, Line, Processing, Verb, Waiting
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission, Role
from maillage.listening.actions.demonstration import create_demonstration_surveys
from maillage.listening.computations.results import results_of
from maillage.listening.models import HeardLine, Survey
from maillage.listening.pages import words
from maillage.listening.queries.heard import last_published
from maillage.listening.queries.surveys import last_closed
from maillage.territory.api import Territory


def last_heard(person: Person) -> Waiting | None:
    """Return what the last survey that is over found, and what was done last; three statements at most."""
    survey = last_closed(person)
    result = results_of(survey) if survey is not None else None
    if survey is None or result is None:
        return None
    lines = [
        Line(survey.said, reverse("listening:survey", args=[survey.pk]), words.finding(result)),
    ]
    done = last_published(person)
    if done is not None:
        lines.append(
            Line(
                _("Nous avons fait : {done}").format(done=done.shown_done),
                reverse("listening:lines"),
                formats.date_short(done.done_on),
            )
        )
    return Waiting(
        _("Entendu"), tuple(lines), url=reverse("listening:surveys"), gesture=_("Toutes les enquêtes")
    )


def demonstrate(place: Territory, now: datetime) -> None:
    """Give the territory two invented surveys, one over and one open, and what was done of the first."""
    create_demonstration_surveys(place=place, now=now)


CONTRIBUTION = Contribution(
    "listening",
    navigation=(
        Entry(
            Verb.STEER,
            lazy("Écoute"),
            "listening:surveys",
            "messages",
            lazy("Demander à patients, aidants et professionnels, dire ce qui en est fait."),
            Permission.VIEW_LISTENING,
            within=("listening:",),
            order=70,
        ),
    ),
    first_screen=(Block("listening.heard", {Role.BOARD: 1}, last_heard),),
    demonstrate=demonstrate,
    named_in_journal=(Survey, HeardLine),
    told_of_leavers=(
        "listening.heardline.by",
        "listening.heardline.published_by",
        "listening.invitedcount.by",
        "listening.survey.by",
        "listening.survey.closed_by",
        "listening.surveyremark.hidden_by",
    ),
    processing=Processing(
        lazy("Écoute"),
        lazy("Demander ce que vivent patients, aidants et professionnels, dire ce qui en est fait."),
        lazy("Aucune personne reconnaissable dans les réponses ; ceux qui tiennent les enquêtes"),
        lazy("Pilotage du territoire, en comptes ; la coordination seule lit les textes libres"),
    ),
)
