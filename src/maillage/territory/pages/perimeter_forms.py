"""The form that draws a perimeter: groups, a pasted list and clicks on the map all fill one list of codes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maillage.territory import queries
from maillage.territory.models import KIND_LABELS, Territory
from maillage.territory.rules.kinds import Group, TerritoryKind
from maillage.territory.rules.perimeter import Pasted, Problem, Trouble, read_pasted

SHOWN_PROBLEMS = 12
TIME_ZONES = [
    ("Europe/Paris", gettext_lazy("Métropole (Europe/Paris)")),
    ("America/Guadeloupe", gettext_lazy("Guadeloupe")),
    ("America/Martinique", gettext_lazy("Martinique")),
    ("America/Cayenne", gettext_lazy("Guyane")),
    ("Indian/Reunion", gettext_lazy("La Réunion")),
    ("Indian/Mayotte", gettext_lazy("Mayotte")),
    ("America/Miquelon", gettext_lazy("Saint-Pierre-et-Miquelon")),
]


class PerimeterForm(forms.Form):
    """The communes of a territory; `warnings` says what was mended without asking."""

    codes = forms.CharField(
        label=gettext_lazy("Codes INSEE des communes"),
        help_text=gettext_lazy(
            "Un code par ligne, ou un tableau collé depuis un tableur (colonne « code » ou « insee »). "
            "Les regroupements et les clics sur la carte s’ajoutent ici."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.warnings: list[str] = []

    def clean_codes(self) -> tuple[str, ...]:
        pasted = read_pasted(self.cleaned_data["codes"], queries.known_codes())
        self.warnings = _sentences(problem for problem in pasted.problems if not problem.blocks)
        wrong = [problem for problem in pasted.problems if problem.blocks]
        if wrong:
            raise forms.ValidationError(_sentences(wrong))
        if not pasted.codes:
            raise forms.ValidationError(_("Aucun code de commune dans cette liste."))
        return pasted.codes


class NewTerritoryForm(PerimeterForm):
    """A new territory."""

    name = forms.CharField(label=gettext_lazy("Nom"), max_length=120)
    kind = forms.ChoiceField(
        label=gettext_lazy("Nature"), choices=[(kind.value, label) for kind, label in KIND_LABELS.items()]
    )
    parent = forms.ModelChoiceField(
        label=gettext_lazy("Territoire parent"),
        queryset=Territory.objects.all(),
        required=False,
        empty_label=gettext_lazy("aucun"),
    )
    time_zone = forms.ChoiceField(label=gettext_lazy("Fuseau horaire"), choices=TIME_ZONES)
    is_constructed = forms.BooleanField(
        label=gettext_lazy("Périmètre construit pour l’analyse, et non celui d’une structure officielle"),
        required=False,
    )

    field_order = ("name", "kind", "parent", "time_zone", "is_constructed", "codes")

    def clean_kind(self) -> TerritoryKind:
        return TerritoryKind(self.cleaned_data["kind"])


class ChangeForm(PerimeterForm):
    """A change of a territory's name, note or communes; the reason goes to the journal."""

    name = forms.CharField(label=gettext_lazy("Nom"), max_length=120)
    note = forms.CharField(
        label=gettext_lazy("Note affichée avec le territoire"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    reason = forms.CharField(label=gettext_lazy("Motif du changement"), required=False, max_length=200)

    field_order = ("name", "note", "codes", "reason")


def with_group(data: QueryDict, choice: str) -> QueryDict:
    """Return the posted form with the communes of a group, written « epci:200071884 », added to its codes."""
    kind, _colon, code = choice.partition(":")
    added = queries.codes_of_group(Group(kind), code) if kind in {group.value for group in Group} else []
    filled = data.copy()
    known = read_pasted(data.get("codes", ""), queries.known_codes())
    kept = [*(word for problem in known.problems if problem.blocks for word in [problem.text]), *known.codes]
    filled["codes"] = "\n".join(dict.fromkeys([*kept, *added]))
    return filled


def usable_codes(text: str) -> Pasted:
    """Return what can be read of an unfinished list."""
    return read_pasted(text, queries.known_codes())


def _sentences(problems: Any) -> list[str]:
    told = list(problems)
    sentences = [_sentence(problem) for problem in told[:SHOWN_PROBLEMS]]
    others = len(told) - SHOWN_PROBLEMS
    if others > 0:
        sentences.append(
            ngettext("Et %(count)d autre ligne.", "Et %(count)d autres lignes.", others) % {"count": others}
        )
    return sentences


def _sentence(problem: Problem) -> str:
    sentence = {
        Trouble.NOT_A_CODE: _(
            "Ligne %(line)d : « %(text)s » n’est pas un code INSEE (cinq caractères, comme 71230)."
        ),
        Trouble.UNKNOWN: _(
            "Ligne %(line)d : la commune %(text)s n’existe pas dans les données : code ancien ou mal saisi."
        ),
        Trouble.LOST_ZERO: _(
            "Ligne %(line)d : « %(text)s » a été lu %(code)s, avec le zéro que le tableur avait ôté."
        ),
        Trouble.REPEATED: _("Ligne %(line)d : %(code)s était déjà dans la liste."),
    }[problem.trouble]
    return sentence % {"line": problem.line, "text": problem.text, "code": problem.suggestion}
