"""Forms of a meeting: its hour, its agenda, what was said and decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillage.care.models import AGREED_BY_LABELS, KIND_LABELS, WITHDRAWAL_LABELS, AgendaItem, Meeting
from maillage.care.rules.meetings import LONGEST, SHORTEST, AgreedBy, MeetingKind, Withdrawal
from maillage.kernel.choices import as_choices
from maillage.kernel.fields import DayField, MomentField, Textarea
from maillage.kernel.models import Scope
from maillage.kernel.pages.forms import KeyedForm
from maillage.people import api as people

#: What a meeting lasts where nobody said otherwise, and one of its items, in minutes.
USUAL, USUAL_ITEM = 60, 15
MEANS = [(one.value, people.MEANS_LABELS[one]) for one in (people.Means.SPOKEN, people.Means.PAPER)]


def _length(label: Any, initial: int) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=SHORTEST, max_value=LONGEST, initial=initial)


class HourForm(forms.Form):
    """When and where a meeting is held."""

    starts_at = MomentField(
        label=_("Jour et heure"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    length = _length(_("Durée, en minutes"), USUAL)
    place = forms.CharField(label=_("Lieu"), max_length=200, required=False)
    video_url = forms.CharField(
        label=_("Lien de visioconférence"),
        max_length=300,
        required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )


class MeetingForm(KeyedForm, HourForm):
    """A meeting to call in one of the scopes where the visitor works."""

    kind = forms.ChoiceField(label=_("Nature"), choices=as_choices(KIND_LABELS))
    scope = forms.ModelChoiceField(Scope.objects.none(), label=_("Périmètre"), empty_label=None)
    field_order: Sequence[str] = ("kind", "scope", "starts_at", "length", "place", "video_url", "key")

    def __init__(self, *args: Any, scopes: Sequence[Scope], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["scope"]
        field.queryset = Scope.objects.filter(pk__in=[one.pk for one in scopes])  # type: ignore[attr-defined]  # made a field of choices above
        if len(scopes) == 1:
            field.widget, field.initial = forms.HiddenInput(), scopes[0].pk

    def values(self) -> dict[str, Any]:
        """Return what `call_meeting` takes beside who calls it."""
        return {**self.cleaned_data, "kind": MeetingKind(self.cleaned_data["kind"])}


def hour_form(meeting: Meeting, data: Any = None) -> HourForm:
    """Return the form that changes a meeting, as it stands."""
    initial = {
        "starts_at": meeting.starts_at,
        "length": meeting.length,
        "place": meeting.place,
        "video_url": meeting.video_url,
    }
    return HourForm(data, initial=initial)


class TopicForm(KeyedForm):
    """A topic of the agenda."""

    subject = forms.CharField(label=_("Sujet"), max_length=300)
    length = _length(_("Durée, en minutes"), USUAL_ITEM)
    field_order: Sequence[str] = ("subject", "length", "key")


class AgreementForm(forms.Form):
    """Who agreed that the case is discussed, and how."""

    agreed_by = forms.ChoiceField(label=_("Accord donné par"), choices=as_choices(AGREED_BY_LABELS))
    means = forms.ChoiceField(label=_("Comment"), choices=MEANS)
    agreed_at = MomentField(
        label=_("Quand"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Vide : maintenant."),
    )

    def values(self) -> dict[str, Any]:
        """Return what `record_agreement` takes."""
        said = self.cleaned_data
        return {
            "agreed_by": AgreedBy(said["agreed_by"]),
            "means": people.Means(said["means"]),
            "agreed_at": said["agreed_at"],
        }


class CaseForm(TopicForm):
    """The case of a patient, with the agreement where it was given already."""

    patient = forms.IntegerField(widget=forms.HiddenInput)
    agreed_by = forms.ChoiceField(
        label=_("Accord de la personne"),
        required=False,
        choices=[("", _("pas encore demandé")), *as_choices(AGREED_BY_LABELS)],
    )
    means = forms.ChoiceField(label=_("Comment"), choices=MEANS)
    field_order = ("subject", "length", "agreed_by", "means", "patient", "key")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["subject"].label = _("Question à discuter")

    def values(self) -> dict[str, Any]:
        """Return what `add_case` takes beside who, where and whose case it is."""
        said = self.cleaned_data
        return {
            "subject": said["subject"],
            "length": said["length"],
            "key": said["key"],
            "agreed_by": AgreedBy(said["agreed_by"]) if said["agreed_by"] else None,
            "means": people.Means(said["means"]),
        }


class WithdrawalForm(forms.Form):
    """Why an item leaves the agenda."""

    why = forms.ChoiceField(label=_("Raison"), choices=as_choices(WITHDRAWAL_LABELS))

    def __init__(self, *args: Any, item: AgendaItem, **options: Any) -> None:
        super().__init__(*args, **options)
        if not item.is_case:
            dropped = [(Withdrawal.DROPPED.value, WITHDRAWAL_LABELS[Withdrawal.DROPPED])]
            self.fields["why"].choices = dropped  # type: ignore[attr-defined]  # a ChoiceField, above


class TextForm(forms.Form):
    """What was said; `base` is the version that was read."""

    text = forms.CharField(label=_("Ce qui a été dit"), max_length=8000, widget=Textarea(attrs={"rows": 6}))
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=32000)


class DecisionForm(KeyedForm):
    """What is decided, by whom it is done, before when."""

    text = forms.CharField(label=_("Décision"), max_length=200)
    owner = forms.ChoiceField(label=_("Qui s’en charge"), required=False)
    due_on = DayField(label=_("Avant la fin du"), required=False)
    field_order: Sequence[str] = ("text", "owner", "due_on", "key")

    def __init__(self, *args: Any, owners: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].choices = [("", pgettext_lazy("aucune", "personne")), *owners]  # type: ignore[attr-defined]  # made a field of choices above


class PresenceForm(forms.Form):
    """How long one person was there, and whether their time is paid."""

    minutes = forms.IntegerField(label=_("Minutes de présence"), min_value=0, max_value=LONGEST)
    is_paid = forms.BooleanField(label=_("Temps indemnisé"), required=False)
    rate = forms.DecimalField(
        label=_("Indemnité d’une heure, en euros"),
        required=False,
        min_value=0,
        max_digits=7,
        decimal_places=2,
        localize=True,
    )


class CancelForm(forms.Form):
    """Why a meeting does not take place."""

    reason = forms.CharField(label=_("Pourquoi"), max_length=200, required=False)
