"""Forms of an action: what it is, its steps, its money, its proofs, its meetings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.indicators import api as indicators
from maillage.kernel.choices import as_choices
from maillage.kernel.fields import DayField, MomentField
from maillage.kernel.pages.forms import KeyedForm
from maillage.project.models import ACTION_STATE_LABELS, MISSION_LABELS, MONEY_LABELS
from maillage.project.pages import words
from maillage.project.pages.fields import AmountField, ValueField
from maillage.project.pages.forms import DocumentField, VersionedForm, long_text


class LeadField(forms.ChoiceField):
    """Who carries something: an account of the territory, a sheet of the directory, or nobody yet."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(**options)


class _Said(forms.Form):
    """What an action is."""

    title = forms.CharField(label=_("Action"), max_length=160)
    mission = forms.ChoiceField(label=_("Mission"), choices=as_choices(MISSION_LABELS))
    said = long_text(_("En clair"), 4000)
    partners = forms.CharField(
        label=_("Partenaires"), max_length=400, required=False, help_text=_("Qui y prend part, et pour quoi.")
    )
    starts_on = DayField(label=_("Commence le"))
    ends_on = DayField(label=_("Finit le"), required=False)
    indicator = forms.CharField(
        label=_("Effet attendu : indicateur"),
        max_length=160,
        required=False,
        help_text=_("Un indicateur du catalogue, ou le nom d’un indicateur à vous."),
        widget=forms.TextInput({"list": "indicators", "autocomplete": "off"}),
    )
    indicator_unit = forms.CharField(
        label=_("Unité"), max_length=60, required=False, help_text=_("« % », « jours »…")
    )
    reference = ValueField(label=_("Valeur de départ"), required=False)
    target = ValueField(label=_("Cible"), required=False)
    target_on = DayField(label=_("Cible pour le"), required=False)

    def clean_indicator(self) -> str:
        """Return the key of an indicator of the catalogue, or the name of one's own."""
        return words.indicator_key(self.cleaned_data["indicator"])

    @property
    def known_indicators(self) -> list[str]:
        """The names that the field proposes."""
        return [str(one.label) for one in indicators.CATALOGUE]


class ActionForm(_Said, KeyedForm):
    """An action to add."""

    lead = LeadField(label=_("Pilote"))

    def __init__(self, *args: Any, leads: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["lead"].choices = [("", _("à désigner")), *leads]  # type: ignore[attr-defined]  # a field of choices


class ActionChangeForm(_Said, VersionedForm):
    """An action as it is read."""


class ActionStateForm(VersionedForm):
    """Where an action stands, and what was done."""

    state = forms.ChoiceField(label=_("État"), choices=as_choices(ACTION_STATE_LABELS))
    outcome = long_text(_("Ce qui a été fait"), 4000)


class StepForm(KeyedForm):
    """A step to add."""

    title = forms.CharField(label=_("Étape"), max_length=160)
    due_on = DayField(label=_("Avant le"))
    lead = LeadField(label=_("Qui"))

    def __init__(self, *args: Any, leads: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["lead"].choices = [("", _("le pilote de l’action")), *leads]  # type: ignore[attr-defined]  # a field of choices


class _Declared(forms.Form):
    """What is spent is declared where no accounts are kept; elsewhere it is read there, and not asked."""

    def __init__(self, *args: Any, is_declared: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_declared:
            del self.fields["spent"]


class MoneyForm(_Declared, KeyedForm):
    """A line of a budget to add."""

    source = forms.ChoiceField(label=_("Financeur"), choices=as_choices(MONEY_LABELS))
    label = forms.CharField(label=_("Pour quoi"), max_length=160)
    asked = AmountField(label=_("Demandé, en €"))
    granted = AmountField(label=_("Accordé, en €"), required=False, help_text=_("Vide : sans réponse."))
    spent = AmountField(label=_("Dépensé, en €"), required=False)


class MoneyChangeForm(_Declared, VersionedForm):
    """The amounts of a line."""

    asked = AmountField(label=_("Demandé, en €"))
    granted = AmountField(label=_("Accordé, en €"), required=False)
    spent = AmountField(label=_("Dépensé, en €"), required=False)


class EvidenceForm(KeyedForm):
    """A proof to keep."""

    label = forms.CharField(label=_("Preuve"), max_length=200)
    on = DayField(label=_("Date"))
    url = forms.CharField(
        label=_("Adresse"),
        max_length=300,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    document = DocumentField()


class MeetingForm(KeyedForm):
    """A meeting to call about an action."""

    starts_at = MomentField(
        label=_("Jour et heure"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    length = forms.IntegerField(label=_("Durée, en minutes"), min_value=5, max_value=720, initial=60)
    place = forms.CharField(label=_("Lieu"), max_length=200, required=False)
    video_url = forms.CharField(
        label=_("Lien de visioconférence"),
        max_length=300,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
