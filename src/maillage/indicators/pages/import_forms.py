"""The form of an import: which folder of the deposit, in which form, for which months."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.indicators.models import FORM_LABELS
from maillage.indicators.rules.files import Form
from maillage.indicators.rules.periods import Period, last_months, read_period
from maillage.kernel.pages.forms import KeyedForm


class ImportForm(KeyedForm):
    """A folder of the deposit, checked whole when it is sent."""

    folder = forms.ChoiceField(
        label=lazy("Dossier"),
        help_text=lazy("Un dossier de fichiers, posé dans le dépôt de ce territoire sur le serveur."),
    )
    form = forms.ChoiceField(
        label=lazy("Forme"),
        choices=[(one.value, FORM_LABELS[one]) for one in Form],
        initial=Form.FLAT.value,
        help_text=lazy("La forme simple est décrite plus bas ; OMOP est le modèle commun, version 5.4."),
    )
    period = forms.CharField(
        label=lazy("Période"),
        max_length=20,
        help_text=lazy("2026, 2026-T3, 2026-03, ou du premier au dernier mois : 2025-01_2026-06."),
    )
    title = forms.CharField(
        label=lazy("D’où viennent les données"),
        max_length=120,
        help_text=lazy("« SNDS, extraction de mars 2026 »."),
    )
    replaces = forms.BooleanField(
        label=lazy("Remplacer l’import qui couvre déjà cette période"), required=False
    )

    def __init__(self, *args: Any, folders: list[Path], today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.folders = {one.name: one for one in folders}
        self.fields["folder"].choices = [(name, name) for name in self.folders]  # type: ignore[attr-defined]  # a field of choices
        self.fields["period"].initial = last_months(today).written

    def clean_period(self) -> Period:
        """Return the months. Raises ValidationError for what is no period."""
        found = read_period(self.cleaned_data["period"].strip())
        if found is None:
            raise forms.ValidationError(
                _(
                    "« {given} » n’est pas une période : écrivez 2026, 2026-T3, 2026-03 ou 2025-01_2026-06."
                ).format(given=self.cleaned_data["period"])
            )
        return found

    @property
    def path(self) -> Path:
        """The folder chosen, once the form is valid."""
        return self.folders[self.cleaned_data["folder"]]
