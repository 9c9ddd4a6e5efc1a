"""Forms of a cell, and those that a message opens without an account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.crisis.models import (
    KIND_LABELS,
    LEVEL_LABELS,
    NOTE_LABELS,
    OUTCOME_LABELS,
    POST_LABELS,
    SEEN_LABELS,
    SUPPLY_LABELS,
)
from maillage.crisis.pages.words import defect_words
from maillage.crisis.queries.templates import template_of
from maillage.crisis.rules.calls import Outcome
from maillage.crisis.rules.lists import MOST_CHARACTERS, Line, ListError, read_list
from maillage.crisis.rules.vocabulary import BY_WORRY, Kind, Note, Supply
from maillage.directory import api as directory
from maillage.kernel.fields import MomentField, NameField, PhoneField, Textarea
from maillage.kernel.formats import in_language
from maillage.kernel.models import Person, Scope
from maillage.kernel.pages.forms import KeyedForm, waits_for_nothing
from maillage.kernel.sourced_rules import rule

_EXAMPLE = "nom ; téléphone ; commune ; adresse ; à savoir\nMme Rose Églantier ; 03 85 00 00 01 ; Marcigny"


class OpenForm(KeyedForm):
    """What happens, where: the rest comes from the template."""

    where = forms.ChoiceField(label=lazy("Territoire"))
    kind = forms.ChoiceField(
        label=lazy("Nature"),
        widget=forms.RadioSelect,
        choices=[(one.value, KIND_LABELS[one]) for one in Kind],
    )
    title = forms.CharField(
        label=lazy("Titre"),
        max_length=120,
        required=False,
        help_text=lazy("Vide : celui de la nature. Par exemple « Canicule, juillet »."),
    )
    why = forms.CharField(
        label=lazy("Ce qui se passe"),
        max_length=2000,
        widget=Textarea({"rows": 3}),
        help_text=lazy("Une phrase, lue en premier par tous : les faits, où, depuis quand."),
    )
    is_exercise = forms.BooleanField(
        label=lazy("C’est un exercice"),
        required=False,
        help_text=lazy("Il ne comptera pas comme jour de crise."),
    )

    def __init__(self, *args: Any, scopes: list[Scope], **options: Any) -> None:
        super().__init__(*args, **options)
        self.scopes = {str(one.pk): one for one in scopes}
        where = self.fields["where"]
        where.choices = [(str(one.pk), one.label) for one in scopes]  # type: ignore[attr-defined]  # a field of choices
        if len(scopes) == 1:
            where.widget = forms.HiddenInput()
            where.initial = str(scopes[0].pk)

    @property
    def scope(self) -> Scope:
        """The territory chosen, once the form is valid."""
        return self.scopes[self.cleaned_data["where"]]


class NoteForm(KeyedForm):
    """A line of the log."""

    kind = forms.ChoiceField(
        label=lazy("Nature"),
        choices=[(one.value, NOTE_LABELS[one]) for one in Note],
        initial=Note.FACT.value,
    )
    text = forms.CharField(
        label=lazy("Ce qui est noté"),
        max_length=2000,
        widget=Textarea({"rows": 2}),
        help_text=lazy("Aucun nom de patient : la main courante est lue par tous ceux qui suivent la crise."),
    )
    said_by = forms.CharField(label=lazy("Selon qui"), max_length=160, required=False)
    at = MomentField(
        label=lazy("Heure, si ce n’est pas maintenant"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class CorrectForm(NoteForm):
    """A line that stands for another: at its hour, unless another is given."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].label = _("Correction")
        self.fields["at"].label = _("Heure, si elle change")


