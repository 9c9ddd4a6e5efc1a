"""Forms of protocols: a version, a sign-up, the questions before an act, an answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from maillage.kernel import formats
from maillage.kernel.choices import as_choices
from maillage.kernel.fields import DayField, Textarea
from maillage.kernel.pages.forms import KeyedForm
from maillage.kernel.sourced_rules import rule
from maillage.protocols.models import Version
from maillage.protocols.models.acts import CRITERION_LABELS, SAID_LABELS
from maillage.protocols.models.protocols import KIND_LABELS, LEVEL_LABELS, SIDE_LABELS
from maillage.protocols.rules.criteria import Criterion, lines_of
from maillage.protocols.rules.protocols import ProtocolKind, Side

LISTS = ("acts", "inclusion", "exclusion", "stop")


class OpenForm(KeyedForm):
    """A protocol that the territory writes itself."""

    kind = forms.TypedChoiceField(
        label=_("Nature"),
        choices=[one for one in as_choices(KIND_LABELS) if one[0] != ProtocolKind.COOPERATION],
        coerce=ProtocolKind,
    )
    title = forms.CharField(label=_("Titre"), max_length=160)


class VersionForm(KeyedForm):
    """The text of a version: lists hold one act, or one question, a line."""

    authors = forms.CharField(label=_("Auteurs"), max_length=300)
    aims = forms.CharField(label=_("Objectifs"), required=False)
    acts = forms.CharField(label=_("Actes délégués"), help_text=_("Un par ligne."))
    patients = forms.CharField(label=_("Quels patients"), required=False)
    inclusion = forms.CharField(
        label=_("Critères d’inclusion"), help_text=_("Une question par ligne : « oui » laisse continuer.")
    )
    exclusion = forms.CharField(
        label=_("Critères d’exclusion"),
        required=False,
        help_text=_("Une question par ligne : « oui » renvoie au médecin."),
    )
    stop = forms.CharField(
        label=_("Critères d’arrêt"),
        required=False,
        help_text=_("Une question par ligne : « oui » arrête tout et renvoie au médecin."),
    )
    returns = forms.CharField(label=_("Quand le patient revient au médecin"), required=False)
    exchanges = forms.CharField(label=_("Échanges et réunions avec le médecin"), required=False)
    information = forms.CharField(label=_("Ce qui est dit au patient"), required=False)
    training = forms.CharField(label=_("Formation demandée"), required=False)
    reference = forms.CharField(label=_("Référence"), max_length=300, required=False)
    level = forms.ChoiceField(label=_("Niveau de preuve"), choices=as_choices(LEVEL_LABELS), initial="none")
    reference_on = DayField(label=_("Date de la référence"), required=False)
    review_on = DayField(label=_("À revoir le"))

    def __init__(self, *args: Any, before: Version | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, field in self.fields.items():
            if type(field) is forms.CharField and field.max_length is None:
                field.max_length = 4000
                field.widget = Textarea(attrs={"rows": 4, "maxlength": 4000})
            if before is not None and name != "key":
                said = getattr(before, name)
                field.initial = "\n".join(said) if name in LISTS else said

    def content(self) -> dict[str, Any]:
        """Return the text, its lists as lists."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        for name in LISTS:
            data[name] = [line[:200] for line in lines_of(data[name])]
        return data


class SignUpForm(KeyedForm):
    """Signing up, oneself or for a paper that was signed; `who` is asked of whoever manages alone."""

    who = forms.CharField(
        label=_("Professionnel"),
        max_length=120,
        required=False,
        help_text=_("Nom ou numéro RPPS ; vide pour vous-même."),
    )
    side = forms.TypedChoiceField(label=_("Côté"), choices=as_choices(SIDE_LABELS), coerce=Side)
    signed_on = DayField(label=_("Signé le"))
    trained_on = DayField(label=_("Formé le (délégué)"), required=False)
    until = DayField(label=_("Jusqu’au"), required=False)

    def __init__(
        self, *args: Any, manages: bool, sides: Iterable[Side] = tuple(Side), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        kept = [one for one in as_choices(SIDE_LABELS) if one[0] in set(sides)]
        self.fields["side"].choices = kept  # type: ignore[attr-defined] # a field of choices
        if not manages:
            del self.fields["who"]


class ReasonForm(forms.Form):
    """Why."""

    because = forms.CharField(label=_("Pourquoi"), max_length=300)


class ReportForm(forms.Form):
    """What was done, or why it goes back to the physician."""

    report = forms.CharField(
        label=_("Ce qui a été fait"), max_length=2000, widget=Textarea(attrs={"rows": 3})
    )


class ReturnForm(forms.Form):
    """Why an act goes back to the physician."""

    because = forms.CharField(
        label=_("Critère d’arrêt, doute"), max_length=2000, widget=Textarea(attrs={"rows": 2})
    )


class AnswerForm(forms.Form):
    """A physician's answer in words."""

    outcome = forms.CharField(
        label=_("En quelques mots"), max_length=2000, required=False, widget=Textarea(attrs={"rows": 3})
    )


class CriteriaForm(KeyedForm):
    """The signs that engage life, the questions of a protocol, then the act and the person's agreement.

    A question that nobody answers is unknown; what the file answers is shown and not asked.
    """

    signs = forms.MultipleChoiceField(
        label=_("Un de ces signes est-il là ?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Un seul suffit : le 15 tout de suite, et aucun protocole."),
    )
    act = forms.ChoiceField(label=_("Acte"), widget=forms.RadioSelect)
    has_agreed = forms.BooleanField(
        label=_("La personne est informée de qui fait l’acte, et d’accord"), required=False
    )

    def __init__(
        self, *args: Any, criteria: list[Criterion], acts: list[str], answers: dict[str, str], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.criteria = criteria
        known = rule("people.signals.vital_signs").value
        self.fields["signs"].choices = [  # type: ignore[attr-defined] # a field of choices
            (one["code"], formats.in_language(one["label"], one["label_en"])) for one in known
        ]
        self.fields["act"].choices = [(one, one) for one in acts]  # type: ignore[attr-defined] # as above
        if len(acts) == 1:
            self.fields["act"].initial = acts[0]
        if not acts:  # an act begun already: its questions alone
            del self.fields["act"], self.fields["has_agreed"]
        for one in criteria:
            if one.known is None:
                self.fields[one.key] = forms.ChoiceField(
                    label=one.text,
                    choices=as_choices(SAID_LABELS),
                    required=False,
                    widget=forms.RadioSelect,
                    initial=answers.get(one.key),
                )

    @property
    def questions(self) -> list[tuple[Criterion, str, forms.BoundField | None, str]]:
        """Each criterion, the words of its kind, its field where it is asked, the file's answer elsewhere."""
        return [
            (
                one,
                str(CRITERION_LABELS[one.kind]),
                self[one.key] if one.known is None else None,
                "" if one.known is None else str(SAID_LABELS[one.known]),
            )
            for one in self.criteria
        ]

    def clean(self) -> dict[str, Any]:
        """Return what was said; where a sign is there, the 15 waits for no other field."""
        said = super().clean() or {}
        if said.get("signs"):
            for name in list(self.errors):
                if name not in {"signs", "key"}:
                    del self.errors[name]
        return said

    def answers(self) -> dict[str, str]:
        """Return what was answered, by key of the criterion."""
        asked = [one.key for one in self.criteria if one.known is None]
        return {key: self.cleaned_data[key] for key in asked if self.cleaned_data.get(key)}
