"""Forms of a network's pathway: which network, one step, why it closes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.care.models import NETWORK_LABELS
from maillage.care.rules.networks import Network
from maillage.kernel.fields import DayField, NameField
from maillage.kernel.models import Person
from maillage.kernel.pages.forms import KeyedForm


class OpenForm(KeyedForm):
    """Which network a pathway follows."""

    network = forms.ChoiceField(label=_("Filière"))

    def __init__(self, *args: Any, opened: Collection[Network], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["network"].choices = [  # type: ignore[attr-defined]  # a field of choices
            (one.value, NETWORK_LABELS[one]) for one in Network if one not in opened
        ]


class StepForm(forms.Form):
    """Who carries a step, before when, and when it was done."""

    owner = forms.ChoiceField(label=_("Qui"))
    due_on = DayField(label=_("À faire avant le"))
    done_on = DayField(label=_("Faite le"), required=False)
    words = NameField(label=_("Précision"), max_length=300, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, carriers: list[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        self.carriers = {str(one.pk): one for one in carriers}
        self.fields["owner"].choices = [(key, str(one)) for key, one in self.carriers.items()]  # type: ignore[attr-defined]  # a field of choices

    def values(self) -> dict[str, Any]:
        """Return what `write_step` takes beside who writes and the step."""
        return self.cleaned_data | {"owner": self.carriers[self.cleaned_data["owner"]]}


class CloseForm(forms.Form):
    """Why a pathway closes."""

    why = NameField(label=_("Pourquoi fermer ce parcours"), max_length=300)
