"""Forms of questionnaires: what is asked of whom, then the signs and the answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maillage.care.models import Questionnaire
from maillage.care.models.questionnaires import WAY_LABELS
from maillage.care.queries.questionnaires import vital_signs
from maillage.care.rules.questionnaires import Way
from maillage.kernel.fields import Textarea
from maillage.kernel.pages.forms import KeyedForm, waits_for_nothing


class AskForm(KeyedForm):
    """What to ask, of whom."""

    what = forms.ChoiceField(label=_("Questionnaire"))

    def __init__(self, *args: Any, askable: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["what"].choices = list(askable)  # type: ignore[attr-defined] # a field of choices


class QuestionnaireForm(forms.Form):
    """The signs that engage life first, then each sentence; « aucun » is said, never supposed."""

    signs = forms.MultipleChoiceField(
        label=_("En ce moment"), required=False, widget=forms.CheckboxSelectMultiple
    )
    none = forms.BooleanField(label=_("Aucun de ces signes"), required=False)

    def __init__(
        self, *args: Any, questionnaire: Questionnaire, asks_way: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.sentences = [code for code, _label in questionnaire.sentences]
        self.fields["signs"].choices = vital_signs()  # type: ignore[attr-defined] # a field of choices
        for code, label in questionnaire.sentences:
            self.fields[f"q_{code}"] = forms.ChoiceField(
                label=label, choices=questionnaire.options, widget=forms.RadioSelect
            )
        self.fields["words"] = forms.CharField(
            label=gettext("Autre chose à dire ?"),
            max_length=1000,
            required=False,
            widget=Textarea(attrs={"rows": 3}),
            help_text=gettext("Pour une urgence, n’écrivez pas ici : appelez le 15."),
        )
        if asks_way:
            self.fields["way"] = forms.TypedChoiceField(
                label=gettext("Comment la personne a répondu"),
                choices=[(one.value, WAY_LABELS[one]) for one in (Way.SPOKEN, Way.PAPER)],
                coerce=Way,
            )

    def clean(self) -> dict[str, Any]:
        """Return what was said. Raises ValidationError where neither a sign nor « none » is."""
        said = super().clean() or {}
        if said.get("signs"):
            waits_for_nothing(self, "words", *(f"q_{code}" for code in self.sentences))  # neither does the 15
            return said
        if not said.get("none"):
            raise ValidationError(
                gettext(
                    "Regardez d’abord la liste des signes graves : cochez-en un, ou « Aucun de ces signes »."
                )
            )
        return said

    def given(self) -> dict[str, Any]:
        """Return what `answer` takes beside who answers."""
        said = self.cleaned_data
        answers = {code: said.get(f"q_{code}", "") for code in self.sentences}
        return {
            "answers": {code: one for code, one in answers.items() if one},
            "signs": said["signs"],
            "words": said.get("words", ""),
            "way": said.get("way") or Way.SPACE,
        }
