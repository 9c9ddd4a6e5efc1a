"""The form that receives a table of observed flows."""

from __future__ import annotations

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.kernel.fields import NameField

MAX_BYTES = 10 * 1024 * 1024


class FlowImportForm(forms.Form):
    """A CSV, what it is called and who produced it."""

    name = NameField(
        label=gettext_lazy("Nom du jeu"),
        max_length=120,
        help_text=gettext_lazy("Par exemple « Passages aux urgences 2024 »."),
    )
    source = forms.CharField(
        label=gettext_lazy("Producteur"),
        max_length=200,
        help_text=gettext_lazy("Par exemple « Observatoire régional des urgences »."),
    )
    file = forms.FileField(
        label=gettext_lazy("Fichier CSV"),
        help_text=gettext_lazy("Colonnes : origine, destination, motif, effectif, periode."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse a file too large to be a table of flows of one territory."""
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("Le fichier dépasse 10 Mo : gardez un territoire et une période."))
        return upload
