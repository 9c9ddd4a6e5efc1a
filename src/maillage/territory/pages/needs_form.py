"""The weights of the needs index, as fields the reader moves; the address of the page holds them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext as _

from maillage.territory.computations.needs import CRITERIA, MAX_WEIGHT, default_weights


class WeightsForm(forms.Form):
    """One number per criterion, 0 to 10."""

    prefix = "poids"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for criterion in CRITERIA:
            self.fields[criterion.key] = forms.FloatField(
                label=str(criterion.label),
                min_value=0,
                max_value=MAX_WEIGHT,
                widget=forms.NumberInput(attrs={"step": "0.5", "inputmode": "decimal"}),
            )

    def clean(self) -> dict[str, float]:
        """Refuse that every weight be zero."""
        weights: dict[str, float] = super().clean() or {}
        if not self.errors and not any(weights.values()):
            raise forms.ValidationError(
                _("Donnez un poids à un critère au moins : à zéro partout, rien ne se classe.")
            )
        return weights


def read_weights(query: Any) -> tuple[WeightsForm, dict[str, float]]:
    """Return the form to show and the weights to use: the proposed ones where those given are refused."""
    proposed = default_weights()
    filled = {f"{WeightsForm.prefix}-{key}": f"{value:g}" for key, value in proposed.items()}
    given = {name: query[name] for name in filled if query.get(name)}
    form = WeightsForm({**filled, **given})
    return form, form.cleaned_data if form.is_valid() else proposed


def weights_query(weights: dict[str, float]) -> str:
    """Return the query string of weights that are not the proposed ones, empty where all are."""
    proposed = default_weights()
    moved = {
        f"{WeightsForm.prefix}-{key}": f"{value:g}"
        for key, value in weights.items()
        if value != proposed[key]
    }
    return urlencode(moved)
