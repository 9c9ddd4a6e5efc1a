"""Forms of a task."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CloseForm(forms.Form):
    """What was done."""

    outcome = forms.CharField(label=_("Ce qui a été fait"), max_length=2000, required=False)


class CancelForm(forms.Form):
    """Why it is no longer to do."""

    reason = forms.CharField(label=_("Pourquoi ce n’est plus à faire"), max_length=2000)


class TransferForm(forms.Form):
    """To whom it passes, and why."""

    to = forms.ChoiceField(label=_("À qui"))
    reason = forms.CharField(label=_("Pourquoi (facultatif)"), max_length=2000, required=False)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].choices = [("", "–"), *choices]  # type: ignore[attr-defined] # a ChoiceField, above
