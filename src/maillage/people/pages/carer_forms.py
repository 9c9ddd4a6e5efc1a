"""Forms of the mandates of carers."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.kernel.fields import DayField, NameField
from maillage.people.actions.carers import Carer, Terms
from maillage.people.models import GESTURE_LABELS, PART_LABELS, RELATION_LABELS
from maillage.people.rules.carers import Gesture, Relation
from maillage.people.rules.circle import Part

#: Offered at first: what helps most, and nothing of health.
_OFFERED = [Part.APPOINTMENTS.value, Part.CIRCLE.value]


class MandateForm(forms.Form):
    """Who is to act for somebody, what they may see and do, until when; `is_own`: the person fills it in."""

    first_name = NameField(label=_("Prénom de l’aidant"), max_length=80)
    last_name = NameField(label=_("Nom de l’aidant"), max_length=80)
    email = forms.EmailField(
        label=_("Son adresse électronique"), help_text=_("Il ou elle s’en sert pour entrer dans Maillage.")
    )
    relation = forms.ChoiceField(
        label=_("Pour cette personne, je suis"),
        choices=[(one.value, label) for one, label in RELATION_LABELS.items()],
    )
    parts = forms.MultipleChoiceField(
        label=_("Ce que cette personne pourra voir"),
        required=False,
        choices=[(one.value, PART_LABELS[one]) for one in Part if one is not Part.IDENTITY],
        widget=forms.CheckboxSelectMultiple,
    )
    gestures = forms.MultipleChoiceField(
        label=_("Ce qu’elle pourra faire pour moi"),
        required=False,
        choices=[(one.value, GESTURE_LABELS[one]) for one in Gesture],
        widget=forms.CheckboxSelectMultiple,
    )
    until = DayField(
        label=_("Jusqu’au"), help_text=_("Un an au plus. Vous pouvez tout arrêter avant, à tout moment.")
    )
    seen_on = DayField(
        label=_("Papier signé le"), help_text=_("Vous l’avez vu vous-même, et la personne le garde.")
    )

    def __init__(self, *args: Any, is_own: bool, zone: ZoneInfo, **options: Any) -> None:
        self.zone = zone
        today = timezone.localdate(timezone=zone)
        options.setdefault(
            "initial",
            {
                "until": today + timedelta(days=365),
                "seen_on": today,
                "parts": _OFFERED,
                "gestures": [Gesture.SIGNAL.value, Gesture.SPEAK.value],
            },
        )
        super().__init__(*args, **options)
        if is_own:
            del self.fields["seen_on"]
        else:
            self.fields["relation"].label = _("Pour cet aidant, la personne est")
            self.fields["gestures"].label = _("Ce que l’aidant pourra faire pour elle")
            self.fields["parts"].label = _("Ce que l’aidant pourra voir")

    def carer(self, site: str) -> Carer:
        """Return whom the form names."""
        said = self.cleaned_data
        return Carer(said["email"], said["first_name"], said["last_name"], site)

    def terms(self) -> Terms:
        """Return what the form lets them do; the last day counts whole."""
        said = self.cleaned_data
        midnight = datetime.combine(said["until"] + timedelta(days=1), time.min, self.zone)
        return Terms(
            Relation(said["relation"]),
            frozenset(Part(one) for one in said["parts"]),
            frozenset(Gesture(one) for one in said["gestures"]),
            midnight,
        )


class CodeForm(forms.Form):
    """The code received on the telephone."""

    code = forms.CharField(
        label=_("Code à six chiffres reçu sur votre téléphone"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
