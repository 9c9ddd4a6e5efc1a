"""Forms of the circle of care: who enters, what is consented to or opposed, an access of urgency."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.kernel.fields import BirthDateField, NameField, Textarea
from maillage.kernel.rules import Role
from maillage.kernel.wording import ROLES
from maillage.people.actions.circle import ROLES_OF
from maillage.people.models import MEANS_LABELS, ORIGIN_LABELS, PART_LABELS, CareLink
from maillage.people.rules.circle import Means, Origin, Part

EVERYBODY = "tous"
#: Roles that somebody named by hand may have, in the order of the list.
_ROLES = list(dict.fromkeys(role for roles in ROLES_OF.values() for role in roles))


class MemberForm(forms.Form):
    """Somebody of the directory enters the circle."""

    who = forms.CharField(widget=forms.HiddenInput)
    origin = forms.ChoiceField(
        label=_("Lien"), choices=[(origin.value, ORIGIN_LABELS[origin]) for origin in ROLES_OF]
    )
    role = forms.ChoiceField(
        label=_("Intervient comme"),
        required=False,
        choices=[("", "–"), *((role.value, ROLES[role]) for role in _ROLES)],
    )
    why = forms.CharField(label=_("Pour quoi"), max_length=300, required=False)
    is_informed = forms.BooleanField(label=_("La personne en est informée"), required=False)

    def values(self) -> dict[str, Any]:
        """Return what `add_to_circle` takes beside who and by whom."""
        said = self.cleaned_data
        return {
            "origin": Origin(said["origin"]),
            "role": Role(said["role"]) if said["role"] else None,
            "why": said["why"],
            "is_informed": said["is_informed"],
        }


class EndForm(forms.Form):
    """Why a link ends."""

    reason = forms.CharField(max_length=300, required=False)


class ChoiceForm(forms.Form):
    """What the patient wants of one holder of the circle, or of everybody."""

    who = forms.ChoiceField(label=_("Qui"))
    parts = forms.MultipleChoiceField(
        label=_("Parties du dossier"),
        required=False,
        choices=[(part.value, PART_LABELS[part]) for part in Part],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Aucune cochée : tout le dossier."),
    )
    means = forms.ChoiceField(
        label=_("La personne l’a dit"),
        required=False,
        choices=[(means.value, MEANS_LABELS[means]) for means in (Means.SPOKEN, Means.PAPER)],
    )

    def __init__(self, *args: Any, links: list[CareLink], is_own: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.links = {str(one.pk): one for one in links}
        self.fields["who"].choices = self.holders()  # type: ignore[attr-defined] # a ChoiceField, above
        if is_own:
            del self.fields["means"]

    def holders(self) -> list[tuple[str, Any]]:
        """Return who may be chosen: each holder of the circle once."""
        names: dict[tuple[object, ...], tuple[str, str]] = {}
        for key, one in self.links.items():
            names.setdefault((one.professional_id, one.structure_id, one.person_id), (key, one.holder_name))
        return list(names.values())

    def values(self) -> dict[str, Any]:
        """Return who, which parts and how it was said."""
        said = self.cleaned_data
        link = self.links.get(said["who"])
        return {
            "who": link.holder if link else None,
            "parts": [Part(one) for one in said["parts"]],
            "means": Means(said.get("means") or Means.SPOKEN.value),
        }


class OppositionForm(ChoiceForm):
    """An opposition may be to everybody, and hold even in an emergency."""

    in_emergency = forms.BooleanField(
        label=_("Même en cas d’urgence"),
        required=False,
        help_text=_("Personne ne lirait alors les traitements ni les allergies, même si la vie est en jeu."),
    )

    def holders(self) -> list[tuple[str, Any]]:
        return [(EVERYBODY, _("tout le monde")), *super().holders()]

    def values(self) -> dict[str, Any]:
        return {**super().values(), "in_emergency": self.cleaned_data["in_emergency"]}


class EmergencyForm(forms.Form):
    """Who is in danger, exactly, and why their file cannot wait."""

    birth_name = NameField(label=_("Nom de naissance"), max_length=100)
    first_name = NameField(label=_("Premier prénom"), max_length=100)
    birth_date = BirthDateField(label=_("Date de naissance"))
    reason = forms.CharField(
        label=_("Pourquoi l’accès ne peut pas attendre"),
        max_length=300,
        widget=Textarea(attrs={"rows": 2}),
        help_text=_("La personne et le DPO liront cette phrase."),
    )
    patient = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ReviewForm(forms.Form):
    """What the DPO thinks of an emergency access."""

    is_justified = forms.TypedChoiceField(
        label=_("Cet accès était"),
        choices=[("oui", _("justifié")), ("non", _("injustifié"))],
        coerce=lambda said: said == "oui",
    )
    text = forms.CharField(label=_("Remarque"), max_length=300, required=False)
