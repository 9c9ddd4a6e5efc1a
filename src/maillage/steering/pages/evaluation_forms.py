"""The form of an evaluation: what was done, what was measured, and the table of measures."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel.fields import Textarea
from maillage.kernel.models import Scope
from maillage.kernel.pages.forms import KeyedForm
from maillage.steering.models import BETTER_LABELS
from maillage.steering.pages.evaluation_words import said_of
from maillage.steering.rules.directions import Better
from maillage.steering.rules.panels import MOST_CHARACTERS, TableError, read_table

_EXAMPLE = "unité;période;valeur;début\nMarcigny;2024-01;12,4;2024-07\nDigoin;2024-01;11,8;"


class EvaluationForm(KeyedForm):
    """Texts and a table, pasted or sent as a file."""

    where = forms.ChoiceField(label=lazy("Territoire"))
    title = forms.CharField(
        label=lazy("Titre"), max_length=120, help_text=lazy("Par exemple : « Permanence du soir à Digoin ».")
    )
    described = forms.CharField(
        label=lazy("La mesure prise"),
        max_length=2000,
        widget=Textarea({"rows": 3}),
        help_text=lazy("Ce qui a commencé, où, depuis quand, et ce qui a changé d’autre au même moment."),
    )
    outcome = forms.CharField(
        label=lazy("Ce qui est mesuré"),
        max_length=120,
        help_text=lazy("Par exemple : « passages aux urgences sans hospitalisation »."),
    )
    unit = forms.CharField(
        label=lazy("Unité"),
        max_length=60,
        required=False,
        help_text=lazy("« pour 1 000 habitants », « jours »…"),
    )
    better = forms.ChoiceField(
        label=lazy("Sens"),
        choices=[(one.value, BETTER_LABELS[one]) for one in Better],
        initial=Better.LOWER.value,
    )
    source = forms.CharField(
        label=lazy("Source des données"), max_length=300, help_text=lazy("D’où elles viennent, et leur date.")
    )
    table = forms.CharField(
        label=lazy("Mesures"),
        max_length=MOST_CHARACTERS,
        required=False,
        widget=Textarea({"rows": 8, "spellcheck": "false", "placeholder": _EXAMPLE}),
        help_text=lazy(
            "Une ligne par unité et par période : unité, période (2024, 2024-T1 ou 2024-03), valeur, début. "
            "« Début » est la première période de la mesure pour cette unité ; vide, l’unité sert à comparer."
        ),
    )
    file = forms.FileField(label=lazy("Ou un fichier CSV"), required=False, allow_empty_file=True)

    def __init__(self, *args: Any, scopes: list[Scope], **options: Any) -> None:
        super().__init__(*args, **options)
        self.scopes = {str(one.pk): one for one in scopes}
        where = self.fields["where"]
        where.choices = [(str(one.pk), one.label) for one in scopes]  # type: ignore[attr-defined]  # a field of choices
        if len(scopes) == 1:
            where.widget = forms.HiddenInput()
            where.initial = str(scopes[0].pk)

    def clean_file(self) -> str:
        """Return the text of the file, empty where none was sent."""
        sent: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if sent is None:
            return ""
        if (sent.size or 0) > MOST_CHARACTERS:
            raise ValidationError(_("Ce fichier est trop grand : 2 Mo au plus."))
        content: bytes = sent.read()
        for encoding in ("utf-8-sig", "cp1252"):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
        raise ValidationError(_("Ce fichier n’est pas un texte : enregistrez le tableau au format CSV."))

    def clean(self) -> dict[str, Any]:
        """Read the table: every defect is said, with its line."""
        data = super().clean() or {}
        if "table" not in data or "file" not in data:
            return data
        where = "file" if data["file"] else "table"
        try:
            data["measures"] = read_table(data["file"] or data["table"])
        except TableError as error:
            self.add_error(where, [said_of(one) for one in error.found])
        return data

    @property
    def scope(self) -> Scope:
        """The territory chosen, once the form is valid."""
        return self.scopes[self.cleaned_data["where"]]
