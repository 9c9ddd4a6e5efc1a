"""Forms of the directory's pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maillage.directory.models import (
    FUNCTION_LABELS,
    PROFESSION_LABELS,
    SECTOR_LABELS,
    Membership,
    Professional,
    ProfessionalQuerySet,
    Structure,
)
from maillage.directory.queries import memberships_of, professionals_in
from maillage.directory.queries.professionals import offer_of
from maillage.directory.queries.vocabulary import language_names
from maillage.directory.rules.extractions import Format
from maillage.kernel.choices import as_choices
from maillage.kernel.fields import DayField, NameField, PhoneField
from maillage.kernel.sourced_rules import rule
from maillage.territory import api as territory

LARGEST_FILE = 60 * 1024 * 1024
"""Bytes: an extraction of a few départements; the national file is cut before it is sent."""
_DEPARTEMENT = re.compile(r"(?:\d{2,3}|2[AB])")
_FLAGS = ("new_patients", "home_visits", "remote")
_STRETCH = re.compile(r"(\d{1,2})[h:](\d{2})?\s*-\s*(\d{1,2})[h:](\d{2})?", re.IGNORECASE)


class ContactForm(forms.Form):
    """How a professional is reached."""

    phone = PhoneField(label=_("Téléphone"), required=False, short_codes=True)
    mssante = forms.EmailField(label=_("Messagerie sécurisée de santé (MSSanté)"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Langues parlées"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, data: Any = None, *, professional: Professional) -> None:
        initial = {
            "phone": professional.phone,
            "mssante": professional.mssante,
            "languages": list(professional.spoken),
        }
        super().__init__(data, initial=initial)
        self.fields["phone"].kept = professional.phone  # type: ignore[attr-defined]  # a field of a telephone
        self.fields["languages"].choices = list(language_names().items())  # type: ignore[attr-defined]  # a field of choices

    def values(self) -> dict[str, str]:
        """Return the fields as the sheet stores them."""
        codes = " ".join(self.cleaned_data["languages"])
        return {**self.cleaned_data, "languages": f" {codes} "}


class IdentityForm(forms.Form):
    """Who a professional is, and why it is corrected."""

    last_name = NameField(label=_("Nom d’exercice"), max_length=80)
    first_name = NameField(label=_("Prénom d’exercice"), max_length=80, required=False)
    profession = forms.ChoiceField(
        label=_("Profession"),
        required=False,
        choices=[("", _("aucune profession de santé")), *as_choices(PROFESSION_LABELS)],
    )
    #: In the words of the ANS, which are French.
    specialty = forms.ChoiceField(
        label=_("Spécialité"), required=False, widget=forms.Select(attrs={"lang": "fr"})
    )
    rpps = forms.CharField(
        label=_("Numéro RPPS"),
        max_length=20,
        required=False,
        help_text=_("11 chiffres, sur la carte CPS ou dans l’Annuaire Santé ; vide s’il n’est pas connu."),
    )

    def __init__(self, *args: Any, professional: Professional | None = None, **options: Any) -> None:
        names = ("last_name", "first_name", "profession", "specialty", "rpps")
        if professional is not None:
            options["initial"] = {name: getattr(professional, name) for name in names}
        super().__init__(*args, **options)
        known = rule("directory.vocabulary.specialties").value
        kept = getattr(professional, "specialty", "") if professional else ""
        codes = known if not kept or kept in known else {kept: kept, **known}
        choices = [("", _("aucune")), *codes.items()]
        self.fields["specialty"].choices = choices  # type: ignore[attr-defined]  # a field of choices


class CorrectionForm(IdentityForm):
    """The same, with where the correction comes from."""

    reason = forms.CharField(
        label=_("D’où vient la correction"),
        max_length=500,
        help_text=_("Le motif est gardé au journal. Aucun import ne changera plus cette identité."),
    )


class NewProfessionalForm(IdentityForm):
    """The same, with how to reach somebody and the structure they belong to."""

    structure = forms.ModelChoiceField(Structure.objects.none(), label=_("Structure"))
    function = forms.ChoiceField(label=_("Fonction"), choices=as_choices(FUNCTION_LABELS))
    phone = PhoneField(label=_("Téléphone"), required=False, short_codes=True)
    is_another = forms.BooleanField(label=_("C’est une autre personne que celles affichées"), required=False)

    def __init__(self, *args: Any, structures: QuerySet[Structure], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["structure"].queryset = structures  # type: ignore[attr-defined]  # a field of rows


class OfferForm(forms.Form):
    """What a professional offers at one structure."""

    _unknown = [("", _("non renseigné")), ("yes", _("oui")), ("no", _("non"))]
    new_patients = forms.ChoiceField(label=_("Prend de nouveaux patients"), choices=_unknown, required=False)
    home_visits = forms.ChoiceField(label=_("Visites à domicile"), choices=_unknown, required=False)
    remote = forms.ChoiceField(label=_("Téléconsultation"), choices=_unknown, required=False)
    sector = forms.ChoiceField(
        label=_("Convention"),
        choices=[(sector.value, label) for sector, label in SECTOR_LABELS.items()],
        required=False,
    )
    age_min = forms.IntegerField(label=_("Âge minimal"), min_value=0, max_value=120, required=False)
    age_max = forms.IntegerField(label=_("Âge maximal"), min_value=0, max_value=120, required=False)
    motives = forms.CharField(
        label=_("Motifs acceptés"),
        required=False,
        max_length=300,
        help_text=_("Séparés par des virgules ; vide : tous."),
    )

    def __init__(self, data: Any = None, *, membership: Membership) -> None:
        offer = offer_of(membership)
        initial: dict[str, Any] = {}
        if offer is not None:
            initial = {
                name: _word(getattr(offer, name)) for name in ("new_patients", "home_visits", "remote")
            }
            initial |= {"sector": offer.sector, "age_min": offer.age_min, "age_max": offer.age_max}
            initial["motives"] = ", ".join(offer.motives)
        super().__init__(data, initial=initial)
        rows = offer.hours.all() if offer else []
        for day, label in enumerate(_DAYS):
            stretches = [f"{row.opens_at:%H:%M}-{row.closes_at:%H:%M}" for row in rows if row.weekday == day]
            self.fields[f"day_{day}"] = forms.CharField(
                label=label,
                required=False,
                max_length=60,
                initial=", ".join(stretches),
                help_text=_("Comme 8h30-12h, 14h-18h30 ; vide : fermé.") if day == 0 else "",
            )

    def clean(self) -> dict[str, Any]:
        """Check the ages, and read the hours of each day."""
        cleaned = super().clean() or {}
        low, high = cleaned.get("age_min"), cleaned.get("age_max")
        if low is not None and high is not None and low > high:
            self.add_error("age_max", gettext("L’âge maximal est inférieur à l’âge minimal."))
        self.hours: list[tuple[int, time, time]] = []
        for day in range(7):
            try:
                self.hours += [
                    (day, opens, closes) for opens, closes in read_hours(cleaned.get(f"day_{day}", ""))
                ]
            except ValidationError as error:
                self.add_error(f"day_{day}", error)
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return the fields as the offer stores them."""
        asked = self.cleaned_data
        flags = {name: _flag(asked[name]) for name in ("home_visits", "remote")}
        motives = [word.strip() for word in asked["motives"].split(",") if word.strip()]
        kept = {name: asked[name] for name in ("sector", "age_min", "age_max")}
        return {**flags, **kept, "motives": motives}

    def new_patients_said(self) -> bool | None:
        """Return whether new patients are taken, None where it was not said."""
        return _flag(self.cleaned_data["new_patients"])


