"""What a form that draws a perimeter needs: a pasted list read, groups found, communes recognised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.territory.models import Commune
from maillage.territory.queries.communes import groups, known_codes
from maillage.territory.queries.perimeters import codes_of_group
from maillage.territory.rules.kinds import Group
from maillage.territory.rules.perimeter import Problem, ProblemKind, read_pasted

SHOWN_PROBLEMS = 12


@dataclass(frozen=True, slots=True)
class ReadCodes:
    """The codes read from a list; `refusals` say what prevents its use, `warnings` what was mended."""

    codes: tuple[str, ...]
    refusals: list[str]
    warnings: list[str]


def read_codes(text: str) -> ReadCodes:
    """Read commune codes from a pasted list, and say in sentences what is wrong, line by line."""
    pasted = read_pasted(text, known_codes())
    refusals = _sentences(problem for problem in pasted.problems if problem.blocks)
    if not refusals and not pasted.codes:
        refusals = [_("Aucun code de commune dans cette liste.")]
    warnings = _sentences(problem for problem in pasted.problems if not problem.blocks)
    return ReadCodes(pasted.codes, refusals, warnings)


def with_group(text: str, choice: str) -> str:
    """Return an unfinished list of codes with the communes of a group, written « epci:200071884 », added."""
    kind, _colon, code = choice.partition(":")
    added = codes_of_group(Group(kind), code) if kind in {group.value for group in Group} else []
    known = read_pasted(text, known_codes())
    kept = [*(problem.text for problem in known.problems if problem.blocks), *known.codes]
    return "\n".join(dict.fromkeys([*kept, *added]))


def drawing(text: str, *, departement: str = "", group: str = "") -> dict[str, Any]:
    """Return what `territory/territories/_drawing.html` shows beside its form.

    `text`: the list of codes so far; `group`: the group looked for; `departement`: the one on the map, that
    of most communes unless told.
    """
    codes = read_pasted(text, known_codes()).codes
    wanted = group.strip()
    return {
        "group_query": wanted,
        "groups": groups(wanted) if wanted else [],
        "departements": groups(kinds=(Group.DEPARTEMENT,), limit=200),
        "departement": departement or _departement_of(codes),
        "chosen": Commune.objects.filter(code__in=codes).order_by("search_name") if codes else [],
    }


def _departement_of(codes: tuple[str, ...]) -> str:
    """Return the département that has most of the communes, empty where there is none."""
    rows = Commune.objects.filter(code__in=codes).values_list("departement").annotate(count=Count("code"))
    most: tuple[str, int] = max(rows, key=lambda row: row[1], default=("", 0))
    return most[0]


def _sentences(problems: Iterable[Problem]) -> list[str]:
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
        ProblemKind.NOT_A_CODE: _(
            "Ligne %(line)d : « %(text)s » n’est pas un code INSEE (cinq caractères, comme 71230)."
        ),
        ProblemKind.UNKNOWN: _(
            "Ligne %(line)d : la commune %(text)s n’existe pas dans les données : code ancien ou mal saisi."
        ),
        ProblemKind.LOST_ZERO: _(
            "Ligne %(line)d : « %(text)s » a été lu %(code)s, avec le zéro que le tableur avait ôté."
        ),
        ProblemKind.REPEATED: _("Ligne %(line)d : %(code)s était déjà dans la liste."),
    }[problem.trouble]
    return sentence % {"line": problem.line, "text": problem.text, "code": problem.suggestion}
