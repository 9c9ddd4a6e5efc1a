"""The question of the siting page, as fields; the address of the page holds it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.territory.atlas import Atlas
from maillage.territory.computations.siting import (
    AIMS,
    MOST_SITES,
    OPENINGS,
    Question,
    default_minutes,
    longest,
    publics,
)

FIRST = {"quoi": "consultation", "combien": 1, "pour": "everyone", "but": "coverage"}
"""What is asked where the address asks nothing."""


class QuestionForm(forms.Form):
    """What to open, how many, for whom, within how many minutes, and where one may."""

    quoi = forms.ChoiceField(
        label=_("Ouvrir quoi"), choices=[(key, one.label) for key, one in OPENINGS.items()]
    )
    combien = forms.IntegerField(label=_("Combien de lieux"), min_value=1, max_value=MOST_SITES)
    pour = forms.ChoiceField(label=_("Pour qui"))
    minutes = forms.IntegerField()
    but = forms.ChoiceField(label=_("Chercher"), choices=list(AIMS.items()))
    autour = forms.BooleanField(
        label=_("Ouvrir aussi hors du territoire"),
        help_text=_("Dans les communes à moins de 25 km. Seuls les habitants du territoire comptent."),
        required=False,
    )

    def __init__(self, *args: Any, atlas: Atlas, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pour"].choices = [  # type: ignore[attr-defined]  # a field of choices
            (key, one.label) for key, one in publics(atlas).items()
        ]
        self.fields["minutes"] = forms.IntegerField(
            label=_("À combien de minutes au plus"), min_value=1, max_value=longest(), required=False
        )

    @property
    def question(self) -> Question:
        """What is asked, once the form is valid; the minutes proposed for what opens where none are given."""
        asked = self.cleaned_data
        return Question(
            opening=asked["quoi"],
            sites=asked["combien"],
            public=asked["pour"],
            minutes=asked["minutes"] or default_minutes(asked["quoi"]),
            aim=asked["but"],
            around=asked["autour"],
        )


def read_question(atlas: Atlas, query: Any) -> tuple[QuestionForm, Question]:
    """Return the form to show and the question to answer: the first one where that asked is refused."""
    given = {name: query[name] for name in QuestionForm.base_fields if query.get(name)}
    form = QuestionForm({**FIRST, **given}, atlas=atlas)
    if not form.is_valid():
        first = QuestionForm(dict(FIRST), atlas=atlas)
        first.full_clean()
        return form, first.question
    if not given.get("minutes"):
        form = QuestionForm({**FIRST, **given, "minutes": form.question.minutes}, atlas=atlas)
        form.full_clean()
    return form, form.question


def question_query(question: Question) -> str:
    """Return the query string that asks a question."""
    asked = {
        "quoi": question.opening,
        "combien": question.sites,
        "pour": question.public,
        "minutes": question.minutes,
        "but": question.aim,
        **({"autour": "on"} if question.around else {}),
    }
    return urlencode(asked)
