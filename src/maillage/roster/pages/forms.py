"""Forms of the roster's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from maillage.directory.api import PROFESSION_LABELS, Profession
from maillage.kernel.fields import DayField, NameField, Textarea
from maillage.roster.models import KIND_LABELS, Sector, Volunteer
from maillage.roster.models.sectors import SECTOR_KIND_LABELS
from maillage.roster.pages.wording import CALENDARS, hours_of
from maillage.roster.rules.blocks import LEGAL, OPTIONAL, BlockKind, Hours, Period
from maillage.roster.rules.vocabulary import SectorKind
from maillage.territory import api as territory
from maillage.territory.api import HolidayCalendar

MOST_SEATS = 9
HOLIDAYS = "holidays"
DAYS = (
    ("0", _("lundi")), ("1", _("mardi")), ("2", _("mercredi")), ("3", _("jeudi")), ("4", _("vendredi")),
    ("5", _("samedi")), ("6", _("dimanche")), (HOLIDAYS, _("jours fériés")),
)  # fmt: skip
ON_CALL = (
    Profession.PHYSICIAN, Profession.NURSE, Profession.PHARMACIST, Profession.PHYSIOTHERAPIST,
    Profession.MIDWIFE, Profession.DENTIST,
)  # fmt: skip
WISHES = (("any", _("indifférent")), ("yes", _("souhaitée")), ("no", _("à éviter")))


class SectorForm(forms.Form):
    """What a sector is; `warnings` says what was mended in the list of communes without asking."""

    place = forms.ModelChoiceField(
        territory.Territory.objects.none(), label=_("Territoire"), empty_label=None
    )
    name = NameField(label=_("Nom du secteur"), max_length=120)
    seats = forms.IntegerField(label=_("Personnes par plage"), min_value=1, max_value=MOST_SEATS, initial=1)
    kind = forms.ChoiceField(
        label=_("Nature de la garde"),
        required=False,
        choices=[(one.value, label) for one, label in SECTOR_KIND_LABELS.items()],
        initial=SectorKind.PDSA.value,
        help_text=_(
            "La permanence des soins suit les plages et les étapes de la loi ; une garde partagée (soins non "
            "programmés en journée, infirmiers, pharmaciens…) a ses propres horaires."
        ),
    )
    profession = forms.ChoiceField(
        label=_("Qui la tient"),
        required=False,
        choices=[(one.value, label) for one, label in PROFESSION_LABELS.items() if one in ON_CALL],
        initial=Profession.PHYSICIAN.value,
    )
    days = forms.MultipleChoiceField(
        label=_("Jours de la garde partagée"),
        required=False,
        choices=DAYS,
        widget=forms.CheckboxSelectMultiple,
    )
    starts = forms.TimeField(
        label=_("De"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=_("À"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    options = forms.MultipleChoiceField(
        label=_("Plages facultatives"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nuits, dimanches et jours fériés sont toujours couverts."),
    )
    calendar = forms.ChoiceField(
        label=_("Jours fériés"),
        required=False,
        choices=[
            ("", _("ceux du département des communes")),
            *((one.value, label) for one, label in CALENDARS.items()),
        ],
    )
    codes = forms.CharField(
        label=_("Codes INSEE des communes"),
        help_text=_(
            "Un code par ligne, ou un tableau collé depuis un tableur (colonne « code » ou « insee »). "
            "Les regroupements et les clics sur la carte s’ajoutent ici."
        ),
        widget=Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, places: QuerySet[territory.Territory], sector: Sector | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.warnings: list[str] = []
        if sector is None:
            self.fields["place"].queryset = places  # type: ignore[attr-defined]  # a field of rows
        else:
            for name in ("place", "kind", "profession"):
                del self.fields[name]
        self.sector = sector
        self.fields["options"].choices = [  # type: ignore[attr-defined]  # a field of choices
            (kind.value, f"{KIND_LABELS[kind]}, {hours_of(kind)}") for kind in BlockKind if kind in OPTIONAL
        ]

    def clean_codes(self) -> list[territory.Commune]:
        read = territory.read_codes(self.cleaned_data["codes"])
        self.warnings = read.warnings
        if read.refusals:
            raise forms.ValidationError(read.refusals)
        return list(territory.Commune.objects.filter(pk__in=read.codes))

    @property
    def is_shared(self) -> bool:
        """Whether the form is about a shared on-call (a valid form, or a sector)."""
        if self.sector is not None:
            return self.sector.is_shared
        return self.cleaned_data.get("kind") == SectorKind.SHARED.value

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.is_shared:
            for name in ("days", "starts", "ends"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("Une garde partagée dit ses jours et ses heures."))
        return given

    def _periods(self) -> list[Period]:
        """Return the hours of a shared on-call; those it has already stay where none is changed."""
        given = self.cleaned_data
        if not self.is_shared:
            return []
        weekdays = frozenset(int(one) for one in given["days"] if one != HOLIDAYS)
        return [Period(weekdays, Hours(given["starts"], given["ends"]), HOLIDAYS in given["days"])]

    def asked(self) -> dict[str, Any]:
        """Return what the actions on a sector take (a valid form only)."""
        given = self.cleaned_data
        wanted = {
            "name": given["name"],
            "communes": given["codes"],
            "options": [] if self.is_shared else [BlockKind(one) for one in given["options"]],
            "periods": self._periods(),
            "seats": given["seats"],
            "calendar": HolidayCalendar(given["calendar"]) if given["calendar"] else None,
        }
        if "place" not in given:
            return wanted
        chosen = Profession(given["profession"] or Profession.PHYSICIAN.value)
        return wanted | {"place": given["place"], "profession": chosen}


class VolunteerForm(forms.Form):
    """A volunteer's share of the burden and limits."""

    share = forms.IntegerField(
        label=_("Part de la charge, en %"),
        min_value=0,
        max_value=100,
        initial=100,
        help_text=_("100 pour une part entière, 50 pour une demi-part (exercice partagé avec l’hôpital…)."),
    )
    max_per_month = forms.IntegerField(
        label=_("Gardes par mois au plus"),
        min_value=0,
        max_value=62,
        required=False,
        help_text=_("Vide : sans maximum."),
    )
    max_weekends = forms.IntegerField(
        label=_("Fins de semaine par mois au plus"), min_value=0, max_value=5, initial=3
    )
    is_active = forms.BooleanField(label=_("Prend des gardes"), required=False, initial=True)

    @staticmethod
    def initial_of(volunteer: Volunteer) -> dict[str, Any]:
        """Return what the form shows first."""
        return {
            "share": round(volunteer.share * 100),
            "max_per_month": volunteer.max_per_month,
            "max_weekends": volunteer.max_weekends,
            "is_active": volunteer.is_active,
        }

    def asked(self) -> dict[str, Any]:
        """Return what `set_volunteer` takes (a valid form only)."""
        return self.cleaned_data | {"share": self.cleaned_data["share"] / 100}


class WishesForm(forms.Form):
    """What a volunteer would rather, or rather not, hold."""

    def __init__(self, *args: Any, sector: Sector, **options: Any) -> None:
        super().__init__(*args, **options)
        legal = [kind for kind in LEGAL if kind not in OPTIONAL or kind in sector.covered]
        self.kinds = [BlockKind.SHARED] if sector.is_shared else legal
        for kind in self.kinds:
            self.fields[kind.value] = forms.ChoiceField(label=KIND_LABELS[kind], choices=WISHES)

    def asked(self) -> dict[BlockKind, bool | None]:
        """Return the wish about each kind of block (a valid form only)."""
        meant = {"yes": True, "no": False}
        return {kind: meant.get(self.cleaned_data[kind.value]) for kind in self.kinds}


class AbsenceForm(forms.Form):
    """Days without any duty."""

    first_day = DayField(label=_("Du"))
    last_day = DayField(label=_("Au, ce jour compris"))


class PeriodForm(forms.Form):
    """The days that a new roster covers."""

    first_day = DayField(label=_("Du"))
    last_day = DayField(label=_("Au, ce jour compris"))
