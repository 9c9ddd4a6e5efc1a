"""The form that draws a perimeter: groups, a pasted list and clicks on the map all fill one list of codes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from maillage.kernel.fields import NameField, Textarea
from maillage.territory import queries
from maillage.territory.models import KIND_LABELS, Territory
from maillage.territory.rules.kinds import TerritoryKind


class PerimeterForm(forms.Form):
    """The communes of a territory; `warnings` says what was mended without asking."""

    codes = forms.CharField(
        label=gettext_lazy("Codes INSEE des communes"),
        help_text=gettext_lazy(
            "Un code par ligne, ou un tableau collé depuis un tableur (colonne « code » ou « insee »). "
            "Les regroupements et les clics sur la carte s’ajoutent ici."
        ),
        widget=Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.warnings: list[str] = []

    def clean_codes(self) -> tuple[str, ...]:
        read = queries.read_codes(self.cleaned_data["codes"])
        self.warnings = read.warnings
        if read.refusals:
            raise forms.ValidationError(read.refusals)
        return read.codes


class NewTerritoryForm(PerimeterForm):
    """A new territory."""

    name = NameField(label=gettext_lazy("Nom"), max_length=120)
    kind = forms.ChoiceField(
        label=gettext_lazy("Nature"), choices=[(kind.value, label) for kind, label in KIND_LABELS.items()]
    )
    parent = forms.ModelChoiceField(
        label=gettext_lazy("Territoire parent"),
        queryset=Territory.objects.all(),
        required=False,
        empty_label=gettext_lazy("aucun"),
    )
    is_constructed = forms.BooleanField(
        label=gettext_lazy("Périmètre construit pour l’analyse, et non celui d’une structure officielle"),
        required=False,
    )

    field_order = ("name", "kind", "parent", "is_constructed", "codes")

    def clean_kind(self) -> TerritoryKind:
        return TerritoryKind(self.cleaned_data["kind"])


class ChangeForm(PerimeterForm):
    """A change of a territory's name, note or communes; the reason goes to the journal."""

    name = NameField(label=gettext_lazy("Nom"), max_length=120)
    note = forms.CharField(
        label=gettext_lazy("Note affichée avec le territoire"),
        required=False,
        max_length=500,
        widget=Textarea(attrs={"rows": 2}),
    )
    reason = forms.CharField(label=gettext_lazy("Motif du changement"), required=False, max_length=200)

    field_order = ("name", "note", "codes", "reason")


def with_group(data: QueryDict, choice: str) -> QueryDict:
    """Return the posted form with the communes of a group, written « epci:200071884 », added to its codes."""
    filled = data.copy()
    filled["codes"] = queries.with_group(data.get("codes", ""), choice)
    return filled