class DutyForm(forms.Form):
    """Who takes a post: an account of the territory, or a name."""

    post = forms.ChoiceField(
        label=lazy("Poste"), choices=[(one.value, words) for one, words in POST_LABELS.items()]
    )
    person = forms.ChoiceField(label=lazy("Compte"), required=False)
    name = NameField(label=lazy("Ou un nom, sans compte"), max_length=120, required=False)
    phone = PhoneField(label=lazy("Téléphone pendant la crise"), required=False)
    is_deputy = forms.BooleanField(label=lazy("En suppléance"), required=False)

    def __init__(self, *args: Any, people: list[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        self.people = {str(one.pk): one for one in people}
        self.fields["person"].choices = [("", "–"), *((key, str(one)) for key, one in self.people.items())]  # type: ignore[attr-defined]  # a field of choices

    def values(self) -> dict[str, Any]:
        """Return what a valid form says, as `give_duty` takes it."""
        said = self.cleaned_data
        return said | {"person": self.people.get(said["person"])}


class StructuresForm(forms.Form):
    """Which structures of the territory to ask, by kind."""

    kinds = forms.MultipleChoiceField(
        label=lazy("Quelles structures interroger"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, counts: dict[directory.StructureKind, int], kind: Kind, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        field = self.fields["kinds"]
        field.choices = [  # type: ignore[attr-defined]  # a field of choices
            (one.value, f"{directory.KIND_LABELS[one]} ({count})") for one, count in counts.items() if count
        ]
        field.initial = list(template_of(kind).structures)


class DeclarationForm(KeyedForm):
    """How a structure holds, in under a minute on a telephone."""

    level = forms.ChoiceField(
        label=lazy("Comment ça tient ?"),
        widget=forms.RadioSelect,
        choices=[(one.value, LEVEL_LABELS[one]) for one in reversed(BY_WORRY)],
    )
    needs = forms.CharField(
        label=lazy("Ce qui manque"),
        max_length=500,
        required=False,
        widget=Textarea({"rows": 2}),
        help_text=lazy("Matériel, bras, places. Aucun nom de patient."),
    )
    beds = forms.IntegerField(label=lazy("Places libres"), required=False, min_value=0, max_value=10_000)
    absent = forms.IntegerField(
        label=lazy("Professionnels absents"), required=False, min_value=0, max_value=10_000
    )
    contact = NameField(label=lazy("Votre nom et votre fonction"), max_length=120)
    phone = PhoneField(label=lazy("Téléphone où vous joindre"), required=False)


class OfferForm(KeyedForm):
    """Somebody who offers to help."""

    name = NameField(label=lazy("Votre nom"), max_length=120)
    profession = forms.CharField(label=lazy("Votre métier"), max_length=80)
    phone = PhoneField(label=lazy("Votre téléphone"))
    available = forms.CharField(
        label=lazy("Quand êtes-vous libre ?"),
        max_length=300,
        help_text=lazy("Jours, heures, et jusqu’où vous pouvez aller."),
    )


class SupplyForm(KeyedForm):
    """Something that somebody lacks."""

    what = forms.CharField(label=lazy("Ce qu’il faut"), max_length=160)
    quantity = forms.IntegerField(label=lazy("Quantité"), min_value=1, max_value=1_000_000)
    whom = forms.CharField(label=lazy("Pour qui"), max_length=160)


class SupplyAnswerForm(forms.Form):
    """What became of a request."""

    state = forms.ChoiceField(
        label=lazy("Réponse"),
        choices=[(one.value, SUPPLY_LABELS[one]) for one in Supply if one is not Supply.ASKED],
    )
    answer = forms.CharField(label=lazy("Précision"), max_length=300, required=False)


class PeopleForm(forms.Form):
    """The people to call, pasted."""

    source = forms.CharField(
        label=lazy("D’où vient cette liste"),
        max_length=160,
        help_text=lazy("Par exemple « registre de la mairie de Marcigny »."),
    )
    people = forms.CharField(
        label=lazy("Personnes à appeler"),
        max_length=MOST_CHARACTERS,
        widget=Textarea({"rows": 6, "spellcheck": "false", "placeholder": _EXAMPLE}),
        help_text=lazy(
            "Une ligne par personne : nom ; téléphone ; commune ; adresse ; à savoir pour appeler. "
            "Rien de sa santé : « parle portugais », « entend mal » suffisent."
        ),
    )

    def clean_people(self) -> list[Line]:
        """Read the list: every defect is said, with its line."""
        try:
            return read_list(self.cleaned_data["people"])
        except ListError as error:
            raise ValidationError([defect_words(one) for one in error.found[:20]]) from error


class CallForm(KeyedForm):
    """What a call gave: the signs first."""

    signs = forms.MultipleChoiceField(
        label=lazy("Un de ces signes ?"), required=False, widget=forms.CheckboxSelectMultiple
    )
    outcome = forms.ChoiceField(
        label=lazy("La personne…"),
        required=False,
        widget=forms.RadioSelect,
        choices=[(one.value, OUTCOME_LABELS[one]) for one in Outcome if one is not Outcome.VITAL],
    )
    said = forms.CharField(
        label=lazy("Ce qu’elle demande"), max_length=500, required=False, widget=Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["signs"].choices = [  # type: ignore[attr-defined]  # a field of choices
            (one["code"], in_language(one["label"], one["label_en"]))
            for one in rule("crisis.calls.vital_signs").value
        ]

    def clean(self) -> dict[str, Any]:
        """A sign is enough, whatever else is wrong; without one, say what the call gave."""
        said = super().clean() or {}
        if signs := self.data.getlist("signs"):  # type: ignore[attr-defined]  # what a request sends
            # A sign that the page had when it was opened is one, even where the rule has changed since.
            self.errors.pop("signs", None)
            said["signs"] = signs
            waits_for_nothing(self, "outcome", "said")
        if not said.get("signs") and not said.get("outcome") and "outcome" not in self.errors:
            self.add_error("outcome", _("Dites ce que l’appel a donné."))
        return said

    @property
    def given(self) -> Outcome:
        """What a valid form says: a sign comes before anything else."""
        if self.cleaned_data["signs"]:
            return Outcome.VITAL
        return Outcome(self.cleaned_data["outcome"])


class VisitForm(KeyedForm):
    """What a visit found."""

    seen = forms.ChoiceField(
        label=lazy("Sur place"),
        widget=forms.RadioSelect,
        choices=[(one.value, words) for one, words in SEEN_LABELS.items()],
    )
    said = forms.CharField(
        label=lazy("Précision"), max_length=500, required=False, widget=Textarea({"rows": 2})
    )


class VisitorForm(forms.Form):
    """Who goes and sees."""

    who = NameField(label=lazy("Qui y va"), max_length=160)


class ReportForm(forms.Form):
    """A report: a few words, the rest is what the cell knows."""

    words = forms.CharField(
        label=lazy("L’essentiel, en quelques phrases"),
        max_length=2000,
        required=False,
        widget=Textarea({"rows": 2}),
    )
    after = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class RhythmForm(forms.Form):
    """How many hours part two reports."""

    hours = forms.IntegerField(label=lazy("Heures entre deux points"), min_value=1, max_value=168)


class CloseForm(forms.Form):
    """The return to normal."""

    closing = forms.CharField(
        label=lazy("Ce qui permet le retour à la normale"), max_length=2000, widget=Textarea({"rows": 3})
    )
    handed_to = forms.CharField(
        label=lazy("Qui continue d’appeler les personnes qui restent"),
        max_length=200,
        required=False,
        help_text=lazy("Demandé s’il reste quelqu’un à appeler."),
    )
    lessons = forms.CharField(
        label=lazy("Ce qu’il faut en retenir"), max_length=4000, required=False, widget=Textarea({"rows": 4})
    )
