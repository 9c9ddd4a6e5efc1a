"""Forms of a recall: what is due and when, what came of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.care.actions.recalls import LONGEST_MONTHS
from maillage.care.models import CAME_LABELS, RECALL_LABELS
from maillage.care.rules.recalls import Came, RecallKind
from maillage.kernel.choices import as_choices
from maillage.kernel.fields import DayField, NameField
from maillage.kernel.models import Person
from maillage.kernel.pages.forms import KeyedForm

#: What is noted by hand: a message is noted by who sends it, a recall is stopped elsewhere.
BY_HAND = (Came.BOOKED, Came.CALLED, Came.POSTPONED, Came.REFUSED, Came.DONE)


class RecallForm(KeyedForm):
    """What a person is due for."""

    kind = forms.ChoiceField(label=_("Nature"), choices=as_choices(RECALL_LABELS))
    what = NameField(
        label=_("Précision"), max_length=200, required=False, help_text=_("Par exemple : HbA1c.")
    )
    due_on = DayField(
        label=_("À faire avant le"), help_text=_("Pour une ordonnance ou un protocole : le jour où il finit.")
    )
    starts_on = DayField(
        label=_("Depuis le"), required=False, help_text=_("Jour de l’ordonnance ou du protocole.")
    )
    every_months = forms.IntegerField(
        label=_("Tous les (mois)"),
        required=False,
        min_value=1,
        max_value=LONGEST_MONTHS,
        help_text=_("Vide : une seule fois."),
    )
    owner = forms.ChoiceField(label=_("Qui rappelle"))
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, carriers: list[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        self.carriers = {str(one.pk): one for one in carriers}
        self.fields["owner"].choices = [(key, str(one)) for key, one in self.carriers.items()]  # type: ignore[attr-defined]  # a field of choices

    def values(self) -> dict[str, Any]:
        """Return what `add_recall` and `change_recall` take beside who asks and the key."""
        said = self.cleaned_data
        return {
            "kind": RecallKind(said["kind"]),
            "what": said["what"],
            "due_on": said["due_on"],
            "starts_on": said["starts_on"],
            "every_months": said["every_months"] or 0,
            "owner": self.carriers[said["owner"]],
        }


class NoteForm(KeyedForm):
    """What came of a recall."""

    came = forms.ChoiceField(
        label=_("Suite"),
        choices=[(one.value, label) for one in BY_HAND for label in [CAME_LABELS[one]]],
    )
    until = DayField(
        label=_("Jour"),
        required=False,
        help_text=_("Du rendez-vous, du report, ou la prochaine échéance une fois fait."),
    )
    words = NameField(
        label=_("Précision"),
        max_length=300,
        required=False,
        help_text=_("Pour un report ou un refus : pourquoi."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class StopForm(KeyedForm):
    """Why a recall is stopped."""

    words = NameField(label=_("Pourquoi arrêter ce rappel"), max_length=300)
    seen = forms.IntegerField(widget=forms.HiddenInput)


class SeenForm(KeyedForm):
    """A gesture that asks for nothing more than what was read."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
