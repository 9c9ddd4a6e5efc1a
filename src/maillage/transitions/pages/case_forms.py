"""Forms of a request to the DAC."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.fields import DayField, NameField, Textarea
from maillage.kernel.pages.forms import KeyedForm
from maillage.people import api as people
from maillage.transitions.models.complex_cases import (
    ANSWER_LABELS,
    GROUND_LABELS,
    PARTNER_LABELS,
    REFUSAL_LABELS,
)
from maillage.transitions.rules.complex_cases import Answer, Ground, PartnerKind, Refusal

MEANS = [(one.value, people.MEANS_LABELS[one]) for one in (people.Means.SPOKEN, people.Means.PAPER)]


class CaseForm(KeyedForm):
    """What is asked of the DAC, why, and the agreement of the person."""

    asked = forms.CharField(
        label=_("Ce que vous demandez au DAC"),
        max_length=300,
        widget=forms.TextInput(
            attrs={"placeholder": _("Par exemple : évaluer à domicile, trouver des aides")}
        ),
    )
    grounds = forms.MultipleChoiceField(
        label=_("Ce qui est difficile"),
        choices=as_choices(GROUND_LABELS),
        widget=forms.CheckboxSelectMultiple,
    )
    why = forms.CharField(
        label=_("Pourquoi"),
        max_length=2000,
        widget=Textarea(attrs={"rows": 4}),
        help_text=_(
            "Le DAC le lit avant de répondre. N’écrivez ni nom ni téléphone : il les lira s’il accepte."
        ),
    )
    consented_on = DayField(label=_("La personne a donné son accord le"))
    means = forms.ChoiceField(label=_("Comment"), choices=MEANS)

    def chosen_grounds(self) -> list[Ground]:
        """Return the grounds of a valid form."""
        return [Ground(one) for one in self.cleaned_data["grounds"]]


class RefusalForm(forms.Form):
    """Why the DAC does not take a request, and where else to turn."""

    refusal = forms.ChoiceField(label=_("Motif"), choices=as_choices(REFUSAL_LABELS))
    elsewhere = forms.CharField(label=_("Vers qui se tourner"), max_length=300)
    text = forms.CharField(
        label=_("Ce que le demandeur doit savoir"),
        max_length=2000,
        required=False,
        widget=Textarea(attrs={"rows": 2}),
    )

    def reason(self) -> Refusal:
        """Return the reason of a valid form."""
        return Refusal(self.cleaned_data["refusal"])


class OutcomeForm(forms.Form):
    """What came of a request."""

    outcome = forms.CharField(label=_("Issue"), max_length=2000, widget=Textarea(attrs={"rows": 3}))


class WithdrawalForm(forms.Form):
    """Why a request is taken back."""

    reason = forms.CharField(label=_("Pourquoi la demande est retirée"), max_length=300)


class PartnerForm(KeyedForm):
    """Who is asked for what, and until when."""

    kind = forms.ChoiceField(label=_("Domaine"), choices=as_choices(PARTNER_LABELS))
    partner = NameField(
        label=_("Partenaire"),
        max_length=120,
        help_text=_("Les structures de l’annuaire sont proposées ; une autre s’écrit en toutes lettres."),
        widget=forms.TextInput(attrs={"list": "known-partners", "autocomplete": "off"}),
    )
    asked = forms.CharField(label=_("Ce qui lui est demandé"), max_length=300)
    expected_on = DayField(label=_("Réponse attendue le"), required=False)

    def chosen_kind(self) -> PartnerKind:
        """Return the kind of a valid form."""
        return PartnerKind(self.cleaned_data["kind"])


class AnswerForm(forms.Form):
    """What a partner answered."""

    request = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)
    answer = forms.ChoiceField(label=_("Réponse"), choices=as_choices(ANSWER_LABELS))
    said = forms.CharField(label=_("Ce qui est répondu"), max_length=500, required=False)

    def chosen(self) -> Answer:
        """Return the answer of a valid form."""
        return Answer(self.cleaned_data["answer"])
