"""The form of somebody without a médecin traitant: its two parts, and the first alone for the person."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.kernel import formats
from maillage.kernel.fields import NameField, PhoneField, Textarea
from maillage.kernel.pages.forms import KeyedForm, waits_for_nothing
from maillage.kernel.sourced_rules import rule
from maillage.people.actions.inclusions import Said
from maillage.people.models import (
    AGREED_LABELS,
    ALD_LABELS,
    CRITERION_LABELS,
    SYSTEM_LABELS,
    TELLER_LABELS,
    DoctorInclusion,
)
from maillage.people.queries.signals import words_of_danger
from maillage.people.rules.inclusions import Agreed, Ald, System, Teller
from maillage.people.rules.referring_doctor import Criterion

#: What is asked beside the ALD and the age, which have their own place.
CRITERIA = [one for one in CRITERION_LABELS if one not in {Criterion.ALD, Criterion.AGED}]


def said_signs(key: str) -> list[tuple[str, str]]:
    """Return the signs of a rule, each with its words in the reader's language."""
    return [(one["code"], formats.in_language(one["label"], one["label_en"])) for one in rule(key).value]


def _area(label: Any, longest: int, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=False,
        widget=Textarea(attrs={"rows": 2}),
        help_text=help_text,
    )


class FirstPartForm(KeyedForm):
    """What the person says; every answer may be left out."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    occupation = forms.CharField(label=_("Métier ou activité"), max_length=120, required=False)
    languages = forms.CharField(
        label=_("Langues parlées"),
        max_length=120,
        required=False,
        help_text=_("Comme français, arabe."),
    )
    contact_name = NameField(label=_("Un proche à prévenir"), max_length=120, required=False)
    contact_phone = PhoneField(label=_("Son téléphone"), required=False)
    diseases = forms.MultipleChoiceField(
        label=_("Maladies connues"),
        choices=[(one.value, words) for one, words in SYSTEM_LABELS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    no_disease = forms.BooleanField(label=_("Aucune maladie connue"), required=False)
    diseases_said = _area(_("Lesquelles, depuis quand"), 1000)
    treatments = _area(_("Traitements pris"), 1000)
    allergies = forms.CharField(label=_("Allergies"), max_length=300, required=False)

    #: The columns of the row that fill the form.
    columns: tuple[str, ...] = (
        "version", "occupation", "languages", "contact_name", "contact_phone", "diseases", "no_disease",
        "diseases_said", "treatments", "allergies",
    )  # fmt: skip

    def __init__(self, *args: Any, row: DoctorInclusion | None = None, **options: Any) -> None:
        if row is not None:
            options.setdefault("initial", {name: getattr(row, name) for name in self.columns})
        super().__init__(*args, **options)
        if row is not None:
            phone: Any = self.fields["contact_phone"]
            phone.kept = row.contact_phone

    def clean(self) -> dict[str, Any]:
        """Refuse nothing for the sake of a telephone where a sign, or a word, calls for the 15."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        written = (str(self.data.get(name, "")) for name in ("diseases_said", "treatments", "allergies"))
        if self.data.get("vital") or words_of_danger(*written):
            waits_for_nothing(self, "contact_phone")
        return said

    def said(self) -> Said:
        """Return what a valid form says."""
        return Said(**self.first())

    def first(self) -> dict[str, Any]:
        """Return the answers of the first part."""
        given = self.cleaned_data
        names = (
            "occupation", "languages", "contact_name", "contact_phone", "no_disease", "diseases_said",
            "treatments", "allergies",
        )  # fmt: skip
        return {
            **{name: given[name] for name in names},
            "diseases": [System(one) for one in given["diseases"]],
            "teller": Teller.SELF,
        }


class OwnForm(FirstPartForm):
    """The first part, by the person: they agree, or nobody is asked."""

    agrees = forms.BooleanField(
        label=_("J’accepte que cette fiche soit montrée à des médecins d’ici qui peuvent me suivre.")
    )

    def said(self) -> Said:
        """Return what a valid form says."""
        return Said(**self.first(), agreed=Agreed.SPACE)


class CarerForm(FirstPartForm):
    """The first part, by a carer whom the person mandated: the person said yes, or nobody is asked."""

    agrees = forms.BooleanField(
        label=_("La personne m’a dit qu’elle accepte que cette fiche soit montrée à des médecins d’ici."),
    )

    def said(self) -> Said:
        """Return what a valid form says."""
        return Said(**self.first() | {"teller": Teller.CARER}, agreed=Agreed.TOLD)


class InclusionForm(FirstPartForm):
    """Both parts, by a professional at the side of the person."""

    teller = forms.ChoiceField(
        label=_("Qui répond"),
        choices=[(one.value, words) for one, words in TELLER_LABELS.items()],
        widget=forms.RadioSelect,
        initial=Teller.SELF.value,
    )
    agreed = forms.ChoiceField(
        label=_("Accord pour être proposé à des médecins"),
        choices=[(one.value, words) for one, words in AGREED_LABELS.items() if one is not Agreed.SPACE],
        widget=forms.RadioSelect,
        required=False,
    )
    vital = forms.MultipleChoiceField(
        label=_("En ce moment, la personne…"), widget=forms.CheckboxSelectMultiple, required=False
    )
    warnings = forms.MultipleChoiceField(
        label=_("Signes d’alerte, par appareil"), widget=forms.CheckboxSelectMultiple, required=False
    )
    no_sign = forms.BooleanField(label=_("Aucun de ces signes"), required=False)
    ald = forms.ChoiceField(
        label=_("Affection de longue durée (ALD)"),
        choices=[(one.value, words) for one, words in ALD_LABELS.items()],
        widget=forms.RadioSelect,
        required=False,
    )
    criteria = forms.MultipleChoiceField(
        label=_("Ce qui rend la demande plus pressante"),
        choices=[(one.value, CRITERION_LABELS[one]) for one in CRITERIA],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    examination = _area(
        _("Examen et synthèse"), 2000, _("Pour un médecin : poids, tension, pouls, ce qu’il retient.")
    )

    columns = (*FirstPartForm.columns, "teller", "agreed", "no_sign", "ald", "criteria", "examination")

    def __init__(self, *args: Any, row: DoctorInclusion | None = None, **options: Any) -> None:
        super().__init__(*args, row=row, **options)
        for name, key in (
            ("vital", "people.signals.vital_signs"),
            ("warnings", "people.inclusions.warning_signs"),
        ):
            choices = said_signs(key)
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a field of choices
            if row is not None:
                codes = {code for code, _words in choices}
                self.fields[name].initial = [code for code in row.signs if code in codes]

    def said(self) -> Said:
        """Return what a valid form says."""
        given = self.cleaned_data
        return Said(
            **self.first() | {"teller": Teller(given["teller"])},
            agreed=Agreed(given["agreed"]),
            ald=Ald(given["ald"]),
            criteria=[Criterion(one) for one in given["criteria"]],
            signs=[*given["vital"], *given["warnings"]],
            no_sign=given["no_sign"],
            examination=given["examination"],
        )
