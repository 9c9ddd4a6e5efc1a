"""Forms of an agreement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.fields import DayField, NameField
from maillage.kernel.pages.forms import KeyedForm
from maillage.project.models import AGREEMENT_LABELS
from maillage.project.pages.forms import DocumentField, VersionedForm, long_text
from maillage.territory import api as territory


class _Said(forms.Form):
    """What an agreement says."""

    title = forms.CharField(label=_("Titre"), max_length=160)
    text = long_text(_("Texte"), 12000, 14, required=True)
    starts_on = DayField(label=_("Du"))
    ends_on = DayField(label=_("Au"), required=False, help_text=_("Vide : sans date de fin."))
    is_tacit = forms.BooleanField(label=_("Reconduite tacitement"), required=False)
    renewal_months = forms.IntegerField(
        label=_("Reconduite pour, en mois"), min_value=0, max_value=120, initial=12
    )
    notice_days = forms.IntegerField(label=_("Préavis, en jours"), min_value=0, max_value=730, initial=90)


class AgreementForm(_Said, KeyedForm):
    """An agreement to write."""

    where = forms.ChoiceField(label=_("Territoire"))
    kind = forms.ChoiceField(label=_("Nature"), choices=as_choices(AGREEMENT_LABELS))
    field_order: Sequence[str] = ("where", "kind", "title")

    def __init__(self, *args: Any, places: Sequence[territory.Territory], **options: Any) -> None:
        super().__init__(*args, **options)
        self.places = {str(one.pk): one for one in places}
        where = self.fields["where"]
        where.choices = [(str(one.pk), one.name) for one in places]  # type: ignore[attr-defined]  # a field of choices
        if len(places) == 1:
            where.widget, where.initial = forms.HiddenInput(), str(places[0].pk)

    @property
    def place(self) -> territory.Territory:
        """The territory chosen, once the form is valid."""
        return self.places[self.cleaned_data["where"]]


class AgreementChangeForm(_Said, VersionedForm):
    """An agreement as it is read."""


class PartyForm(forms.Form):
    """A party by its name."""

    name = NameField(label=_("Nom"), max_length=160)


class SignForm(forms.Form):
    """The day of the signature, and the signed copy."""

    signed_on = DayField(label=_("Signée le"))
    document = DocumentField(label=_("Exemplaire signé"))


class CopyForm(forms.Form):
    """A page of the signed copy."""

    document = DocumentField(label=_("Exemplaire signé"))


class EndForm(forms.Form):
    """The end of an agreement."""

    ended_on = DayField(label=_("Résiliée le"))
    reason = forms.CharField(label=_("Motif"), max_length=300)
