"""Forms of a home: who enters, the crisis card, an acute event and how it ends, the AGGIR grid."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maillage.care.models import CrisisCard
from maillage.care.models.acute_events import (
    DECIDER_LABELS,
    ENDING_LABELS,
    JUDGEMENT_LABELS,
    TOLD_LABELS,
)
from maillage.care.models.homes import (
    ACTIVITY_LABELS,
    ANSWER_LABELS,
    ENTRY_LABELS,
    GRADE_LABELS,
    HOSPITAL_LABELS,
    PART_LABELS,
)
from maillage.care.rules.aggir import COUNTED, Activity, Grade
from maillage.care.rules.crisis_card import PARTS, Entry, Value
from maillage.care.rules.transfers import Decider, Ending, Judgement
from maillage.kernel.choices import as_choices
from maillage.kernel.fields import BirthDateField, DayField, MomentField, NameField, PhoneField, Textarea
from maillage.kernel.pages.forms import waits_for_nothing

_NAMES = frozenset({Entry.TRUSTED_PERSON, Entry.TO_CALL})
_PHONES = frozenset({Entry.TRUSTED_PHONE, Entry.TO_CALL_PHONE})
_DAYS = frozenset({Entry.PRESCRIPTIONS_ON, Entry.LABORATORY_ON})
_ANSWERS = frozenset({Entry.ALLERGY, Entry.DIRECTIVES, Entry.TO_CALL_AT_NIGHT, Entry.PALLIATIVE})
_SHORT = frozenset({Entry.ALLERGIES, Entry.DIRECTIVES_WHERE})


class AdmissionForm(forms.Form):
    """Who enters the home: exactly who they are, since when, where."""

    birth_name = NameField(label=_("Nom de naissance"), max_length=100)
    birth_first_names = NameField(label=_("Prénoms de naissance"), max_length=150)
    birth_date = BirthDateField(label=_("Date de naissance"))
    sex = forms.ChoiceField(
        label=_("Sexe"), choices=[("female", _("Féminin")), ("male", _("Masculin"))], required=False
    )
    since = DayField(label=_("Entré le"))
    room = forms.CharField(label=_("Chambre"), max_length=20, required=False)
    is_informed = forms.BooleanField(
        label=_("La personne, ou qui la représente, est informée que l’équipe de l’EHPAD lit son dossier"),
        required=False,
        help_text=_("Sans cela, l’équipe ne lit rien encore. Elle peut s’y opposer à tout moment."),
    )
    is_another = forms.BooleanField(
        label=_("C’est une autre personne que celles qui lui ressemblent"), required=False
    )

    def identity(self) -> dict[str, Any]:
        """Return who it is."""
        names = ("birth_name", "birth_first_names", "birth_date", "sex")
        return {name: self.cleaned_data[name] for name in names}


class CardForm(forms.Form):
    """The parts of a card that the visitor may write, in reading order; `version` is the one shown."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self, *args: Any, card: CrisisCard | None, entries: Collection[Entry], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.entries = [entry for entry in Entry if entry in entries]
        for entry in self.entries:
            self.fields[entry.value] = _field(entry)
            self.fields[entry.value].initial = getattr(card, entry.value) if card else None
        self.fields["version"].initial = card.version if card else 0

    @property
    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields, each part under its name."""
        shown = [
            (str(PART_LABELS[part]), [self[entry.value] for entry in entries if entry in self.entries])
            for part, entries in PARTS.items()
        ]
        return [(label, fields) for label, fields in shown if fields]

    def values(self) -> dict[Entry, Value]:
        """Return what is written, by entry."""
        return {entry: self.cleaned_data[entry.value] for entry in self.entries}


def _field(entry: Entry) -> forms.Field:
    label = ENTRY_LABELS[entry]
    options: dict[str, Any] = {"label": label, "required": False}
    if entry in _NAMES:
        return NameField(max_length=120, **options)
    if entry in _PHONES:
        return PhoneField(**options)
    if entry in _DAYS:
        return DayField(**options)
    if entry is Entry.HOSPITAL:
        return forms.ChoiceField(choices=as_choices(HOSPITAL_LABELS), **options)
    if entry in _ANSWERS:
        return forms.ChoiceField(choices=as_choices(ANSWER_LABELS), **options)
    longest: int = getattr(CrisisCard._meta.get_field(entry.value), "max_length")  # noqa: B009 (a text)
    if entry in _SHORT:
        return forms.CharField(max_length=longest, **options)
    return forms.CharField(max_length=longest, widget=Textarea(attrs={"rows": 3}), **options)


class EventForm(forms.Form):
    """What happens to a resident: the signs that engage life first, then a sentence."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    signs = forms.MultipleChoiceField(
        label=_("Un de ces signes est-il là ?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Un seul suffit : appelez le 15 tout de suite."),
    )
    reason = forms.CharField(
        label=_("Ce qui se passe"),
        required=False,
        max_length=500,
        widget=Textarea(attrs={"rows": 3}),
        help_text=_("Depuis quand, ce qui a été mesuré, ce qui a été fait."),
    )

    def __init__(self, *args: Any, signs: dict[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["signs"].choices = list(signs.items())  # type: ignore[attr-defined] # a field of choices
        self.fields["key"].initial = uuid4().hex

    def clean(self) -> dict[str, Any]:
        """Return what was said; where a sign is there, the 15 waits for no other field."""
        said = super().clean() or {}
        if said.get("signs"):
            waits_for_nothing(self, "reason")
        return said


class DeskForm(forms.Form):
    """Where the desk calls back."""

    phone = PhoneField(label=_("Téléphone où vous rappeler"))


class AdviceForm(forms.Form):
    """What a doctor said."""

    doctor = NameField(label=_("Médecin qui conseille"), max_length=120)
    text = forms.CharField(label=_("Son conseil"), max_length=1000, widget=Textarea(attrs={"rows": 3}))


class EndingForm(forms.Form):
    """How it ends, who decided, and with what the resident leaves."""

    ending = forms.TypedChoiceField(
        label=_("Suite"), choices=as_choices(ENDING_LABELS), coerce=Ending, widget=forms.RadioSelect
    )
    decider = forms.TypedChoiceField(
        label=_("Qui a décidé"), choices=as_choices(DECIDER_LABELS), coerce=Decider
    )
    destination = forms.CharField(label=_("Vers (si départ)"), max_length=120, required=False)
    with_sheet = forms.BooleanField(
        label=_("La fiche de liaison imprimée part avec la personne"), required=False
    )


class VisitForm(forms.Form):
    """Which visit is booked."""

    slot = forms.IntegerField(min_value=1, max_value=2**53)


class ToldForm(forms.Form):
    """What came of the call to the relative."""

    told = forms.ChoiceField(choices=list(TOLD_LABELS.items()))


class ReturnForm(forms.Form):
    """A return: when, admitted or not, what the report says, the treatments as they now are."""

    at = MomentField(
        label=_("Revenu le"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    is_admitted = forms.BooleanField(label=_("A été hospitalisé"), required=False)
    summary = forms.CharField(
        label=_("Ce que dit le compte rendu"),
        max_length=1000,
        required=False,
        widget=Textarea(attrs={"rows": 3}),
    )
    medicines = forms.CharField(
        label=_("Traitements au retour"),
        max_length=1000,
        error_messages={"required": _("Recopiez les traitements au retour, ou écrivez « sans changement ».")},
        widget=Textarea(attrs={"rows": 3}),
        help_text=_("La liste entière, ou « sans changement »."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["at"].initial = timezone.localtime().replace(second=0, microsecond=0)


class ReviewForm(forms.Form):
    """What peers said."""

    judgement = forms.TypedChoiceField(
        label=_("De l’avis des présents, aller aux urgences était"),
        choices=as_choices(JUDGEMENT_LABELS),
        coerce=Judgement,
    )
    attended = forms.CharField(
        label=_("Présents"),
        max_length=300,
        error_messages={"required": _("Dites qui était présent : un avis se donne à plusieurs.")},
    )
    text = forms.CharField(
        label=_("Ce qui aurait aidé"),
        max_length=1000,
        required=False,
        widget=Textarea(attrs={"rows": 3}),
    )


class LeavingForm(forms.Form):
    """The day on which somebody left for good."""

    on = DayField(label=_("Sorti le"))


class GridForm(forms.Form):
    """The AGGIR grid: eight activities that count, two that are only noted."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for activity in Activity:
            self.fields[activity.value] = forms.ChoiceField(
                label=ACTIVITY_LABELS[activity],
                choices=as_choices(GRADE_LABELS),
                required=activity in COUNTED,
                widget=forms.RadioSelect,
            )

    @property
    def counted(self) -> list[forms.BoundField]:
        """The activities that count."""
        return [self[one.value] for one in COUNTED]

    @property
    def noted(self) -> list[forms.BoundField]:
        """Those that weigh nothing."""
        return [self[one.value] for one in Activity if one not in COUNTED]

    def grades(self) -> dict[Activity, Grade]:
        """Return the grades given."""
        said = self.cleaned_data
        return {one: Grade(said[one.value]) for one in Activity if said.get(one.value)}
