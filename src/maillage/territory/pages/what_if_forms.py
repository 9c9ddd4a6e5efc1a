"""The forms of the what-if page: one change, the name of a scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.kernel.fields import NameField
from maillage.territory.actions.scenarios import MAX_DELTA
from maillage.territory.computations.supplies import PROFESSIONS, SERVICES

ADD, REMOVE = "add", "remove"


class ChangeForm(forms.Form):
    """One addition or removal; `key` names the request so that a double click changes nothing twice."""

    direction = forms.ChoiceField(
        label=_("Faire quoi"),
        choices=[(ADD, _("Ajouter")), (REMOVE, _("Retirer"))],
        widget=forms.RadioSelect,
        initial=ADD,
    )
    count = forms.IntegerField(label=_("Combien"), min_value=1, max_value=MAX_DELTA, initial=1)
    supply = forms.ChoiceField(
        label=_("De quoi"),
        choices=[
            (_("Professionnels"), [(key, one.label) for key, one in PROFESSIONS.items()]),
            (_("Services"), [(key, one.label) for key, one in SERVICES.items() if key not in PROFESSIONS]),
        ],
    )
    commune = forms.ChoiceField(label=_("Où"), help_text=_("Ou cliquez sur la carte."))
    key = forms.CharField(max_length=64, widget=forms.HiddenInput(attrs={"id": "what-if-key"}))

    def __init__(self, *args: Any, communes: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"].choices = communes  # type: ignore[attr-defined]  # a field of choices

    @property
    def delta(self) -> int:
        """The signed number of units asked for."""
        count: int = self.cleaned_data["count"]
        return count if self.cleaned_data["direction"] == ADD else -count


class SaveForm(forms.Form):
    """The name under which a draft is kept."""

    name = NameField(label=_("Nom du scénario"), max_length=120)


def new_key() -> str:
    """Return a key that no earlier request used."""
    return uuid4().hex
