"""Forms of therapeutic education: a programme, its text, a session, an enrolment, an assessment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.directory import api as directory
from maillage.kernel import formats
from maillage.kernel.choices import as_choices
from maillage.kernel.fields import DayField, MomentField, NameField, Textarea
from maillage.kernel.pages.forms import KeyedForm
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people
from maillage.protocols.models import EducationSession, Enrolment, Programme, ProgrammeText
from maillage.protocols.models.education import (
    ENDING_LABELS,
    FILING_LABELS,
    LEVEL_LABELS,
    PROOF_LABELS,
    SESSION_LABELS,
)
from maillage.protocols.rules.education import Ending, SessionKind

MEANS = [(one.value, people.MEANS_LABELS[one]) for one in (people.Means.SPOKEN, people.Means.PAPER)]
#: The longest session, in minutes, and the largest group that a form takes.
LONGEST, LARGEST = 480, 60


def _text(label: Any, *, length: int = 4000, required: bool = True, hint: Any = "", rows: int = 4) -> Any:
    return forms.CharField(
        label=label,
        max_length=length,
        required=required,
        help_text=hint,
        widget=Textarea(attrs={"rows": rows}),
    )


class MemberForm(KeyedForm):
    """A professional of the directory, by name or RPPS number."""

    who = NameField(label=_("Professionnel"), max_length=120, help_text=_("Nom ou numéro RPPS."))
    is_coordinator = forms.BooleanField(label=_("Coordonne le programme"), required=False)


class ProgrammeForm(KeyedForm):
    """A programme to open, and who coordinates it."""

    title = NameField(label=_("Titre du programme"), max_length=160)
    who = NameField(label=_("Qui le coordonne"), max_length=120, help_text=_("Nom ou numéro RPPS."))


class ProgrammeTextForm(KeyedForm):
    """What a programme says."""

    pathology = forms.CharField(
        label=_("Maladie"), max_length=300, help_text=_("Avec les mots du programme.")
    )
    audience = _text(_("À qui il s’adresse"), length=2000, required=False, rows=3)
    aims = _text(_("Objectifs"))
    course = _text(_("Déroulement"), required=False)
    filing = forms.ChoiceField(label=_("Auprès de l’ARS"), choices=as_choices(FILING_LABELS))
    filed_on = DayField(label=_("Date de la déclaration ou de l’autorisation"), required=False)
    filing_number = forms.CharField(label=_("Numéro"), max_length=60, required=False)
    proof = forms.ChoiceField(
        label=_("Certitude"),
        choices=as_choices(PROOF_LABELS),
        help_text=_("Avez-vous lu le document de l’ARS ?"),
    )

    def __init__(self, *args: Any, before: ProgrammeText | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        if before is not None:
            for name, field in self.fields.items():
                if name != "key":
                    field.initial = getattr(before, name)

    def content(self) -> dict[str, Any]:
        """Return what was written, without the key."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}


