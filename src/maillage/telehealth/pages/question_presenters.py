"""What the pages of advices say: rows, facts, steps, whom to ask, billing help."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.directory import api as directory
from maillage.kernel import formats
from maillage.kernel.models import Person, Scope
from maillage.kernel.parameters import row_key
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people
from maillage.telehealth.actions.questions import To
from maillage.telehealth.models import SHARED_LABELS, Question, QuestionFile, QuestionStep
from maillage.telehealth.queries import questions as queries
from maillage.telehealth.rules.questions import Delays, Shared, Side, State

Groups = list[tuple[str, list[tuple[str, str]]]]
#: How the state of a question is marked.
KINDS = {
    State.SENT: "",
    State.TAKEN: "",
    State.PRECISION: "attention",
    State.ANSWERED: "good",
    State.DECLINED: "attention",
    State.WITHDRAWN: "",
    State.EXPIRED: "attention",
}
STEP_LABELS = {
    State.SENT: lazy("Demande envoyée"),
    State.TAKEN: lazy("Prise en charge, ou complétée"),
    State.PRECISION: lazy("Précision demandée"),
    State.ANSWERED: lazy("Avis rendu"),
    State.DECLINED: lazy("Déclinée"),
    State.WITHDRAWN: lazy("Retirée"),
    State.EXPIRED: lazy("Restée sans réponse : revenue à qui l’a faite"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A question in a list: whom it is about (sex and age where the reader is not told), where it stands."""

    question: Question
    about: str
    state: str
    kind: str
    due: str


def row(one: Question, *, names_patient: bool = True) -> Row:
    """Return a question as a line of a list."""
    due = ""
    if one.due_at is not None:
        due = _("avant le {day} à {hour}").format(
            day=formats.date_short(one.due_at), hour=formats.time_short(one.due_at)
        )
    about = one.patient.name if names_patient else unnamed(one.patient, one)
    return Row(one, about, str(one.get_state_display()), KINDS[one.stands], due)


def unnamed(patient: people.Patient, one: Question) -> str:
    """Say of a patient what a group reads before one of it takes the question: sex and age, no name."""
    sex = str(patient.get_sex_display())
    if patient.birth_date is None:
        return sex
    age = people.age_on(patient.birth_date, one.at.date())
    return ngettext("{sex}, {count} an", "{sex}, {count} ans", age).format(sex=sex, count=age)


def finding(to_answer: Sequence[Question], offered: Sequence[Question], asked: Sequence[Question]) -> str:
    """Say what waits, in one sentence."""
    said = []
    if to_answer:
        said.append(
            ngettext("{count} avis à rendre", "{count} avis à rendre", len(to_answer)).format(
                count=len(to_answer)
            )
        )
    if offered:
        said.append(
            ngettext(
                "{count} à prendre dans votre groupe", "{count} à prendre dans votre groupe", len(offered)
            ).format(count=len(offered))
        )
    back = sum(one.read_at is None and (not one.is_open or one.stands is State.PRECISION) for one in asked)
    if back:
        said.append(ngettext("{count} retour à lire", "{count} retours à lire", back).format(count=back))
    if not said:
        return _("Aucun avis n’attend de vous.")
    sentence = ", ".join(said)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def delays_said(found: Delays) -> str:
    """Say how long advices take, with the denominator."""
    if not found.asked:
        return _("Aucune demande d’avis depuis 90 jours.")
    if found.answer_hours is None:
        return ngettext(
            "{count} demande depuis 90 jours, aucun avis rendu encore.",
            "{count} demandes depuis 90 jours, aucun avis rendu encore.",
            found.asked,
        ).format(count=formats.number(found.asked))
    text = _(
        "Depuis 90 jours : {answered} avis rendus sur {asked} demandes, la moitié en moins de {hours} h, "
        "{in_time} dans le délai."
    )
    return text.format(
        answered=formats.number(found.answered),
        asked=formats.number(found.asked),
        hours=formats.number(found.answer_hours, 1),
        in_time=formats.number(found.in_time),
    )