class WelcomeForm(forms.Form):
    """Who arrives, and who goes with them; people are named by the number of their sheet."""

    professional = forms.ModelChoiceField(Professional.objects.none(), label=_("Nouvel arrivant"))
    mentor = forms.ModelChoiceField(
        Professional.objects.none(),
        label=_("Parrain ou marraine"),
        required=False,
        empty_label=_("à choisir"),
    )
    started_on = DayField(label=_("Arrivé le"))

    def __init__(self, data: Any = None, *, place: territory.Territory) -> None:
        super().__init__(data, initial={"started_on": timezone.localdate()})
        here = professionals_in(territory.member_codes(place)).order_by("search_name")
        for name in ("professional", "mentor"):
            self.fields[name].queryset = here  # type: ignore[attr-defined]  # a field of rows
            self.fields[name].label_from_instance = _homonym_labels(here)  # type: ignore[attr-defined]  # a field of rows


def _homonym_labels(people: ProfessionalQuerySet) -> Callable[[Professional], str]:
    """Return how a picker names each: with the profession and the commune, which tell homonyms apart."""
    known: dict[int, list[Membership]] = {}

    def label(one: Professional) -> str:
        if not known:
            known.update(memberships_of(people))
        sites = [member.place or member.structure for member in known.get(one.pk, [])]
        commune = next((site.commune.name for site in sites if site.commune), "")
        return ", ".join(filter(None, (one.name, one.profession_name, commune)))

    return label


