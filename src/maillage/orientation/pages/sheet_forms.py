"""The form of a safety sheet: a title, motives, and one line a question."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.orientation import api
from maillage.orientation.actions.sheets import MOST_QUESTIONS
from maillage.orientation.models import SafetySheet
from maillage.orientation.rules.safety import OTHER_SEX, Known, Question, only_for
from maillage.orientation.rules.vocabulary import Answer

SPARE = 4
MOST_MONTHS = 12 * 130
CERTAINTY_LABELS = {
    "vu": _("vu dans un texte de référence"),
    "vu_tiers": _("vu chez un tiers"),
    "connaissance_generale": _("connaissance générale, à vérifier"),
    "non_etabli": _("non établi"),
}
#: A question that alarms by « no » is kept as it was written; none is written so here.
EFFECTS = {"yes": _("« Oui » alarme"), "": _("n’alarme pas, oriente")}
NO_ALARMS = ("no", _("« Non » alarme"))
SEXES = {"": _("tout le monde"), "female": _("femmes"), "male": _("hommes")}


class SheetForm(forms.Form):
    """What is said of a sheet as a whole."""

    title = forms.CharField(label=_("Titre"), max_length=120)
    title_en = forms.CharField(label=_("Titre en anglais"), max_length=120, required=False)
    source = forms.CharField(
        label=_("Source"),
        max_length=160,
        required=False,
        help_text=_("Le protocole, le guide ou la réunion d’où viennent ces questions."),
    )
    certainty = forms.ChoiceField(label=_("Certitude"), choices=list(CERTAINTY_LABELS.items()))
    motives = forms.MultipleChoiceField(
        label=pgettext_lazy("de recours", "Motifs"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, motives: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["motives"].choices = motives  # type: ignore[attr-defined]  # a field of choices


class QuestionForm(forms.Form):
    """One question; an empty text is no question. The ages are in months, the last one left out."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    text = forms.CharField(label=_("Question"), max_length=300, required=False)
    text_en = forms.CharField(label=_("En anglais"), max_length=300, required=False)
    # A new question alarms until somebody says otherwise.
    effect = forms.ChoiceField(
        label=_("Réponse qui alarme"), choices=list(EFFECTS.items()), required=False, initial="yes"
    )
    from_months = forms.IntegerField(
        label=_("À partir de (mois)"), min_value=0, max_value=MOST_MONTHS, required=False
    )
    under_months = forms.IntegerField(
        label=_("Avant (mois)"), min_value=1, max_value=MOST_MONTHS, required=False
    )
    sex = forms.ChoiceField(label=_("Posée à"), choices=list(SEXES.items()), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.initial.get("effect") == NO_ALARMS[0] or self.data.get(self.add_prefix("effect")) == "no":
            self.fields["effect"].choices = [*EFFECTS.items(), NO_ALARMS]  # type: ignore[attr-defined]  # a field of choices

    def clean(self) -> dict[str, Any]:
        """Refuse ages that leave nobody to ask."""
        data = super().clean() or {}
        first, last = data.get("from_months"), data.get("under_months")
        if first is not None and last is not None and first >= last:
            self.add_error("under_months", _("Cet âge est au-delà du premier."))
        return data

    def question(self, before: Question | None) -> Question:
        """Return the question written; what the form does not show of the one `before` is kept."""
        data = self.cleaned_data
        limits = {name: data[name] for name in ("from_months", "under_months", "sex")}
        kept = before is not None and limits == {name: shown(before)[name] for name in limits}
        return Question(
            key=before.key if before else "",
            text=data["text"].strip(),
            red_flag=Answer(data["effect"]) if data["effect"] else None,
            text_en=data["text_en"].strip(),
            known=before.known if before is not None and kept else only_for(**limits),
            fact=before.fact if before else "",
        )


_Questions = forms.formset_factory(
    QuestionForm, extra=SPARE, max_num=MOST_QUESTIONS, absolute_max=MOST_QUESTIONS, validate_max=True
)


class Writing:
    """The two parts of the page: what is said of the sheet, and its questions."""

    def __init__(
        self, data: Any, base: SafetySheet | None, motives: list[tuple[str, str]], first: str
    ) -> None:
        self.base = base
        asked = base.asked if base else []
        self.before = {one.key: one for one in asked}
        self.sheet = SheetForm(data, motives=motives, initial=_initial(base, first))
        self.questions = _Questions(data, initial=[shown(one) for one in asked], prefix="q")

    def is_valid(self) -> bool:
        """Whether both parts can be read."""
        return all((self.sheet.is_valid(), self.questions.is_valid()))

    def draft(self) -> api.Draft:
        """Return what was written, once it is valid."""
        data = self.sheet.cleaned_data
        written = [one for one in self.questions if one.cleaned_data.get("text", "").strip()]
        return api.Draft(
            title=data["title"],
            motives=data["motives"],
            questions=[one.question(self.before.get(one.cleaned_data["key"])) for one in written],
            source=data["source"],
            certainty=data["certainty"],
            title_en=data["title_en"],
        )


def shown(question: Question) -> dict[str, Any]:
    """Return what the form shows of a question: its limits where « no » is what lies beyond them."""
    limits: dict[str, Any] = {"from_months": None, "under_months": None, "sex": ""}
    if all(one.answer is Answer.NO for one in question.known):
        for one in question.known:
            limits |= _limit(one)
    return limits | {
        "key": question.key,
        "text": question.text,
        "text_en": question.text_en,
        "effect": question.red_flag.value if question.red_flag else "",
    }


def _limit(known: Known) -> dict[str, Any]:
    if known.sex:
        return {"sex": OTHER_SEX.get(known.sex, "")}
    if known.under_months is not None:
        return {"from_months": known.under_months}
    return {"under_months": known.from_months}


def _initial(base: SafetySheet | None, first: str) -> dict[str, Any]:
    if base is None:
        return {"certainty": "connaissance_generale", "motives": [first] if first else []}
    example = base.scope_id is None
    return {
        "title": base.title, "title_en": base.title_en, "motives": base.motives,
        "source": "" if example else base.author,
        "certainty": "connaissance_generale" if example else base.certainty,
    }  # fmt: skip


class SignatureForm(forms.Form):
    """Which physician is asked to sign a sheet."""

    of = forms.ChoiceField(label=_("Médecin à qui la demander"))

    def __init__(self, *args: Any, people: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["of"].choices = people  # type: ignore[attr-defined]  # a field of choices
