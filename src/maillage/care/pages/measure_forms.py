"""Forms of measures and of the alert rules on them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from maillage.care.models.measures import CONDITION_LABELS, KIND_LABELS
from maillage.care.queries.measures import kinds
from maillage.care.rules.alerts import ConditionKind
from maillage.care.rules.measures import read_number
from maillage.kernel.choices import as_choices
from maillage.kernel.fields import MomentField
from maillage.people import api as people


class NumberField(forms.CharField):
    """A number as people type it, with a comma or a point."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=12, **options)

    def clean(self, value: Any) -> Any:
        """Return the number, None for an empty field. Raises ValidationError."""
        text: str = super().clean(value)
        if not text:
            return None
        number = read_number(text)
        if number is None:
            raise ValidationError(_now("Écrivez un nombre, par exemple 72,5."))
        return number


class MeasureForm(forms.Form):
    """What was measured, when; a field for each kind, none of them owed."""

    taken_at = MomentField(
        label=_("Prise le"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    confirmed = forms.BooleanField(label=_("C’est bien cela : j’ai relu"), required=False)
    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, asks_again: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kinds = kinds()
        for code, kind in self.kinds.items():
            label = _now("{kind} ({unit})").format(kind=KIND_LABELS[code], unit=kind.unit)
            self.fields[code] = NumberField(label=label, required=False)
        if not asks_again and not self.is_bound:
            del self.fields["confirmed"]

    def values(self) -> dict[str, Decimal]:
        """Return what was measured, by kind, as far as it can be read where another field is refused."""
        said = self.cleaned_data
        return {code: said[code] for code in self.kinds if said.get(code) is not None}

    def moment(self) -> datetime:
        """Return when it was measured, now where that cannot be read."""
        found: datetime | None = self.cleaned_data.get("taken_at")
        return found or timezone.now()

    def measured(self) -> list[forms.BoundField]:
        """Return the fields of what is measured."""
        return [self[code] for code in self.kinds]


class CorrectionForm(forms.Form):
    """The right value, empty to take the measure back, and why."""

    value = NumberField(label=_("Valeur juste"), required=False, help_text=_("Vide : la mesure est retirée."))
    why = forms.CharField(label=_("Pourquoi"), max_length=300)
    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)


class AlertRuleForm(forms.Form):
    """A rule of the plan, read as a sentence."""

    kind = forms.ChoiceField(label=_("Si"), choices=list(KIND_LABELS.items()))
    condition = forms.ChoiceField(label=_("fait cela"), choices=as_choices(CONDITION_LABELS))
    amount = NumberField(label=_("de tant"))
    days = forms.IntegerField(
        label=_("en tant de jours"),
        required=False,
        min_value=1,
        max_value=90,
        help_text=_("Pour une hausse ou une baisse."),
    )
    owner = forms.ChoiceField(label=_("alors une tâche pour"))
    what = forms.CharField(label=_("qui doit"), max_length=200)
    hours = forms.IntegerField(label=_("dans les (heures)"), min_value=1, max_value=720, initial=24)

    def __init__(self, *args: Any, owners: list[tuple[str, str]], **options: Any) -> None:
        options.setdefault("auto_id", "rule-%s")
        super().__init__(*args, **options)
        self.fields["owner"].choices = [("", "–"), *owners]  # type: ignore[attr-defined] # a ChoiceField

    def values(self) -> dict[str, Any]:
        """Return what `draft_rule` takes. Raises ValidationError for an owner who is gone."""
        said = self.cleaned_data
        owner = people.holder_of(said["owner"])
        if owner is None:
            raise ValidationError(_now("Choisissez pour qui est la tâche."))
        return {
            "kind": said["kind"],
            "condition": ConditionKind(said["condition"]),
            "amount": said["amount"],
            "days": said["days"] or 0,
            "owner": owner,
            "what": said["what"],
            "hours": said["hours"],
        }
