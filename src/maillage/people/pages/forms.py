"""Forms of the people context's pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maillage.directory import api as directory
from maillage.kernel.fields import BirthDateField, BirthplaceField, NameField, PhoneField
from maillage.kernel.models import Scope
from maillage.kernel.names import place_name
from maillage.people.actions.patients import IDENTITY_FIELDS, REACH_FIELDS
from maillage.people.models import (
    CLOSING_LABELS,
    CRITERION_LABELS,
    DOCUMENT_LABELS,
    DOUBT_LABELS,
    INSI_LABELS,
    REFUSAL_LABELS,
    SEX_LABELS,
    Patient,
)
from maillage.people.rules.referring_doctor import Closing, Criterion, Refusal
from maillage.territory import api as territory

REACH_FLAGS = ("disability", "joins_by_phone", "no_smartphone", "needs_interpreter")


class CommuneForm(forms.Form):
    """A commune, by its name or its code."""

    commune = forms.CharField(
        label=_("Commune"), max_length=120, required=False, help_text=_("Son nom ou son code INSEE.")
    )

    def clean_commune(self) -> territory.Commune | None:
        """Return the one commune of that code or name. Raises ValidationError where none or several are."""
        text = self.cleaned_data["commune"].strip()
        if not text:
            return None
        found = list(territory.Commune.objects.active().matching(text).order_by("code")[:20])
        exact = [one for one in found if text == one.code or place_name(text) == place_name(one.name)]
        chosen = exact if len(exact) == 1 else found
        if len(chosen) != 1:
            raise ValidationError(
                gettext("Aucune commune de ce nom.")
                if not found
                else gettext("Plusieurs communes répondent : donnez le code INSEE.")
            )
        return chosen[0]


class PatientForm(forms.Form):
    """Who somebody is and how to reach them; a name alone is enough."""

    layout: ClassVar[tuple[tuple[str | Promise, tuple[str, ...]], ...]] = (
        (_("Identité"), ("birth_name", "birth_first_names", "birth_date", "sex")),
        (_("Comment joindre cette personne"), ("phone", "other_phone", "email", "language", *REACH_FLAGS)),
        (_("Aidant"), ("carer_name", "carer_phone")),
        (
            _("Vérification de l’identité"),
            ("used_name", "used_first_name", "birthplace_code", "document", "insi", "doubt"),
        ),
    )

    birth_name = NameField(label=_("Nom de naissance"), max_length=100)
    birth_first_names = NameField(label=_("Prénoms de naissance"), max_length=150, required=False)
    used_name = NameField(label=_("Nom utilisé"), max_length=100, required=False)
    used_first_name = NameField(label=_("Prénom utilisé"), max_length=100, required=False)
    birth_date = BirthDateField(label=_("Date de naissance"), required=False)
    sex = forms.ChoiceField(
        label=_("Sexe (état civil)"),
        required=False,
        choices=[(sex.value, label) for sex, label in SEX_LABELS.items()],
    )
    birthplace_code = BirthplaceField(
        label=_("Code INSEE du lieu de naissance"),
        required=False,
        help_text=_("Commune (71230, 2A004, 97411), ou 99 et le code du pays."),
    )
    document = forms.ChoiceField(
        label=_("Pièce d’identité présentée"),
        required=False,
        choices=[(document.value, label) for document, label in DOCUMENT_LABELS.items()],
    )
    insi = forms.ChoiceField(
        label=_("Réponse d’INSi"),
        required=False,
        choices=[(answer.value, label) for answer, label in INSI_LABELS.items()],
    )
    doubt = forms.ChoiceField(
        label=_("Doute sur l’identité"),
        required=False,
        choices=[(doubt.value, label) for doubt, label in DOUBT_LABELS.items()],
    )
    phone = PhoneField(label=_("Téléphone"), required=False)
    other_phone = PhoneField(label=_("Autre téléphone"), required=False)
    email = forms.EmailField(label=_("Adresse électronique"), required=False)
    language = forms.ChoiceField(label=_("Langue"))
    needs_interpreter = forms.BooleanField(label=_("Interprète nécessaire"), required=False)
    disability = forms.CharField(label=_("Handicap à prendre en compte"), max_length=200, required=False)
    joins_by_phone = forms.BooleanField(label=_("À joindre par téléphone"), required=False)
    no_smartphone = forms.BooleanField(label=_("Sans téléphone connecté"), required=False)
    carer_name = NameField(label=_("Aidant à appeler"), max_length=120, required=False)
    carer_phone = PhoneField(label=_("Téléphone de l’aidant"), required=False)

    def __init__(self, *args: Any, patient: Patient | None = None, **options: Any) -> None:
        if patient is not None:
            names = (*IDENTITY_FIELDS, *REACH_FIELDS)
            options["initial"] = {name: getattr(patient, name) for name in names}
        super().__init__(*args, **options)
        for name in ("phone", "other_phone", "carer_phone"):
            self.fields[name].kept = getattr(patient, name) if patient else ""  # type: ignore[attr-defined]  # a field of a telephone
        self.fields["language"].choices = list(directory.language_names().items())  # type: ignore[attr-defined]  # a field of choices

    def parts(self) -> list[tuple[str | Promise, list[forms.BoundField]]]:
        """Return the fields under their titles, the most needed first."""
        return [(title, [self[name] for name in names]) for title, names in self.layout]

    def values(self) -> dict[str, Any]:
        """Return the fields of the patient."""
        return {name: self.cleaned_data[name] for name in (*IDENTITY_FIELDS, *REACH_FIELDS)}


class OwnFileForm(PatientForm):
    """How to reach oneself: who one is, a professional checks."""

    layout = PatientForm.layout[1:3]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in IDENTITY_FIELDS:
            del self.fields[name]

    def values(self) -> dict[str, Any]:
        """Return how the patient is reached."""
        return {name: self.cleaned_data[name] for name in REACH_FIELDS}


class RegistrationForm(CommuneForm, PatientForm):
    """The same, where somebody is registered: in which scope, where they live, and that they are another."""

    layout = (
        *PatientForm.layout[:2],
        (_("Adresse"), ("line", "postcode", "commune", "scope")),
        *PatientForm.layout[2:],
    )

    scope = forms.ModelChoiceField(Scope.objects.none(), label=_("Périmètre"), empty_label=None)
    line = forms.CharField(label=_("Adresse"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Code postal"), max_length=5, required=False)
    seeks_doctor = forms.BooleanField(label=_("Cherche un médecin traitant"), required=False)
    is_another = forms.BooleanField(label=_("C’est une autre personne que celles affichées"), required=False)

    def __init__(self, *args: Any, scopes: QuerySet[Scope], **options: Any) -> None:
        super().__init__(*args, initial={"language": "fr", "scope": scopes.first()}, **options)
        self.fields["scope"].queryset = scopes  # type: ignore[attr-defined]  # a field of rows

    def address(self) -> dict[str, Any]:
        """Return where the patient lives."""
        return {name: self.cleaned_data[name] for name in ("line", "postcode", "commune")}


class InsForm(forms.Form):
    """The matricule that INSi gave, with its key."""

    ins = forms.CharField(label=_("Matricule INS et sa clé"), max_length=24)


class SearchForm(forms.Form):
    """What makes a request for a médecin traitant urgent."""

    criteria = forms.MultipleChoiceField(
        label=_("Critères de priorité"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            (criterion.value, label)
            for criterion, label in CRITERION_LABELS.items()
            if criterion is not Criterion.AGED
        ],
        help_text=_("L’âge s’ajoute de lui-même d’après la date de naissance."),
    )
    consented = forms.BooleanField(
        label=_("Le patient accepte que sa demande soit proposée à des médecins"), required=False
    )

    def chosen(self) -> list[Criterion]:
        """Return the criteria."""
        return [Criterion(word) for word in self.cleaned_data["criteria"]]


class RefusalForm(forms.Form):
    """Why a doctor says no."""

    reason = forms.ChoiceField(
        label=_("Raison du refus"),
        choices=[(refusal.value, label) for refusal, label in REFUSAL_LABELS.items()],
    )

    def chosen(self) -> Refusal:
        """Return the reason."""
        return Refusal(self.cleaned_data["reason"])


class ClosingForm(forms.Form):
    """Why a request ends without a declaration."""

    reason = forms.ChoiceField(
        label=_("Raison de la clôture"),
        choices=[(closing.value, label) for closing, label in CLOSING_LABELS.items()],
    )

    def chosen(self) -> Closing:
        """Return the reason."""
        return Closing(self.cleaned_data["reason"])


class QuotaForm(forms.Form):
    """How many new patients a doctor accepts each month."""

    per_month = forms.IntegerField(
        label=_("Nouveaux patients acceptés par mois"),
        min_value=0,
        max_value=100,
        help_text=_("Zéro : aucune proposition ne vous est faite."),
    )
