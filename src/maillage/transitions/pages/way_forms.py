"""Forms of the way through a hospital and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.kernel.choices import as_choices
from maillage.kernel.fields import DayField, MomentField, Textarea
from maillage.kernel.pages.forms import KeyedForm
from maillage.transitions.models import MedicineLine
from maillage.transitions.models.ways import (
    ADMISSION_REFUSAL_LABELS,
    CHANGE_LABELS,
    KIND_LABELS,
    RETURN_REFUSAL_LABELS,
)
from maillage.transitions.rules.medicines import Change, choices
from maillage.transitions.rules.ways import ASKED_KINDS, AdmissionRefusal, ReturnRefusal, WayKind

#: What is pasted of a list: sixty lines of 200 characters, and their ends.
LONGEST_LIST = 12_500


class AdmissionForm(KeyedForm):
    """What is asked of a hospital."""

    kind = forms.ChoiceField(
        label=_("Nature"), choices=[(one.value, KIND_LABELS[one]) for one in ASKED_KINDS]
    )
    place = forms.CharField(label=_("Établissement et service"), max_length=120)
    wanted_on = DayField(label=_("Souhaitée le"), required=False)
    reason = forms.CharField(label=_("Pourquoi"), max_length=500, widget=Textarea(attrs={"rows": 3}))

    def chosen_kind(self) -> WayKind:
        """Return the kind of a valid form."""
        return WayKind(self.cleaned_data["kind"])


class NoticeForm(forms.Form):
    """When somebody leaves the hospital, and who owes the visit that follows."""

    left_at = MomentField(
        label=_("Sortie le"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    owner = forms.ChoiceField(
        label=_("Qui fait la visite sous 48 h"), help_text=_("Parmi ceux qui lisent le plan de la personne.")
    )
    summary = forms.CharField(
        label=_("Ce que dit l’hôpital"), max_length=2000, required=False, widget=Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, owners: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].choices = [("", "–"), *owners]  # type: ignore[attr-defined]  # a field of choices


class DischargeForm(KeyedForm, NoticeForm):
    """A discharge that town learns of."""

    place = forms.CharField(label=_("Établissement et service"), max_length=120)
    field_order: Sequence[str] = ("place", "left_at", "owner", "summary", "key")


class TransferForm(KeyedForm):
    """Who owes the visit to a resident who came back."""

    event = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)
    owner = forms.ChoiceField(label=_("Qui fait la visite sous 48 h"))

    def __init__(self, *args: Any, owners: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].choices = [("", "–"), *owners]  # type: ignore[attr-defined]  # a field of choices


class AcceptanceForm(forms.Form):
    """The hospital says yes, for a day."""

    planned_on = DayField(label=_("Prévue le"))
    said = forms.CharField(label=_("Ce qui est répondu"), max_length=500, required=False)


class AdmissionRefusalForm(forms.Form):
    """The hospital says no, with a reason."""

    refusal = forms.ChoiceField(label=_("Motif"), choices=as_choices(ADMISSION_REFUSAL_LABELS))
    said = forms.CharField(label=_("Ce qui est répondu"), max_length=500)

    def reason(self) -> AdmissionRefusal:
        """Return the reason of a valid form."""
        return AdmissionRefusal(self.cleaned_data["refusal"])


class EntryForm(forms.Form):
    """When somebody entered."""

    entered_on = DayField(label=_("Entrée le"))


class ReturnRefusalForm(forms.Form):
    """Why a return cannot be held yet."""

    refusal = forms.ChoiceField(label=_("Motif"), choices=as_choices(RETURN_REFUSAL_LABELS))
    said = forms.CharField(label=_("Ce qui manque"), max_length=500)

    def reason(self) -> ReturnRefusal:
        """Return the reason of a valid form."""
        return ReturnRefusal(self.cleaned_data["refusal"])


class ListForm(forms.Form):
    """Two lists of treatments, typed or pasted, a line each."""

    before = forms.CharField(
        label=_("Avant l’hospitalisation"),
        max_length=LONGEST_LIST,
        required=False,
        widget=Textarea(attrs={"rows": 7}),
        help_text=_("Une ligne par traitement."),
    )
    after = forms.CharField(
        label=_("À la sortie"),
        max_length=LONGEST_LIST,
        required=False,
        widget=Textarea(attrs={"rows": 7}),
        help_text=_("Collez l’ordonnance de sortie : une ligne par traitement."),
    )


class NoListForm(forms.Form):
    """Why no list came."""

    why = forms.CharField(label=_("Pourquoi aucune liste n’est parvenue"), max_length=300)


class LineForm(forms.Form):
    """What becomes of one treatment; `seen` is the decision that was shown."""

    line = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**62)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=7, required=False)
    change = forms.ChoiceField(label=_("Décision"), widget=forms.RadioSelect)
    note = forms.CharField(label=_("Précision"), max_length=300, required=False)

    def __init__(self, *args: Any, shown: MedicineLine | None, **options: Any) -> None:
        if shown is not None:
            options["initial"] = {
                "line": shown.pk,
                "seen": shown.change,
                "change": shown.change,
                "note": shown.note,
            }
        super().__init__(*args, **options)
        offered = choices(shown.pair) if shown is not None else list(Change)
        self.fields["change"].choices = [(one.value, CHANGE_LABELS[one]) for one in offered]  # type: ignore[attr-defined]  # a field of choices

    def chosen(self) -> Change:
        """Return the decision of a valid form."""
        return Change(self.cleaned_data["change"])


class EndForm(forms.Form):
    """What is acknowledged at the end of a way."""

    acknowledgement = forms.CharField(
        label=_("Accusé : ce qui est repris, et par qui"), max_length=1000, widget=Textarea(attrs={"rows": 2})
    )


class CancelForm(forms.Form):
    """Why an admission is no longer asked."""

    reason = forms.CharField(label=_("Pourquoi elle n’est plus demandée"), max_length=300)
