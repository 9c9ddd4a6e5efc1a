"""Forms of a remote consultation: the signs before waiting, the presence check, how it ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maillage.kernel import formats
from maillage.kernel.choices import as_choices
from maillage.kernel.fields import NameField
from maillage.kernel.pages.forms import waits_for_nothing
from maillage.kernel.sourced_rules import rule
from maillage.telehealth.models import BESIDE_LABELS, OUTCOME_LABELS, Session
from maillage.telehealth.pages.question_forms import vital_signs
from maillage.telehealth.rules.sessions import Beside, Met

MET_LABELS = {Met.UNKNOWN: _("à voir"), Met.YES: _("oui"), Met.NO: _("non")}


class ArrivalForm(forms.Form):
    """« I am here »: the signs that lead to the 15 are looked for first; who is beside the person."""

    signs = forms.MultipleChoiceField(
        label=_("En ce moment, avez-vous, ou la personne a-t-elle…"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    none_said = forms.BooleanField(label=_("Aucun de ces signes"), required=False)
    beside = forms.ChoiceField(
        label=_("Qui est à côté de la personne ?"), choices=as_choices(BESIDE_LABELS), required=False
    )
    beside_name = NameField(label=_("Son nom"), max_length=80, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["signs"].choices = vital_signs()  # type: ignore[attr-defined]  # a field of choices

    def clean(self) -> dict[str, Any]:
        """Return what was said. Raises ValidationError where the signs were not looked for."""
        said = super().clean() or {}
        if said.get("signs"):
            waits_for_nothing(self, "beside", "beside_name")  # neither does the 15
        elif not said.get("none_said"):
            raise ValidationError(
                gettext(
                    "Regardez d’abord la liste des signes graves : cochez-en un, ou « Aucun de ces signes »."
                )
            )
        return said


class CheckForm(forms.Form):
    """The presence check, and the conditions: each is asked, none decides."""

    is_identified = forms.BooleanField(label=_("Identité vérifiée"), required=False)
    has_agreed = forms.BooleanField(
        label=_("La personne est d’accord pour une téléconsultation"), required=False
    )
    place = forms.CharField(
        label=_("Où est la personne"),
        max_length=120,
        required=False,
        help_text=_("L’adresse où envoyer les secours s’il le faut."),
    )
    beside = forms.ChoiceField(label=_("À côté de la personne"), choices=as_choices(BESIDE_LABELS))
    beside_name = NameField(label=_("Son nom"), max_length=80, required=False)

    def __init__(self, *args: Any, session: Session | None = None, **options: Any) -> None:
        known = session.conditions if session is not None else {}
        if session is not None:
            options["initial"] = {
                name: getattr(session, name)
                for name in ("is_identified", "has_agreed", "place", "beside", "beside_name")
            }
        super().__init__(*args, **options)
        for one in rule("telehealth.sessions.conditions").value:
            self.fields[f"met_{one['code']}"] = forms.ChoiceField(
                label=formats.in_language(one["label"], one["label_en"]),
                choices=as_choices(MET_LABELS),
                required=False,
                initial=known.get(one["code"], Met.UNKNOWN.value),
            )

    def said_beside(self) -> Beside:
        """Return who is beside the person."""
        return Beside(self.cleaned_data["beside"])

    def conditions(self) -> dict[str, Met]:
        """Return what was answered to each condition."""
        return {
            name.removeprefix("met_"): Met(value or Met.UNKNOWN.value)
            for name, value in self.cleaned_data.items()
            if name.startswith("met_")
        }

    def presence(self) -> list[forms.BoundField]:
        """Return the fields of the presence check."""
        return [self[name] for name in ("is_identified", "has_agreed", "place", "beside", "beside_name")]

    def asked(self) -> list[forms.BoundField]:
        """Return the conditions."""
        return [self[name] for name in self.fields if name.startswith("met_")]


class EndForm(forms.Form):
    """How it ended."""

    outcome = forms.ChoiceField(
        label=_("Issue"),
        choices=as_choices(OUTCOME_LABELS),
        widget=forms.RadioSelect,
        error_messages={"required": _("Dites comment elle a fini.")},
    )
