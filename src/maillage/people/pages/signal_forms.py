"""Forms of what carers signal: the vital signs first, then what worries; and what was done."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maillage.kernel import formats
from maillage.kernel.fields import Textarea
from maillage.kernel.pages.forms import waits_for_nothing
from maillage.kernel.sourced_rules import rule
from maillage.people.models import KIND_LABELS
from maillage.people.rules.signals import Kind


def vital_signs() -> list[tuple[str, str]]:
    """Return the signs that lead to the 15, each with its words in the reader's language."""
    return [
        (one["code"], formats.in_language(one["label"], one["label_en"]))
        for one in rule("people.signals.vital_signs").value
    ]


class SignalForm(forms.Form):
    """What a carer signals; « aucun de ces signes » is said, never supposed."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    vital = forms.MultipleChoiceField(
        label=_("En ce moment, la personne…"), required=False, widget=forms.CheckboxSelectMultiple
    )
    none = forms.BooleanField(label=_("Aucun de ces signes"), required=False)
    kind = forms.ChoiceField(
        label=_("Ce qui m’inquiète"),
        required=False,
        choices=[(one.value, label) for one, label in KIND_LABELS.items()],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Dites-le avec vos mots"),
        max_length=1000,
        required=False,
        widget=Textarea(attrs={"rows": 3}),
        help_text=_("Lu par l’équipe de soins de la personne, et par elle."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("initial", {"key": uuid4().hex})
        super().__init__(*args, **options)
        self.fields["vital"].choices = vital_signs()  # type: ignore[attr-defined]  # a field of choices

    def clean(self) -> dict[str, Any]:
        """Return what was said. Raises ValidationError where neither a sign nor « none » is, or no worry."""
        said = super().clean() or {}
        if said.get("vital"):
            waits_for_nothing(self, "kind", "text")  # neither does the 15
            return said
        if not said.get("none"):
            raise ValidationError(
                gettext(
                    "Regardez d’abord la liste des signes graves : cochez-en un, ou « Aucun de ces signes »."
                )
            )
        if not said.get("kind"):
            self.add_error("kind", gettext("Choisissez ce qui vous inquiète."))
        return said

    def chosen(self) -> Kind:
        """Return what worries the carer; something else where a vital sign was enough."""
        return Kind(self.cleaned_data.get("kind") or Kind.OTHER.value)


class AnswerForm(forms.Form):
    """What was done about a signal; `called`: the 15 was, where a vital sign was said."""

    outcome = forms.CharField(
        label=_("Ce qui a été fait"),
        max_length=1000,
        widget=Textarea(attrs={"rows": 2}),
        help_text=_("L’aidant lira cette phrase."),
    )
    called = forms.BooleanField(label=_("Le 15 a été appelé"), required=False)
