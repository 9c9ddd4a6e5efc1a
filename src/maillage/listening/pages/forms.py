"""Forms of listening: a survey, who was told of it, an answer, a line of the public page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel.fields import DayField, Textarea
from maillage.kernel.models import Scope
from maillage.kernel.pages.forms import KeyedForm
from maillage.listening.actions.surveys import MOST_TOLD
from maillage.listening.computations.results import SurveyResult
from maillage.listening.models import (
    AUDIENCE_LABELS,
    CHANNEL_LABELS,
    PROGRESS_LABELS,
    TOPIC_LABELS,
    Survey,
)
from maillage.listening.queries import items as wording
from maillage.listening.rules.vocabulary import Audience, Channel, Progress, Topic

#: What is sent where a question is not for who answers: no mark.
NONE = "na"


class WhereForm(KeyedForm):
    """A form of one territory, chosen where somebody has several."""

    where = forms.ChoiceField(label=lazy("Territoire"))

    def __init__(self, *args: Any, scopes: list[Scope], **options: Any) -> None:
        super().__init__(*args, **options)
        self.scopes = {str(one.pk): one for one in scopes}
        where = self.fields["where"]
        where.choices = [(str(one.pk), one.label) for one in scopes]  # type: ignore[attr-defined]  # a field of choices
        if len(scopes) == 1:
            where.widget = forms.HiddenInput()
            where.initial = str(scopes[0].pk)

    @property
    def scope(self) -> Scope:
        """The territory chosen, once the form is valid."""
        return self.scopes[self.cleaned_data["where"]]


class SurveyForm(WhereForm):
    """Whom to ask, from when to when: the questions are those of the rule."""

    audience = forms.ChoiceField(
        label=lazy("À qui"),
        widget=forms.RadioSelect,
        choices=[(one.value, AUDIENCE_LABELS[one]) for one in Audience],
    )
    title = forms.CharField(
        label=lazy("Titre"),
        max_length=120,
        help_text=lazy("Lu par ceux qui répondent. Par exemple « Vos soins près de chez vous »."),
    )
    title_en = forms.CharField(label=lazy("Titre en anglais"), max_length=120, required=False)
    starts_on = DayField(label=lazy("Premier jour"))
    ends_on = DayField(
        label=lazy("Dernier jour"),
        help_text=lazy(
            "Laissez le temps de saisir les formulaires papier : après ce jour, rien n’est ajouté."
        ),
    )


class EndForm(forms.Form):
    """Another last day."""

    ends_on = DayField(label=lazy("Dernier jour"))


class InvitedForm(forms.Form):
    """How many people were told, by channel."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for channel, words in CHANNEL_LABELS.items():
            self.fields[channel.value] = forms.IntegerField(
                label=words, min_value=0, max_value=MOST_TOLD, required=False
            )

    def counts(self) -> dict[Channel, int]:
        """Return the counts, 0 for a field left empty (a valid form only)."""
        return {channel: self.cleaned_data[channel.value] or 0 for channel in Channel}


class HideForm(forms.Form):
    """Why a text is hidden."""

    row = forms.CharField(widget=forms.HiddenInput, max_length=18)
    why = forms.CharField(
        label=lazy("Pourquoi le masquer"),
        max_length=200,
        help_text=lazy("Par exemple « un nom y est écrit », sans le recopier."),
    )


