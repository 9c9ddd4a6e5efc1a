"""Forms of bodies, meetings, votes, decisions and trainings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as lazy

from maillage.governance.models import (
    BODY_LABELS,
    COLLEGE_LABELS,
    MAJORITY_LABELS,
    OFFICE_LABELS,
    POINT_LABELS,
    TRAINING_LABELS,
    BodySeat,
    College,
)
from maillage.governance.rules.vocabulary import LONGEST, SHORTEST, BodyKind, Majority, Office, PointKind
from maillage.kernel.fields import DayField, MomentField, NameField, Textarea
from maillage.kernel.models import Person, Scope
from maillage.kernel.pages.forms import KeyedForm


def choose(form: forms.Form, name: str, rows: Iterable[tuple[str, Any]], *, empty: str = "") -> None:
    """Offer rows in a field of choices, after an empty one where `empty` words it."""
    field = form.fields[name]
    blank = [("", empty)] if empty else []
    field.choices = [*blank, *rows]  # type: ignore[attr-defined]  # a field of choices


def _moment(label: Any) -> MomentField:
    return MomentField(
        label=label,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class BodyForm(KeyedForm):
    """A new body: its rules are those proposed for its kind, changed on its page."""

    where = forms.ChoiceField(label=lazy("Territoire"))
    kind = forms.ChoiceField(
        label=lazy("Nature"), choices=[(one.value, BODY_LABELS[one]) for one in BodyKind]
    )
    name = NameField(label=lazy("Nom"), max_length=120)
    purpose = forms.CharField(
        label=lazy("À quoi elle sert"),
        max_length=2000,
        widget=Textarea({"rows": 3}),
        help_text=lazy("Ce qu’elle décide, en une ou deux phrases."),
    )

    def __init__(self, *args: Any, scopes: list[Scope], **options: Any) -> None:
        super().__init__(*args, **options)
        self.scopes = {str(one.pk): one for one in scopes}
        choose(self, "where", [(key, one.label) for key, one in self.scopes.items()])
        if len(scopes) == 1:
            self.fields["where"].widget = forms.HiddenInput()
            self.fields["where"].initial = str(scopes[0].pk)


class RulesForm(forms.Form):
    """What a body is, and its rules."""

    base = forms.IntegerField(widget=forms.HiddenInput)
    name = NameField(label=lazy("Nom"), max_length=120)
    purpose = forms.CharField(label=lazy("À quoi elle sert"), max_length=2000, widget=Textarea({"rows": 3}))
    quorum_percent = forms.IntegerField(
        label=lazy("Quorum, en pourcentage des voix"), min_value=0, max_value=100,
        help_text=lazy("0 : aucun quorum n’est demandé."),
    )  # fmt: skip
    quorum_by_college = forms.BooleanField(label=lazy("Demandé dans chaque collège"), required=False)
    second_without_quorum = forms.BooleanField(
        label=lazy("Une seconde convocation vote quel que soit le nombre"), required=False
    )
    notice_days = forms.IntegerField(
        label=lazy("Jours entre la convocation et la séance"), min_value=0, max_value=90
    )
    most_proxies = forms.IntegerField(label=lazy("Pouvoirs par personne"), min_value=0, max_value=20)
    pays_time = forms.BooleanField(
        label=lazy("Le temps de ses membres professionnels est indemnisé"), required=False
    )


class CollegeForm(forms.Form):
    """A new college."""

    kind = forms.ChoiceField(
        label=lazy("Qui il rassemble"), choices=[(one.value, words) for one, words in COLLEGE_LABELS.items()]
    )
    name = NameField(label=lazy("Nom"), max_length=120)
    places = forms.IntegerField(label=lazy("Sièges prévus"), min_value=1, max_value=500)


class SeatForm(KeyedForm):
    """Who sits, where, until when."""

    college = forms.ChoiceField(label=lazy("Collège"))
    person = forms.ChoiceField(label=lazy("Compte"), required=False)
    name = NameField(
        label=lazy("Ou un nom, sans compte"), max_length=120, required=False,
        help_text=lazy("Sans compte, on la prévient autrement, et elle ne vote pas à bulletin secret ici."),
    )  # fmt: skip
    stands_for = NameField(
        label=lazy("Au titre de"), max_length=160, required=False,
        help_text=lazy("Une profession, une structure, une association, une commune."),
    )  # fmt: skip
    office = forms.ChoiceField(
        label=lazy("Fonction"), choices=[(one.value, OFFICE_LABELS[one]) for one in Office]
    )
    deputises = forms.ChoiceField(label=lazy("Supplée"), required=False)
    since = DayField(label=lazy("Depuis le"))
    until = DayField(label=lazy("Fin du mandat"), required=False, help_text=lazy("Vide : sans date de fin."))

    def __init__(
        self,
        *args: Any,
        colleges: list[College],
        people: list[Person],
        members: list[BodySeat],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.colleges = {str(one.pk): one for one in colleges}
        self.people = {str(one.pk): one for one in people}
        self.members = {str(one.pk): one for one in members}
        choose(self, "college", self.colleges.items())
        choose(self, "person", self.people.items(), empty="–")
        choose(self, "deputises", self.members.items(), empty=str(lazy("personne : siège de membre")))

    def clean(self) -> dict[str, Any]:
        """Return the rows that were chosen."""
        said = super().clean() or {}
        for name, rows in (("college", self.colleges), ("person", self.people), ("deputises", self.members)):
            if name in said:
                said[name] = rows.get(said[name])
        if said.get("office"):
            said["office"] = Office(said["office"])
        return said


class EndForm(forms.Form):
    """When somebody leaves their seat."""

    on = DayField(label=lazy("Le"), required=False, help_text=lazy("Vide : aujourd’hui."))


class RenewForm(forms.Form):
    """A new end of term."""

    until = DayField(label=lazy("Nouvelle fin de mandat"))


class SittingForm(KeyedForm):
    """When and where."""

    starts_at = _moment(lazy("Commence à"))
    length = forms.IntegerField(
        label=lazy("Durée, en minutes"), min_value=SHORTEST, max_value=LONGEST, initial=120
    )
    place = forms.CharField(label=lazy("Lieu"), max_length=200, required=False)
    video_url = forms.URLField(
        label=lazy("Lien de visioconférence"), max_length=300, required=False, assume_scheme="https"
    )


class PointForm(KeyedForm):
    """A point of the agenda."""

    kind = forms.ChoiceField(
        label=lazy("Ce qui en est attendu"), choices=[(one.value, POINT_LABELS[one]) for one in PointKind]
    )
    title = forms.CharField(label=lazy("Point"), max_length=200)


class SaidForm(forms.Form):
    """What was said of a point."""

    base = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=lazy("Ce qui a été dit"), max_length=8000, required=False, widget=Textarea({"rows": 4}),
        help_text=lazy("Aucun nom de patient."),
    )  # fmt: skip


class CancelForm(forms.Form):
    """Why a meeting is cancelled."""

    reason = forms.CharField(label=lazy("Raison"), max_length=200)


class MotionForm(KeyedForm):
    """What is put to the vote."""

    text = forms.CharField(label=lazy("Ce qui est mis au vote"), max_length=400, widget=Textarea({"rows": 2}))
    majority = forms.ChoiceField(
        label=lazy("Majorité"), choices=[(one.value, MAJORITY_LABELS[one]) for one in Majority]
    )
    is_secret = forms.BooleanField(
        label=lazy("Vote secret"), required=False,
        help_text=lazy("On saura qui a voté, jamais quoi. Pour une personne, c’est l’usage."),
    )  # fmt: skip
    by_college = forms.BooleanField(
        label=lazy("Compté par collège"), required=False,
        help_text=lazy("Adopté si la majorité l’est dans chaque collège qui a voté."),
    )  # fmt: skip
    point = forms.ChoiceField(label=lazy("Point de l’ordre du jour"), required=False)


class DecisionForm(KeyedForm):
    """What is decided."""

    text = forms.CharField(label=lazy("Ce qui est décidé"), max_length=400, widget=Textarea({"rows": 2}))
    motion = forms.ChoiceField(label=lazy("Par le vote"), required=False)


class ActForm(forms.Form):
    """The action that does what was decided: a new one, of an objective of the project."""

    objective = forms.ChoiceField(label=lazy("Objectif du projet de santé"))
    lead = forms.ChoiceField(label=lazy("Qui la pilote"), required=False)
    due_on = DayField(label=lazy("Avant le"))


class TieForm(forms.Form):
    """The action that does what was decided: one that stands already."""

    action = forms.ChoiceField(label=lazy("Action du projet de santé"))


class ApproveForm(forms.Form):
    """The meeting that approved the minutes."""

    approved_in = forms.ChoiceField(label=lazy("Approuvé par la séance"))


class TrainingForm(KeyedForm):
    """A training."""

    where = forms.ChoiceField(label=lazy("Territoire"))
    kind = forms.ChoiceField(
        label=lazy("Nature"), choices=[(one.value, words) for one, words in TRAINING_LABELS.items()]
    )
    title = forms.CharField(label=lazy("Titre"), max_length=160)
    about = forms.CharField(
        label=lazy("Ce qu’on y apprend"), max_length=2000, required=False, widget=Textarea({"rows": 3})
    )
    host = forms.CharField(label=lazy("Où, ou chez qui"), max_length=200)
    starts_at = _moment(lazy("Commence à"))
    length = forms.IntegerField(
        label=lazy("Durée, en minutes"), min_value=SHORTEST, max_value=LONGEST, initial=180
    )
    places = forms.IntegerField(label=lazy("Places"), min_value=1, max_value=500, initial=12)
    pays_time = forms.BooleanField(label=lazy("Temps indemnisé"), required=False)

    def __init__(self, *args: Any, scopes: list[Scope], **options: Any) -> None:
        super().__init__(*args, **options)
        self.scopes = {str(one.pk): one for one in scopes}
        choose(self, "where", [(key, one.label) for key, one in self.scopes.items()])
        if len(scopes) == 1:
            self.fields["where"].widget = forms.HiddenInput()
            self.fields["where"].initial = str(scopes[0].pk)
