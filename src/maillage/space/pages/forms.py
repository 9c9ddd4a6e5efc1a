"""Forms of the space: the safety questions, in two steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maillage.kernel import formats
from maillage.kernel.fields import BirthDateField, PhoneField
from maillage.kernel.pages.forms import KeyedForm, waits_for_nothing
from maillage.kernel.sourced_rules import rule
from maillage.orientation import api as orientation
from maillage.people import api as people
from maillage.space.models import REASON_LABELS
from maillage.space.queries.checks import reasons
from maillage.space.rules.booking import Reason

ANSWERS = (
    (orientation.Answer.YES.value, _("Oui")),
    (orientation.Answer.NO.value, _("Non")),
    (orientation.Answer.UNKNOWN.value, _("Je ne sais pas")),
)


class CheckForm(KeyedForm):
    """The signs that engage life, then why one books; « aucun de ces signes » is said, never supposed."""

    signs = forms.MultipleChoiceField(
        label=_("En ce moment, y a-t-il un de ces signes ?"),
        error_messages={"invalid_choice": _("L’un des signes n’est pas connu : rechargez la page.")},
        widget=forms.CheckboxSelectMultiple,
    )
    none = forms.BooleanField(label=_("Non, aucun de ces signes"))
    reason = forms.ChoiceField(
        label=_("C’est pour"),
        error_messages={"required": _("Dites pourquoi vous venez.")},
        choices=[(one.value, label) for one, label in REASON_LABELS.items()],
        widget=forms.RadioSelect,
    )
    motive = forms.ChoiceField(
        label=_("Si c’est un problème, lequel ?"),
        error_messages={"required": _("Choisissez le problème dans la liste, ou appelez le cabinet.")},
        help_text=_("Votre problème n’est pas dans la liste ? Appelez le cabinet."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        # What one answer makes useless is asked no more: the browser does not ask for all of them.
        super().__init__(*args, use_required_attribute=False, **options)
        self.fields["signs"].choices = [  # type: ignore[attr-defined]  # a field of choices
            (one["code"], formats.in_language(one["label"], one["label_en"]))
            for one in rule("people.signals.vital_signs").value
        ]
        self.fields["motive"].choices = [  # type: ignore[attr-defined]  # a field of choices
            ("", gettext("Choisissez")),
            *((one["code"], formats.in_language(one["label"], one["label_en"])) for one in reasons()),
        ]

    def clean(self) -> dict[str, Any]:
        """Return what was said; a sign asks for nothing more."""
        said = super().clean() or {}
        if said.get("signs"):
            waits_for_nothing(self, "none", "reason", "motive")
            return said
        if said.get("none"):
            waits_for_nothing(self, "signs")
            said["signs"] = []
            if said.get("reason") == Reason.FOLLOW_UP.value:
                waits_for_nothing(self, "motive")
            return said
        # What comes first is mended first.
        waits_for_nothing(self, "signs", "none", "reason", "motive")
        raise ValidationError(
            gettext("Lisez d’abord les signes graves. Cochez-en un, ou « Non, aucun de ces signes ».")
        )

    def why(self) -> Reason:
        """Return why one books; a problem where a sign was enough."""
        return Reason(self.cleaned_data.get("reason") or Reason.PROBLEM.value)


class AnswersForm(forms.Form):
    """The questions of the sheets of a motive, each answered yes, no, or not known."""

    def __init__(
        self, *args: Any, asked: Iterable[tuple[tuple[int, str], orientation.Question]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.places: dict[str, tuple[int, str]] = {}
        for place, question in asked:
            name = f"q{place[0]}_{place[1]}"
            self.places[name] = place
            self.fields[name] = forms.ChoiceField(
                label=formats.in_language(question.text, question.text_en or question.text),
                choices=ANSWERS,
                widget=forms.RadioSelect,
            )

    def answers(self) -> dict[tuple[int, str], orientation.Answer]:
        """Return the answers of a valid form."""
        return {place: orientation.Answer(self.cleaned_data[name]) for name, place in self.places.items()}


class EntryForm(forms.Form):
    """The code of an invitation, and the birth date that only its person knows."""

    code = forms.CharField(
        label=_("Le code à six chiffres"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
    born = BirthDateField(label=_("Votre date de naissance"))


class AskCodeForm(forms.Form):
    """Whose space it is: the telephone that receives the code, and the birth date."""

    phone = PhoneField(label=_("Votre numéro de mobile"))
    born = BirthDateField(label=_("Votre date de naissance"))


class CodeForm(forms.Form):
    """The code received."""

    code = forms.CharField(
        label=_("Le code reçu par SMS"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class LetterForm(KeyedForm):
    """How the person asked for a letter."""

    means = forms.ChoiceField(
        label=_("La personne l’a demandé"),
        choices=[
            (one.value, label) for one, label in people.MEANS_LABELS.items() if one is not people.Means.SPACE
        ],
        widget=forms.RadioSelect,
    )

    def values(self) -> dict[str, Any]:
        """Return what the action takes (a valid form only)."""
        return {"means": people.Means(self.cleaned_data["means"]), "key": self.cleaned_data["key"]}
