"""Forms of the regulation desk: few fields, and a name may be missing."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maillage.kernel.fields import BirthDateField, PhoneField
from maillage.kernel.names import place_name
from maillage.orientation.models import Request
from maillage.orientation.models.requests import CALLER_LABELS, ORIGIN_LABELS, PRIORITY_LABELS
from maillage.orientation.rules.vocabulary import CallerKind, Origin
from maillage.territory import api as territory

ANOTHER = "another"
YEAR, OLDEST = 12, 120 * 12
#: Ages are said in months up to two years.
_AGE = re.compile(r"(?P<count>\d{1,4})\s*(?P<unit>ans?|years?|y|mois|months?|m|)")


class AgeField(forms.CharField):
    """An age as it is said, « 3 », « 3 ans », « 8 mois », read in months; empty where nobody knows."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=12, **options)

    def clean(self, value: Any) -> int | None:
        """Return whole months. Raises ValidationError for what is no age."""
        text = super().clean(value)
        if not text:
            return None
        said = _AGE.fullmatch(text.casefold())
        months = int(said["count"]) * (1 if said["unit"].startswith("m") else YEAR) if said else OLDEST + 1
        if months > OLDEST:
            raise ValidationError(gettext("Écrivez un âge en années, ou en mois avec le mot : « 8 mois »."))
        return months


class PersonForm(forms.Form):
    """Who the person is and where: anything may be missing."""

    last_name = forms.CharField(
        label=_("Nom du patient"),
        required=False,
        max_length=100,
        help_text=_("Inconnu : laissez vide, l’identité reste à compléter."),
    )
    first_name = forms.CharField(label=_("Prénom du patient"), required=False, max_length=150)
    birth_date = BirthDateField(label=_("Date de naissance"), required=False)
    age_years = AgeField(
        label=_("Âge, si la date manque"),
        required=False,
        help_text=_("En années, ou en mois avant 2 ans : « 8 mois »."),
    )
    commune = forms.CharField(
        label=_("Commune où est la personne"),
        max_length=120,
        required=False,
        help_text=_("Son nom ou son code INSEE."),
    )
    place = forms.CharField(label=_("Précision sur le lieu"), max_length=200, required=False)
    priority = forms.ChoiceField(
        label=_("Priorité de régulation"),
        required=False,
        choices=[("", _("Pas encore dite")), *((one.value, label) for one, label in PRIORITY_LABELS.items())],
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Without scripts one types the name or the code; with them, the communes that begin so are offered.
        asked = f"{reverse('territory:commune_suggestions')}?q="
        self.fields["commune"].widget.attrs |= {"data-suggest": asked, "autocomplete": "off"}

    def clean_commune(self) -> territory.Commune | None:
        """Return the one commune of that code or name. Raises ValidationError where none or several are."""
        text = self.cleaned_data["commune"].strip()
        if not text:
            return None
        found = territory.search_communes(text, limit=20)
        exact = [one for one in found if text == one.code or place_name(text) == place_name(one.name)]
        chosen = exact if len(exact) == 1 else found
        if len(chosen) == 1:
            return chosen[0]
        raise ValidationError(
            gettext("Plusieurs communes répondent : donnez le code INSEE.")
            if found
            else gettext("Aucune commune de ce nom.")
        )

    def age_months(self) -> int | None:
        """Return the age said, or the one that the birth date gives, in months."""
        born: date | None = self.cleaned_data["birth_date"]
        if born is not None:
            today = timezone.localdate()
            return max(0, (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day))
        said: int | None = self.cleaned_data["age_years"]
        return said

    def patient_values(self) -> dict[str, Any]:
        """Return what a file is made of."""
        data = self.cleaned_data
        names = {"birth_name": data["last_name"], "birth_first_names": data["first_name"]}
        return names | {"birth_date": data["birth_date"]}

    def request_values(self) -> dict[str, Any]:
        """Return the fields of the request, the patient aside."""
        values = {name: self.cleaned_data[name] for name in ("commune", "place", "priority")}
        return values | {"age_months": self.age_months()}


class CompleteForm(PersonForm):
    """What was missing, or wrong, when the call was noted."""

    motive = forms.ChoiceField(label=_("Motif"), required=False)
    field_order = ("motive", "priority")

    def __init__(self, *args: Any, motives: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["motive"].choices = motives  # type: ignore[attr-defined]

    def changes(self, request: Request) -> dict[str, Any]:
        """Return the fields of the request that the form changes; an age left as it was shown is kept."""
        values = self.request_values()
        if self.cleaned_data["motive"]:
            values["motive"] = self.cleaned_data["motive"]
        same_age = self["age_years"].value() == age_shown(request.age_months)
        if same_age and self.cleaned_data["birth_date"] is None:
            del values["age_months"]
        return values


class CallForm(PersonForm):
    """A call: who calls, for whom, where the person is, what for."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    motive = forms.ChoiceField(label=_("Motif"))
    complaint = forms.CharField(
        label=_("Ce que dit l’appelant"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    caller_kind = forms.ChoiceField(
        label=_("Qui appelle"),
        initial=CallerKind.PATIENT.value,
        choices=[(one.value, label) for one, label in CALLER_LABELS.items()],
    )
    caller_name = forms.CharField(label=_("Nom de l’appelant"), required=False, max_length=120)
    caller_phone = PhoneField(label=_("Téléphone de rappel"), required=False)
    origin = forms.ChoiceField(
        label=_("Origine"),
        initial=Origin.SINGLE_NUMBER.value,
        choices=[(one.value, label) for one, label in ORIGIN_LABELS.items()],
    )
    field_order = (
        "key", "motive", "complaint", "last_name", "first_name", "birth_date", "age_years", "commune",
        "place", "caller_kind", "caller_name", "caller_phone", "priority", "origin",
    )  # fmt: skip

    def __init__(self, *args: Any, motives: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["motive"].choices = [("", _("Choisissez le motif")), *motives]  # type: ignore[attr-defined]
        self.fields["key"].initial = uuid4().hex

    @property
    def searched(self) -> str:
        """What a patient is looked for by: names, else the birth date, else the phone."""
        names = f"{self.data.get('first_name', '')} {self.data.get('last_name', '')}".strip()
        return names or self.data.get("birth_date", "") or self.data.get("caller_phone", "")

    def patient_values(self) -> dict[str, Any]:
        """Add the phone: the patient's where the patient calls, else the carer's."""
        data = self.cleaned_data
        is_patient = data["caller_kind"] == CallerKind.PATIENT.value
        phone = {"phone": data["caller_phone"]}
        carer = {"carer_name": data["caller_name"], "carer_phone": data["caller_phone"]}
        return super().patient_values() | (phone if is_patient else carer)

    def request_values(self) -> dict[str, Any]:
        """Add what the call says."""
        names = ("motive", "complaint", "caller_kind", "caller_name", "caller_phone")
        return super().request_values() | {name: self.cleaned_data[name] for name in names}


def completing(request: Request) -> dict[str, Any]:
    """Return what is known already, for the form that completes a request."""
    return {
        "commune": request.commune_id or "", "place": request.place, "priority": request.priority,
        "age_years": age_shown(request.age_months), "motive": request.motive,
        "last_name": request.said_last_name, "first_name": request.said_first_name,
        "birth_date": request.said_birth_date,
    }  # fmt: skip


def age_shown(months: int | None) -> str:
    """Write an age as the form reads it again, months included before two years."""
    if months is None:
        return ""
    return str(months // YEAR) if months >= 2 * YEAR else gettext("{count} mois").format(count=months)
