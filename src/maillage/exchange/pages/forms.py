"""The form of how one wants to be told."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class PreferenceForm(forms.Form):
    """An e-mail beside the inbox or not, and its language."""

    by_email = forms.BooleanField(label=_("Recevoir aussi un courriel à chaque message"), required=False)
    language = forms.ChoiceField(
        label=_("Langue des courriels"), choices=[("fr", _("Français")), ("en", _("Anglais"))]
    )
