"""The forms by which a data pack is asked for and imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.kernel.fields import Textarea
from maillage.territory.actions.pack_works import AUTOMATIC, Given, WorkRefusedError, refuse_given
from maillage.territory.packs.building import Source, UnknownSourceError, UnknownTerritoryError, sources
from maillage.territory.queries.asked import Asked, read_asked
from maillage.territory.rules.pack_works import PackPart

ROADS = PackPart.ROADS.value
PART_LABELS = {
    PackPart.FINESS: gettext_lazy("Les établissements (FINESS)"),
    PackPart.ANNUAIRE: gettext_lazy("Les professionnels (Annuaire Santé)"),
    PackPart.ROADS: gettext_lazy("Les routes (OpenStreetMap)"),
}


@dataclass(frozen=True, slots=True)
class SourceFields:
    """A source, and the two fields by which something else is given for it."""

    source: Source
    address: forms.BoundField
    file: forms.BoundField

    @property
    def is_open(self) -> bool:
        """Whether one of them holds something, or is refused."""
        return bool(self.address.value() or self.address.errors or self.file.errors)


class PrepareForm(forms.Form):
    """A territory in plain words, and what is given for a source in place of its known address."""

    territory = forms.CharField(
        label=gettext_lazy("Territoire"),
        max_length=2000,
        help_text=gettext_lazy(
            "Départements, régions ou EPCI, par leur nom ou leur code, séparés par des virgules : "
            "Saône-et-Loire, 03 ; Bretagne ; 200071884 ; france."
        ),
        widget=Textarea(attrs={"rows": 2, "spellcheck": "false", "autocomplete": "off"}),
    )
    roads = forms.BooleanField(
        label=gettext_lazy("Suivre aussi les routes : extrait OpenStreetMap de la région (100 Mo à 1 Go)"),
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._sources = sources()
        for one in self._sources:
            self.fields[f"address_{one.key}"] = forms.CharField(
                label=format_lazy("{} ({})", gettext_lazy("Adresse à la place"), one.key),
                required=False,
                max_length=1000,
                widget=forms.TextInput(attrs={"placeholder": "https://…", "inputmode": "url"}),
            )
            self.fields[f"file_{one.key}"] = forms.FileField(
                label=format_lazy("{} ({})", gettext_lazy("Ou fichier à envoyer"), one.key),
                required=False,
                allow_empty_file=True,
            )

    @property
    def sources(self) -> list[SourceFields]:
        """The sources, those without which there is no pack first."""
        found = [
            SourceFields(one, self[f"address_{one.key}"], self[f"file_{one.key}"]) for one in self._sources
        ]
        return sorted(found, key=lambda one: not one.source.required)

    @property
    def is_open(self) -> bool:
        """Whether something is given for a source, or refused."""
        return any(one.is_open for one in self.sources)

    def clean_territory(self) -> Asked:
        try:
            return read_asked(self.cleaned_data["territory"])
        except UnknownTerritoryError as error:
            raise forms.ValidationError(str(error).splitlines()) from error

    def clean(self) -> dict[str, Any]:
        """Gather what is given, and refuse two things for one source, or roads that no one file has."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        given = []
        for one in self._sources:
            address, file = cleaned.get(f"address_{one.key}", ""), cleaned.get(f"file_{one.key}")
            if not address and file is None:
                continue
            if address and file is not None:
                self.add_error(f"address_{one.key}", _("Une adresse ou un fichier, pas les deux."))
                continue
            offered = Given(one.key, address=address, file=file)
            try:
                if address == AUTOMATIC:
                    raise WorkRefusedError(_("Écrivez une adresse en https://."))
                refuse_given(offered)
            except WorkRefusedError as error:
                self.add_error(f"{'file' if file is not None else 'address'}_{one.key}", str(error))
            else:
                given.append(offered)
        if cleaned.get("roads") and not any(one.source == ROADS for one in given):
            self._refuse_roads(cleaned.get("territory"))
            given.append(Given(ROADS, address=AUTOMATIC))
        cleaned["given"] = given
        return cleaned

    def _refuse_roads(self, asked: Asked | None) -> None:
        if asked is None or asked.departements is None:
            return
        try:
            sources([f"{ROADS}={AUTOMATIC}"], asked.departements)
        except UnknownSourceError:
            self.add_error(
                "roads",
                _(
                    "Ce territoire demande plusieurs extraits, ou aucun n’est connu : réunissez-les, puis "
                    "envoyez le résultat pour la source « roads », plus bas."
                ),
            )


class ImportPackForm(forms.Form):
    """Which parts of a pack to take in with its tables."""

    wanted = forms.MultipleChoiceField(
        label=gettext_lazy("Importer aussi"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, parts: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        known = [(part.value, label) for part, label in PART_LABELS.items() if part.value in parts]
        self.fields["wanted"].choices = known  # type: ignore[attr-defined]  # a field of choices
        self.fields["wanted"].initial = [value for value, _label in known]
