"""Forms of a pharmacist's acts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.fields import DayField, Textarea
from maillage.kernel.models import Person
from maillage.kernel.pages.forms import KeyedForm
from maillage.protocols.models.pharmacy import OUTCOME_LABELS
from maillage.protocols.pages.forms import CriteriaForm
from maillage.protocols.rules.pharmacy import Outcome


class PlanReviewForm(KeyedForm):
    """When a review is planned."""

    planned_on = DayField(label=_("Prévu le"))


class LineForm(KeyedForm):
    """One medicine of a review."""

    medicine = forms.CharField(label=_("Médicament"), max_length=200)
    finding = forms.CharField(label=_("Constat"), max_length=500, required=False)
    proposal = forms.CharField(label=_("Proposition au prescripteur"), max_length=500, required=False)


class PrescriberForm(forms.Form):
    """The prescriber who is asked, one of the physicians of the circle."""

    to = forms.ChoiceField(label=_("Prescripteur"))

    def __init__(self, *args: Any, physicians: list[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        self.physicians = {str(one.pk): one for one in physicians}
        self.fields["to"].choices = [(key, str(one)) for key, one in self.physicians.items()]  # type: ignore[attr-defined] # a field of choices

    @property
    def prescriber(self) -> Person:
        """Whom was chosen."""
        return self.physicians[self.cleaned_data["to"]]


class ShareForm(PrescriberForm):
    """What a review concludes, and who is asked."""

    conclusion = forms.CharField(
        label=_("Conclusion"), max_length=2000, required=False, widget=Textarea(attrs={"rows": 3})
    )


class ShortageForm(KeyedForm):
    """A medicine that is missing."""

    medicine = forms.CharField(label=_("Médicament qui manque"), max_length=200)
    alternatives = forms.CharField(label=_("Ce qui est possible"), max_length=500, required=False)


class PlanVaccinationForm(KeyedForm):
    """Which vaccine, when."""

    vaccine = forms.CharField(label=_("Vaccin"), max_length=120)
    planned_on = DayField(label=_("Prévue le"))


class VaccinationForm(CriteriaForm):
    """The questions before a vaccination, and what came of it."""

    outcome = forms.TypedChoiceField(
        label=_("Issue"),
        choices=[one for one in as_choices(OUTCOME_LABELS) if one[0] != Outcome.EMERGENCY],
        coerce=Outcome,
        widget=forms.RadioSelect,
    )
    lot = forms.CharField(label=_("Lot"), max_length=40, required=False)
    note = forms.CharField(
        label=_("En quelques mots"),
        max_length=500,
        required=False,
        help_text=_("Pourquoi elle n’est pas faite, ou pourquoi elle l’est malgré une réponse."),
    )
