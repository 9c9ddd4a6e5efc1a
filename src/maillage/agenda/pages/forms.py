"""Forms of the agenda's pages. Hours are those of the agenda's own wall clock."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from maillage.agenda.models import Agenda, Schedule
from maillage.agenda.models.schedules import KIND_LABELS, VISIBILITY_LABELS
from maillage.agenda.rules.clock import moment
from maillage.agenda.rules.vocabulary import Kind, Visibility
from maillage.directory import api as directory
from maillage.kernel.fields import DayField, NameField
from maillage.kernel.pages.forms import KeyedForm
from maillage.territory import api as territory

LENGTHS = (5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 720)


#: An hour and its minutes, whatever stands between them.
_WRITTEN_HOUR = re.compile(r"(\d{1,2})\s*(?:[hH:]\s*(\d{2})?)?")


class HourField(forms.TimeField):
    """An hour of the wall clock as people write it: 9:30, 9h30, 9 h 30, 9 h; at the end of a day, 24:00 too.

    `is_end`: midnight, written 0:00, 24:00 or 23:59, is the end of the day, and comes out as 0:00.
    """

    def __init__(self, *, is_end: bool = False, **options: Any) -> None:
        widget = forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M")
        super().__init__(widget=widget, **options)
        self.is_end = is_end

    def to_python(self, value: Any) -> time | None:
        """Return the time of day. Raises ValidationError."""
        if isinstance(value, str):
            found = _WRITTEN_HOUR.fullmatch(value.strip())
            if found:
                value = f"{found[1]}:{found[2] or '00'}"
        if self.is_end and value in {"24:00", "23:59"}:
            return time.min
        return super().to_python(value)


def _hour(**options: Any) -> HourField:
    return HourField(**options)


class OpeningForm(KeyedForm):
    """A weekly stretch of time at one place."""

    schedule = forms.ModelChoiceField(
        Schedule.objects.none(), label=_("Lieu"), required=False, empty_label=_("Un nouveau lieu")
    )
    place_name = NameField(
        label=_("Nom du nouveau lieu"),
        required=False,
        max_length=200,
        help_text=_("Cabinet, domicile, téléphone…"),
    )
    weekday = forms.TypedChoiceField(label=_("Jour"), coerce=int, choices=list(WEEKDAYS.items()))
    starts = _hour(label=_("De"))
    ends = _hour(label=_("À"), is_end=True, help_text=_("Avant l’heure de début : le lendemain."))
    minutes = forms.TypedChoiceField(
        label=_("Durée d’un créneau, en minutes"), coerce=int, initial=20, choices=[(n, n) for n in LENGTHS]
    )
    every = forms.TypedChoiceField(
        label=_("Rythme"),
        coerce=int,
        choices=[(1, _("Chaque semaine")), (2, _("Une semaine sur deux")), (4, _("Une semaine sur quatre"))],
    )
    valid_from = DayField(label=_("À partir du"))
    valid_to = DayField(label=_("Jusqu’au"), required=False, help_text=_("Vide : sans date de fin."))
    kind = forms.ChoiceField(
        label=_("Nature"),
        choices=[
            (kind.value, label)
            for kind, label in KIND_LABELS.items()
            if kind not in {Kind.ADVANCED, Kind.BUS}
        ],
    )
    capacity = forms.IntegerField(label=_("Personnes par créneau"), min_value=1, max_value=60, initial=1)
    visibility = forms.ChoiceField(
        label=_("Visible par"),
        choices=[(one.value, label) for one, label in VISIBILITY_LABELS.items()],
        help_text=_("Privé : vous et vos délégués. Se change ensuite créneau par créneau, en un clic."),
    )

    def __init__(self, *args: Any, agenda: Agenda, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["schedule"].queryset = agenda.schedules.all()  # type: ignore[attr-defined]  # a field of rows

    def clean(self) -> dict[str, Any]:
        """Ask for one place, known or new."""
        asked = super().clean() or {}
        if not asked.get("schedule") and not asked.get("place_name"):
            self.add_error("place_name", _("Choisissez un lieu dans la liste, ou nommez-en un nouveau."))
        return asked


class SlotForm(OpeningForm):
    """Slots of one day only, at a place and an hour chosen on the grid."""

    day = DayField(label=_("Jour"))
    field_order = ("schedule", "place_name", "day", "starts", "ends", "minutes", "kind", "visibility")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("weekday", "every", "valid_from", "valid_to"):
            del self.fields[name]
        self.fields["ends"].help_text = ""
        self.fields["visibility"].help_text = ""


class AbsenceForm(KeyedForm):
    """An absence of the person, or the closing of one place."""

    schedule = forms.ModelChoiceField(
        Schedule.objects.none(),
        label=_("Quoi"),
        required=False,
        empty_label=_("Je suis absent partout"),
    )
    first_day = DayField(label=_("Du"))
    first_hour = _hour(label=_("À partir de"), required=False, help_text=_("Vide : toute la journée."))
    last_day = DayField(label=_("Au, ce jour compris"))
    last_hour = _hour(label=_("Jusqu’à"), is_end=True, required=False, help_text=_("Vide : jusqu’au soir."))

    def __init__(self, *args: Any, agenda: Agenda, **options: Any) -> None:
        super().__init__(*args, **options)
        self.agenda = agenda
        self.fields["schedule"].queryset = agenda.schedules.all()  # type: ignore[attr-defined]  # a field of rows

    def span(self) -> tuple[datetime, datetime]:
        """Return the two instants of a valid form, on the agenda's wall clock."""
        asked = self.cleaned_data
        starts = moment(asked["first_day"], asked["first_hour"] or time.min, self.agenda.zone)
        # Midnight is the end of the last day, which is included.
        if asked["last_hour"] not in {None, time.min}:
            return starts, moment(asked["last_day"], asked["last_hour"], self.agenda.zone)
        day_after: date = asked["last_day"] + timedelta(days=1)
        return starts, moment(day_after, time.min, self.agenda.zone)


