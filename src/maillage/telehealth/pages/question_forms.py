"""Forms of an advice: the question with the vital signs first, the answer, the words of each gesture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maillage.kernel import formats
from maillage.kernel.choices import as_choices
from maillage.kernel.fields import DayField, Textarea
from maillage.kernel.pages.forms import KeyedForm, waits_for_nothing
from maillage.kernel.sourced_rules import rule
from maillage.telehealth.models import APPOINTMENT_LABELS, HURRY_LABELS, SHARED_LABELS
from maillage.telehealth.pages.file_forms import WithFiles
from maillage.telehealth.rules.questions import Appointment, Hurry, Shared

Groups = Sequence[tuple[str, Sequence[tuple[str, str]]]]


def vital_signs() -> list[tuple[str, str]]:
    """Return the signs that lead to the 15, each with its words in the reader's language."""
    return [
        (one["code"], formats.in_language(one["label"], one["label_en"]))
        for one in rule("people.signals.vital_signs").value
    ]


class QuestionForm(WithFiles):
    """A question to an expert: the signs that lead to the 15 are looked for before anything else."""

    signs = forms.MultipleChoiceField(
        label=_("En ce moment, la personne…"), required=False, widget=forms.CheckboxSelectMultiple
    )
    none_said = forms.BooleanField(label=_("Aucun de ces signes"), required=False)
    to = forms.ChoiceField(
        label=_("À qui demander"), error_messages={"required": _("Choisissez à qui demander.")}
    )
    text = forms.CharField(
        label=_("Votre question, en une phrase"),
        max_length=300,
        error_messages={"required": _("Posez la question en une phrase.")},
        help_text=_("Sans nom : un groupe la lit avant que quelqu’un la prenne."),
    )
    tried = forms.CharField(
        label=_("Ce qui a déjà été fait"), max_length=1000, required=False, widget=Textarea(attrs={"rows": 3})
    )
    context = forms.CharField(
        label=_("Ce qu’il faut savoir de plus"),
        max_length=1500,
        required=False,
        widget=Textarea(attrs={"rows": 2}),
    )
    shared = forms.MultipleChoiceField(
        label=_("Ce que vous partagez du dossier"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("L’expert lit ce que vous cochez, tel que c’est aujourd’hui, et rien d’autre."),
    )
    hurry = forms.ChoiceField(
        label=_("Une réponse est utile"),
        choices=as_choices(HURRY_LABELS),
        initial=Hurry.WEEK.value,
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites quand une réponse est utile.")},
    )
    consented_on = DayField(
        label=_("La personne, informée de cette demande et de ce qui est partagé, est d’accord depuis le"),
        error_messages={"required": _("Notez le jour où la personne, informée, a donné son accord.")},
    )

    carried = forms.BooleanField(
        label=_("Montrer de nouveau les photos et documents de la première demande"),
        required=False,
        initial=True,
    )

    def __init__(
        self,
        *args: Any,
        to: Groups,
        extracts: Mapping[Shared, str],
        has_earlier_files: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        if not has_earlier_files:
            del self.fields["carried"]
        self.fields["signs"].choices = vital_signs()  # type: ignore[attr-defined]  # a field of choices
        self.fields["to"].choices = [("", "–"), *to]  # type: ignore[attr-defined]  # a field of choices
        self.fields["shared"].choices = [  # type: ignore[attr-defined]  # a field of choices
            (kind.value, f"{SHARED_LABELS[kind]} : {_shortened(text)}") for kind, text in extracts.items()
        ]
        self.fields["consented_on"].widget.attrs["max"] = timezone.localdate().isoformat()
        if not extracts:
            del self.fields["shared"]

    def clean(self) -> dict[str, Any]:
        """Return what was asked. Raises ValidationError where the signs were not looked for."""
        said = super().clean()
        if said.get("signs"):
            files = [bound.name for row in self.rows for bound in row]
            waits_for_nothing(self, "to", "text", "tried", "context", "hurry", "consented_on", *files)
            return said  # neither does the 15
        if not said.get("none_said"):
            raise ValidationError(
                gettext(
                    "Regardez d’abord la liste des signes graves : cochez-en un, ou « Aucun de ces signes »."
                )
            )
        return said


def _shortened(text: str) -> str:
    line = " · ".join(text.splitlines())
    return line if len(line) <= 140 else f"{line[:139]}…"


class AdviceForm(WithFiles):
    """An answer in five minutes: what the expert thinks, what to do, when to see the person."""

    answer = forms.CharField(label=_("Votre réponse"), max_length=1500, widget=Textarea(attrs={"rows": 4}))
    todo = forms.CharField(
        label=_("Ce qu’il faut faire"),
        max_length=1000,
        required=False,
        widget=Textarea(attrs={"rows": 2}),
        help_text=_("Une phrase que l’équipe peut reprendre dans le plan ou en tâche."),
    )
    see_when = forms.CharField(label=_("Quand revoir la personne"), max_length=120, required=False)
    appointment = forms.ChoiceField(
        label=_("Un rendez-vous ?"),
        choices=as_choices(APPOINTMENT_LABELS),
        initial=Appointment.NONE.value,
        widget=forms.RadioSelect,
    )


class PrecisionForm(WithFiles):
    """The precision that an expert asked for, with the photos that show it."""

    text = forms.CharField(
        label=_("La précision demandée"), max_length=1000, widget=Textarea(attrs={"rows": 2})
    )


class WordsForm(KeyedForm):
    """The words of a gesture: what is missing, the precision, why it is declined or taken back."""

    text = forms.CharField(max_length=1000, widget=Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, label: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = label