class WhenForm(forms.Form):
    """When and where a session is held."""

    starts_at = MomentField(
        label=_("Jour et heure"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    minutes = forms.IntegerField(label=_("Durée, en minutes"), min_value=5, max_value=LONGEST, initial=60)
    place = forms.CharField(label=_("Lieu"), max_length=200, required=False)
    video_url = forms.URLField(
        label=_("Lien, à distance"),
        max_length=300,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )


def when_form(session: EducationSession, data: Any = None) -> WhenForm:
    """Return the form that moves a session, as it stands."""
    names = ("starts_at", "minutes", "place", "video_url")
    return WhenForm(data, initial={name: getattr(session, name) for name in names}, auto_id="id_when_%s")


class SessionForm(KeyedForm, WhenForm):
    """A session to plan."""

    theme = forms.CharField(label=_("Thème"), max_length=160)
    kind = forms.TypedChoiceField(
        label=_("Séance"),
        choices=as_choices(SESSION_LABELS),
        coerce=SessionKind,
        initial=SessionKind.GROUP.value,
    )
    capacity = forms.IntegerField(
        label=_("Places"),
        min_value=1,
        max_value=LARGEST,
        initial=8,
        help_text=_("Une séance individuelle en a une."),
    )
    leader = forms.ChoiceField(label=_("Animée par"))
    field_order: Sequence[str] = (
        "theme", "kind", "starts_at", "minutes", "place", "video_url", "capacity", "leader", "key",
    )  # fmt: skip

    def __init__(self, *args: Any, team: Sequence[directory.Professional], **options: Any) -> None:
        super().__init__(*args, **options)
        self.team = {str(one.pk): one for one in team}
        self.fields["leader"].choices = [(key, str(one)) for key, one in self.team.items()]  # type: ignore[attr-defined] # a field of choices

    def values(self) -> dict[str, Any]:
        """Return what `plan_session` takes beside who plans it."""
        return self.cleaned_data | {"leader": self.team[self.cleaned_data["leader"]]}


class BecauseForm(forms.Form):
    """Why a session does not take place."""

    because = forms.CharField(label=_("Pourquoi"), max_length=300)


class EnrolForm(KeyedForm):
    """A patient to enrol in one programme, with their agreement."""

    educator = forms.ChoiceField(label=_("Suivi par"))
    means = forms.TypedChoiceField(label=_("Accord donné"), choices=MEANS, coerce=people.Means)
    agreed_on = DayField(label=_("Le"))
    has_agreed = forms.BooleanField(
        label=_("La personne accepte de suivre ce programme, et que son équipe lise ce qu’elle y écrit"),
        required=False,
        help_text=_("L’équipe ne lit rien d’autre de son dossier. Elle peut arrêter à tout moment."),
    )

    def __init__(
        self, *args: Any, programme: Programme, team: Sequence[directory.Professional], **options: Any
    ) -> None:
        options.setdefault("auto_id", f"id_{programme.pk}_%s")
        super().__init__(*args, **options)
        self.programme = programme
        self.team = {str(one.pk): one for one in team}
        self.fields["educator"].choices = [(key, str(one)) for key, one in self.team.items()]  # type: ignore[attr-defined] # a field of choices

    def values(self) -> dict[str, Any]:
        """Return what `enrol` takes beside who enrols whom."""
        return self.cleaned_data | {
            "programme": self.programme,
            "educator": self.team[self.cleaned_data["educator"]],
        }


class AssessmentForm(forms.Form):
    """The educational assessment; `base` is the version that was read."""

    needs = _text(
        _("Besoins"), hint=_("Ce que la personne vit, sait, sait faire, et ce qui la gêne."), rows=6
    )
    goals = _text(_("Objectifs négociés"), hint=_("Ce que vous avez décidé ensemble."), rows=6)
    base = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)


def assessment_form(enrolment: Enrolment, base: str, data: Any = None) -> AssessmentForm:
    """Return the form of an assessment, as it stands."""
    initial = {"needs": enrolment.needs, "goals": enrolment.goals, "base": base}
    return AssessmentForm(data, initial=initial)


class EvaluationForm(forms.Form):
    """The sentences of the rule, each answered by the person."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for one in rule("protocols.education.items").value:
            self.fields[one["code"]] = forms.ChoiceField(
                label=formats.in_language(one["label"], one["label_en"]),
                choices=as_choices(LEVEL_LABELS),
                widget=forms.RadioSelect,
            )
        self.fields["words"] = _text(_("Avec ses mots"), length=2000, required=False, rows=3)

    def answers(self) -> dict[str, str]:
        """Return what was answered, by code."""
        return {name: said for name, said in self.cleaned_data.items() if name != "words"}


class EndForm(forms.Form):
    """How a programme ended, and what is to be remembered."""

    ending = forms.TypedChoiceField(
        label=_("Comment il finit"), choices=as_choices(ENDING_LABELS), coerce=Ending
    )
    summary = _text(
        _("Synthèse pour le médecin traitant"),
        hint=_("Ce qui a été fait, ce que la personne retient, ce qui reste à faire."),
        rows=6,
    )


class EducatorForm(forms.Form):
    """Who follows a person in the team."""

    educator = forms.ChoiceField(label=_("Suivi par"))

    def __init__(self, *args: Any, team: Sequence[directory.Professional], **options: Any) -> None:
        super().__init__(*args, **options)
        self.team = {str(one.pk): one for one in team}
        self.fields["educator"].choices = [(key, str(one)) for key, one in self.team.items()]  # type: ignore[attr-defined] # a field of choices

    @property
    def chosen(self) -> directory.Professional:
        """Whom was chosen."""
        return self.team[self.cleaned_data["educator"]]