class WaitingForm(KeyedForm):
    """What somebody who waits would take: a kind, places, days, how long before they must know."""

    kind = forms.ChoiceField(
        label=_("Nature de la consultation"),
        required=False,
        choices=[("", _("Toutes")), *KIND_LABELS.items()],
    )
    places = forms.ModelMultipleChoiceField(
        Schedule.objects.none(),
        label=_("Lieux où la personne viendrait"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Aucun coché : tous les lieux."),
    )
    first_day = DayField(label=_("Pas avant le"), required=False)
    last_day = DayField(label=_("Au plus tard le"), required=False)
    notice_hours = forms.TypedChoiceField(
        label=_("Prévenue au moins"),
        coerce=int,
        initial=2,
        choices=[
            (0, _("à la dernière minute")),
            (2, _("2 heures avant")),
            (12, _("12 heures avant")),
            (24, _("la veille")),
            (72, _("3 jours avant")),
        ],
        help_text=_("Le temps de venir, de prévenir un proche ou un transport."),
    )

    def __init__(self, *args: Any, agenda: Agenda, **options: Any) -> None:
        super().__init__(*args, **options)
        self._agenda = agenda
        self.fields["places"].queryset = Schedule.objects.filter(agenda=agenda)  # type: ignore[attr-defined]  # a field of rows

    def clean(self) -> dict[str, Any]:
        """Turn the days into instants of the agenda's wall clock, as `wait_for` takes them."""
        data: dict[str, Any] = super().clean() or {}
        first, last = data.pop("first_day", None), data.pop("last_day", None)
        zone = self._agenda.zone
        if last is not None and last < max(first or last, timezone.now().astimezone(zone).date()):
            self.add_error("last_day", _("Ce jour est passé, ou avant le premier. Choisissez plus tard."))
        data["kind"] = Kind(data["kind"]) if data.get("kind") else None
        data["earliest"] = first and moment(first, time.min, zone)
        data["latest"] = last and moment(last + timedelta(days=1), time.min, zone)
        return data


class AdvancedForm(KeyedForm):
    """One consultation day in an EHPAD or a commune, or one stop of the bus."""

    kind = forms.ChoiceField(
        label=_("Nature"), choices=[(kind.value, KIND_LABELS[kind]) for kind in (Kind.ADVANCED, Kind.BUS)]
    )
    where = forms.ChoiceField(label=_("Où"), help_text=_("Un EHPAD ou une commune du territoire."))
    day = DayField(label=_("Jour"))
    starts = _hour(label=_("De"))
    ends = _hour(label=_("À"), is_end=True)
    minutes = forms.TypedChoiceField(
        label=_("Durée d’un créneau, en minutes"), coerce=int, initial=20, choices=[(n, n) for n in LENGTHS]
    )
    visibility = forms.ChoiceField(
        label=_("Visible par"),
        choices=[(one.value, label) for one, label in VISIBILITY_LABELS.items()],
        initial=Visibility.PRO.value,
    )

    def __init__(self, *args: Any, agenda: Agenda, **options: Any) -> None:
        super().__init__(*args, **options)
        codes = territory.member_codes(agenda.territory)
        homes = directory.structures_in(codes, [directory.StructureKind.EHPAD])
        self.structures = {f"s:{one.pk}": one for one in homes}
        towns = territory.Commune.objects.filter(pk__in=codes).order_by("search_name")
        self.communes = {f"c:{one.pk}": one for one in towns}
        self.fields["where"].choices = [  # type: ignore[attr-defined]  # a field of choices
            (_("EHPAD"), [(key, f"{one.name}, {one.city}") for key, one in self.structures.items()]),
            (_("Communes"), [(key, one.name) for key, one in self.communes.items()]),
        ]

    def place(self) -> dict[str, Any]:
        """Return what `add_schedule` needs to know of the place chosen (a valid form only)."""
        chosen = self.cleaned_data["where"]
        if chosen in self.structures:
            structure = self.structures[chosen]
            return {"name": structure.name, "structure": structure}
        return {"name": self.communes[chosen].name, "commune": self.communes[chosen]}


class CreateForm(forms.Form):
    """In which territory one opens an agenda."""

    place = forms.ModelChoiceField(
        territory.Territory.objects.none(), label=_("Territoire"), empty_label=None
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["place"].queryset = territory.territories()  # type: ignore[attr-defined]  # a field of rows


class DelegateForm(forms.Form):
    """To whom an agenda is confided."""

    email = forms.EmailField(
        label=_("Adresse électronique du compte"),
        help_text=_("La personne verra tous vos créneaux et vos rendez-vous, et pourra les changer."),
    )


class FeedForm(forms.Form):
    """A name by which one will know which program reads the calendar."""

    label = forms.CharField(label=_("Nom du calendrier"), max_length=80, help_text=_("« Mon téléphone »"))