def facts(seen: queries.Seen) -> list[tuple[str, str]]:
    """Return what a question says, as pairs of a heading and its words."""
    one = seen.question
    found = [(_("Demandé à"), one.addressee), (_("Réponse utile"), str(one.get_hurry_display()))]
    if seen.names_patient:
        found += [
            (_("Ce qui a été fait"), one.tried or "–"),
            (_("À savoir de plus"), one.context or "–"),
            (
                _("Accord de la personne, informée"),
                _("depuis le {day}").format(day=formats.date_short(one.consented_on)),
            ),
        ]
    return found


def shared(one: Question) -> list[tuple[str, list[str]]]:
    """Return the extracts shared with an expert, each under its heading, line by line."""
    return [
        (str(SHARED_LABELS[kind]), one.shared[kind.value].splitlines())
        for kind in Shared
        if kind.value in one.shared
    ]


@dataclass(frozen=True, slots=True)
class ShownPiece:
    """A photo or a document: the photo small, inside the page, so that it is read with it alone."""

    file: QuestionFile
    thumbnail: str


def shown_files(seen: queries.Seen) -> dict[str, Any]:
    """Return what is shown with a question and with its advice, by the side it comes from."""
    found: dict[str, list[ShownPiece]] = {"asker_files": [], "expert_files": []}
    for one in queries.files_of(seen):
        small = base64.b64encode(bytes(one.thumbnail)).decode()
        piece = ShownPiece(one, f"data:image/jpeg;base64,{small}" if small else "")
        found["expert_files" if one.side == Side.EXPERT.value else "asker_files"].append(piece)
    return found


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step: what, who, when, and its words where the reader may read them."""

    label: str
    step: QuestionStep
    text: str


def steps(seen: queries.Seen, rows: Sequence[QuestionStep]) -> list[StepLine]:
    """Return the steps of a question as its reader may read them."""
    return [
        StepLine(str(STEP_LABELS[State(one.state)]), one, one.text if seen.names_patient else "")
        for one in rows
    ]


def doors(scope: Scope, person: Person) -> Groups:
    """Return whom a question may be asked of in a scope, as groups of choices."""
    experts = queries.experts_in(scope, person)
    apart = directory.told_apart(experts)
    codes = sorted({one.specialty or one.profession for one in experts} - {""}, key=directory.group_name)
    groups: Groups = []
    if experts:
        every = _("Toute la spécialité : {name}")
        groups = [
            (
                _("À un groupe : le premier qui la prend l’a"),
                [
                    *((f"g{code}", every.format(name=directory.group_name(code))) for code in codes),
                    *(
                        (f"s{pk}", _("Toute l’équipe : {name}").format(name=name))
                        for pk, name in queries.teams_of(experts)
                    ),
                ],
            ),
            (
                _("À un professionnel"),
                [
                    (f"p{one.pk}", f"{one.name}, {apart.get(one.pk) or directory.specialty(one)}")
                    for one in experts
                ],
            ),
        ]
    return groups


def door(key: str) -> To:
    """Return whom a key of `doors` names. Raises ValidationError."""
    kind, rest = key[:1], key[1:]
    found: To | None = None
    if kind == "g":
        found = rest
    elif kind == "s":
        found = directory.Structure.objects.filter(pk=rest, is_active=True).first()
    else:
        found = directory.Professional.objects.active().filter(pk=row_key(rest)).first()
    if found is None:
        raise ValidationError(_("Choisissez à qui demander dans la liste."))
    return found


@dataclass(frozen=True, slots=True)
class Act:
    """An act of the health insurance that may be billed, with its amount where a source gives one."""

    code: str
    label: str
    amount: str


def billing(seen: queries.Seen) -> list[Act]:
    """Return the acts that may be billed on the reader's side of an advice that was given."""
    if seen.question.stands is not State.ANSWERED:
        return []
    sides = {side for side, is_it in (("asker", seen.is_team), ("expert", seen.is_expert)) if is_it}
    amounts = rule("telehealth.billing.amounts").value or {}
    return [
        Act(
            one["code"],
            formats.in_language(one["label"], one["label_en"]),
            formats.quantity(amounts[one["code"]], "€", 2) if one["code"] in amounts else "",
        )
        for one in rule("telehealth.billing.acts").value
        if one["side"] in sides
    ]
