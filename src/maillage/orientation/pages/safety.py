"""What the screen says of the safety of a request: the 15, the questions, the spoken check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.kernel import formats
from maillage.kernel.fields import NameField, Textarea
from maillage.orientation import api
from maillage.orientation.models import Request, SafetySheet, SpokenCheck
from maillage.orientation.models.requests import CALLER_LABELS, PRIORITY_LABELS
from maillage.orientation.models.safety import ANSWER_LABELS
from maillage.orientation.queries.lists import spoken_check_words
from maillage.orientation.rules.safety import TO_THE_15, MotiveRule, Obstacle, Question, is_red_flag
from maillage.orientation.rules.vocabulary import Answer, CallerKind, Priority

#: What forbids an answer in town without leading to the 15 by itself: the sentence of the amber notice.
AMBER: dict[Obstacle, str | Promise] = {
    Obstacle.IMPRECISE: gettext_lazy(
        "Ce motif est trop large pour chercher qui peut recevoir : choisissez un motif précis ci-dessous."
    ),
    Obstacle.NO_SHEET: gettext_lazy(
        "Ce motif veut une fiche de sécurité, et aucune n’est en usage : aucun rendez-vous. Voyez avec le 15."
    ),
    Obstacle.UNCHECKED: gettext_lazy(
        "Aucune question validée pour ce motif : vérifiez de vive voix que rien n’alarme ; sinon, le 15."
    ),
}


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question of a sheet with the answer given, empty where nobody answered.

    `is_known`: the age or the sex of the person gave it. `alarm` says which answer alarms where it is not
    « yes »; empty elsewhere.
    """

    key: str
    text: str
    answer: str
    label: str
    is_red_flag: bool
    is_known: bool
    alarm: str


@dataclass(frozen=True, slots=True)
class SheetView:
    """A sheet: its questions, who wrote it, whether a clinician signed it."""

    pk: int
    title: str
    written_by: str
    certainty: str
    is_validated: bool
    questions: list[QuestionView]


@dataclass(frozen=True, slots=True)
class SafetyView:
    """What stands between a request and a slot.

    `to_15`: the 15, and nowhere else; `heading` and `flags` say why. `amber`: what forbids a slot without
    leading there. `needs_check`: a spoken check is awaited; `needs_motive`: a more precise motive is;
    `check`: the spoken check that holds.
    """

    is_cleared: bool
    to_15: bool
    heading: str
    flags: list[str]
    amber: str
    needs_check: bool
    needs_motive: bool
    check: str
    sheets: list[SheetView]
    is_folded: bool


def safety_view(found: api.Clearance, motive: str) -> SafetyView:
    """Return what the screen says of the safety of a request whose motive reads `motive`."""
    why = found.obstacle
    flags = [f"{_text(one.question)} {ANSWER_LABELS[one.answer]}" for one in found.flags]
    if found.rule is MotiveRule.VITAL:
        flags.insert(0, motive)
    return SafetyView(
        is_cleared=why is None,
        to_15=why in TO_THE_15,
        heading=_heading(why, found.request),
        flags=flags,
        amber=_amber(why, found.request.motive),
        needs_check=why is Obstacle.UNCHECKED,
        needs_motive=why is Obstacle.IMPRECISE,
        check=_checked(found.check) if found.check and found.rule is not MotiveRule.VITAL else "",
        sheets=[_sheet(one, found) for one in found.sheets],
        is_folded=bool(found.sheets) and not found.missing and not found.alarms,
    )


class SpokenCheckForm(forms.Form):
    """Who said on the phone that nothing alarms, and what was asked."""

    said_by = forms.ChoiceField(
        label=gettext_lazy("Qui a répondu"),
        choices=[(one.value, label) for one, label in CALLER_LABELS.items()],
    )
    name = NameField(label=gettext_lazy("Son nom"), required=False, max_length=120)
    note = forms.CharField(
        label=gettext_lazy("Ce que vous avez demandé, ce qui a été répondu"),
        max_length=1000,
        widget=Textarea({"rows": 2}),
    )
    nothing_alarms = forms.BooleanField(
        label=gettext_lazy("Rien n’alarme : ni la respiration, ni la conscience, ni la douleur"),
    )

    def __init__(self, data: Any = None, *, request: Request | None = None) -> None:
        initial = {"said_by": request.caller_kind, "name": request.caller_name} if request else None
        super().__init__(data, prefix="check", initial=initial)
        own = spoken_check_words(request.motive) if request else None
        if own is not None:  # nobody answers for themselves of their own death
            self.fields["nothing_alarms"].label = own[1]
            others = [(one.value, label) for one, label in CALLER_LABELS.items() if one != CallerKind.PATIENT]
            self.fields["said_by"].choices = others  # type: ignore[attr-defined]  # a field of choices

    def said(self) -> CallerKind:
        """Return who answered, once the form is valid."""
        return CallerKind(self.cleaned_data["said_by"])


def _amber(why: Obstacle | None, motive: str) -> str:
    """Return the sentence of the amber notice, empty where none is shown."""
    own = spoken_check_words(motive) if why is Obstacle.UNCHECKED else None
    if own is not None:
        return own[0]
    return str(AMBER.get(why, "")) if why is not None else ""


def _heading(why: Obstacle | None, request: Request) -> str:
    if why is Obstacle.VITAL:
        return _("Urgence vitale : aucun rendez-vous possible, passez au 15")
    if why is Obstacle.URGENT:
        label = PRIORITY_LABELS[Priority(request.priority)]
        return _("{priority} : aucun créneau ne se cherche, passez au 15").format(priority=label)
    return _("Signe d’alerte : aucun rendez-vous possible, passez au 15") if why is Obstacle.RED_FLAG else ""


def _checked(check: SpokenCheck) -> str:
    kind = str(CALLER_LABELS[CallerKind(check.said_by)])
    who = " · ".join(filter(None, [kind[:1].lower() + kind[1:], check.name]))
    at = formats.time_short(timezone.localtime(check.at))
    text = _("Vérifié de vive voix à {at} par {by} ; a répondu : {who}. {note}")
    return text.format(at=at, by=check.by.get_full_name(), who=who, note=check.note)


def _sheet(sheet: SafetySheet, found: api.Clearance) -> SheetView:
    questions = [_question(one, found.given.get((sheet.pk, one.key)), (sheet.pk, one.key) in found.known)
                 for one in sheet.asked]  # fmt: skip
    written = _("Écrite par {author}, version {version}").format(
        author=sheet.author_said, version=sheet.version
    )
    return SheetView(
        sheet.pk, sheet.title_said, written, sheet.certainty, sheet.is_validated, questions
    )  # fmt: skip


def _question(question: Question, given: Answer | None, is_known: bool) -> QuestionView:
    label = str(ANSWER_LABELS[given]) if given is not None else ""
    flagged = given is not None and is_red_flag(question, given)
    answer = given.value if given is not None else ""
    return QuestionView(question.key, _text(question), answer, label, flagged, is_known, _alarm(question))


def _alarm(question: Question) -> str:
    if question.red_flag is None:
        return _("aucune réponse n’alarme : elle sert à savoir qui peut recevoir")
    if question.red_flag is Answer.YES:
        return ""
    return _("ici, c’est « {answer} » qui alarme").format(answer=ANSWER_LABELS[question.red_flag])


def _text(question: Question) -> str:
    return formats.in_language(question.text, question.text_en)