class ImportForm(forms.Form):
    """A national file, and what to keep of it."""

    format = forms.ChoiceField(
        label=_("Fichier"),
        choices=[
            (Format.ANNUAIRE.value, _("Annuaire Santé (texte)")),
            (Format.FINESS.value, _("FINESS (CSV) ou FINESS+ (JSON)")),
        ],
    )
    file = forms.FileField(
        label=_("Fichier à lire"), allow_empty_file=True, help_text=_("Tel que publié : texte, GZ ou ZIP.")
    )
    extracted_on = DayField(label=_("Date de l’extraction"))
    departements = forms.CharField(
        label=_("Départements à garder"),
        required=False,
        max_length=60,
        help_text=_("Comme 71 03 ; vide : toutes les communes du jeu de données."),
    )

    def clean_file(self) -> Any:
        """Refuse a file too large to be read in one go."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise ValidationError(
                gettext("Ce fichier dépasse 60 Mo : gardez-en d’abord les lignes de vos départements.")
            )
        return file

    def clean_extracted_on(self) -> Any:
        """Refuse a day that is not yet."""
        day = self.cleaned_data["extracted_on"]
        if day > timezone.localdate():
            raise ValidationError(gettext("Cette date est à venir."))
        return day

    def clean_departements(self) -> tuple[str, ...]:
        """Return the codes asked for."""
        codes = self.cleaned_data["departements"].upper().replace(",", " ").split()
        for code in codes:
            if not _DEPARTEMENT.fullmatch(code):
                raise ValidationError(gettext("« %s » n’est pas un code de département.") % code)
        return tuple(codes)


_DAYS = (
    _("Lundi"), _("Mardi"), _("Mercredi"), _("Jeudi"), _("Vendredi"), _("Samedi"), _("Dimanche"),
)  # fmt: skip


def read_hours(text: str) -> list[tuple[time, time]]:
    """Read « 8h30-12h, 14h-18h30 » as pairs of times. Raises ValidationError."""
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _STRETCH.fullmatch(part)
        try:
            if match is None:
                raise ValueError(part)
            opens, opens_minute, closes, closes_minute = (int(group or 0) for group in match.groups())
            found.append((time(opens, opens_minute), time(closes, closes_minute)))
        except ValueError:
            raise ValidationError(gettext("« %s » ne se lit pas : écrivez 8h30-12h.") % part) from None
    return found


def _word(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


def _flag(word: str) -> bool | None:
    return None if word == "" else word == "yes"