class AnswerForm(forms.Form):
    """One answer: a mark for each item, nothing required, no name asked."""

    form = forms.CharField(widget=forms.HiddenInput, max_length=200)

    def __init__(self, *args: Any, survey: Survey, **options: Any) -> None:
        super().__init__(*args, **options)
        self.asked = wording.asked(survey)
        marks = [(str(mark), words) for mark, words in wording.scale(survey.at.date())]
        for item in self.asked.items:
            self.fields[item.code] = forms.ChoiceField(
                label=item.said,
                required=False,
                widget=forms.RadioSelect,
                choices=[*marks, (NONE, _("Pas concerné"))],
            )
        if self.asked.groups:
            self.fields["group"] = forms.ChoiceField(
                label=self.asked.group,
                required=False,
                widget=forms.RadioSelect,
                choices=[*self.asked.groups.items(), (NONE, _("Je préfère ne pas le dire"))],
            )
        self.fields["text"] = forms.CharField(
            label=_("Ce que vous voulez ajouter"),
            required=False,
            max_length=1000,
            widget=Textarea({"rows": 4}),
            help_text=_(
                "N’écrivez aucun nom, aucune maladie, aucun traitement : ni les vôtres, ni d’autres."
            ),
        )

    @property
    def questions(self) -> list[Any]:
        """The fields of the items, to be drawn."""
        return [self[item.code] for item in self.asked.items]

    @property
    def marks(self) -> dict[str, int]:
        """The marks given, by item (a valid form only)."""
        given = {item.code: self.cleaned_data[item.code] for item in self.asked.items}
        return {code: int(mark) for code, mark in given.items() if mark not in {"", NONE}}

    @property
    def group(self) -> str:
        """The group that they said, empty for none (a valid form only)."""
        said: str = self.cleaned_data.get("group", "")
        return "" if said == NONE else said


class LineForm(WhereForm):
    """What was said, the figure that shows it, what was done."""

    topic = forms.ChoiceField(
        label=lazy("Thème"), choices=[(one.value, words) for one, words in TOPIC_LABELS.items()]
    )
    figure = forms.ChoiceField(
        label=lazy("Le chiffre qui va avec"),
        required=False,
        help_text=lazy(
            "Une question d’une enquête close ; rien si c’est un texte ou une réunion qui l’a dit."
        ),
    )
    said = forms.CharField(label=lazy("Vous avez dit"), max_length=300, widget=Textarea({"rows": 2}))
    done = forms.CharField(
        label=lazy("Nous avons fait"),
        max_length=500,
        widget=Textarea({"rows": 3}),
        help_text=lazy("Ce qui a changé, ou pourquoi rien ne change encore. Aucun nom de patient."),
    )
    done_on = DayField(label=lazy("Depuis le"))
    progress = forms.ChoiceField(
        label=lazy("Avancement"),
        required=False,
        choices=[
            ("", lazy("sans précision")),
            *((one.value, words) for one, words in PROGRESS_LABELS.items()),
        ],
    )
    said_en = forms.CharField(
        label=lazy("Vous avez dit, en anglais"), max_length=300, required=False, widget=Textarea({"rows": 2})
    )
    done_en = forms.CharField(
        label=lazy("Nous avons fait, en anglais"),
        max_length=500,
        required=False,
        widget=Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, results: list[SurveyResult], **options: Any) -> None:
        """Offer the items of which something is shown in `results`."""
        super().__init__(*args, **options)
        self.results = {str(one.survey.pk): one for one in results}
        figures = [
            (f"{key}:{item.item.code}", f"{result.survey.said} – {item.item.said}")
            for key, result in self.results.items()
            for item in result.items
            if not item.is_few
        ]
        self.fields["figure"].choices = [("", _("aucun")), *figures]  # type: ignore[attr-defined]  # a field of choices

    def values(self) -> dict[str, Any]:
        """Return what the action takes (a valid form only)."""
        said = self.cleaned_data
        key, _colon, question = said["figure"].partition(":")
        return {
            "topic": Topic(said["topic"]),
            "said": said["said"],
            "said_en": said["said_en"],
            "done": said["done"],
            "done_en": said["done_en"],
            "done_on": said["done_on"],
            "progress": Progress(said["progress"]) if said["progress"] else None,
            "survey": self.results[key].survey if key else None,
            "question": question,
        }


class ChangeLineForm(LineForm):
    """The same, of a line that was read: `read` is the version that was."""

    read = forms.CharField(widget=forms.HiddenInput, max_length=16)
