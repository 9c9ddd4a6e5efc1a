"""The form of how one wants to be told."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.exchange.models import ContactPreference
from maillage.kernel import formats

EACH, DAILY, NEVER = "each", "daily", "never"
#: Hours of the wall clock at which a summary is offered: before, between and after consultations.
SUMMARY_HOURS = (7, 8, 9, 12, 13, 14, 17, 18, 19)


def _hours() -> list[tuple[str, str]]:
    return [(f"{hour:02}:00", formats.time_short(time(hour))) for hour in SUMMARY_HOURS]


class PreferenceForm(forms.Form):
    """An e-mail for each message, one that sums the day up at an hour, or none; its language."""

    mail = forms.ChoiceField(
        label=_("Recevoir aussi un courriel"),
        choices=[
            (EACH, _("À chaque message")),
            (DAILY, _("Un résumé par jour, du lundi au vendredi ; à part, seulement ce qui est urgent")),
            (NEVER, _("Jamais")),
        ],
        widget=forms.RadioSelect,
    )
    daily_at = forms.TypedChoiceField(
        label=_("Heure du résumé"),
        help_text=_(
            "Il dit combien de choses vous attendent, jamais lesquelles ; si rien n’attend, rien ne part."
        ),
        choices=_hours,
        coerce=time.fromisoformat,
        empty_value=None,
        required=False,
    )
    language = forms.ChoiceField(
        label=_("Langue des courriels"), choices=[("fr", _("Français")), ("en", _("Anglais"))]
    )

    @staticmethod
    def initial_of(chosen: ContactPreference) -> dict[str, Any]:
        """Return what the form shows of a choice."""
        mail = NEVER if not chosen.by_email else EACH if chosen.daily_at is None else DAILY
        return {
            "mail": mail,
            "daily_at": (chosen.daily_at or time(SUMMARY_HOURS[1])).isoformat("minutes"),
            "language": chosen.language,
        }

    def chosen(self) -> dict[str, Any]:
        """Return what `set_preference` takes of a form that is valid."""
        mail, hour = self.cleaned_data["mail"], self.cleaned_data["daily_at"]
        return {
            "by_email": mail != NEVER,
            "daily_at": (hour or time(SUMMARY_HOURS[1])) if mail == DAILY else None,
            "language": self.cleaned_data["language"],
        }
