"""Reads of questionnaires: what may be asked, what is asked of somebody, what was answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from maillage.care.models import Questionnaire
from maillage.care.queries.rights import may_write
from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.kernel.statements import given
from maillage.people import api as people

READING = "questionnaires"
#: The code of what is asked of a carer about themself: the sentences of the rule `people.support.items`.
SUPPORT = "support"
#: The choices of each sentence, by code: words of the catalogue.
_CHOICES = (
    ("never", gettext_noop("Jamais")),
    ("sometimes", gettext_noop("Parfois")),
    ("often", gettext_noop("Souvent")),
    ("always", gettext_noop("Presque toujours")),
)
#: How many earlier answers stand beside the last ones.
BESIDE = 4


def choices() -> list[dict[str, str]]:
    """Return the answers that may be given, in both languages: they are kept with what was asked."""
    return [
        {"code": code, "label": _in("fr", words), "label_en": _in("en", words)} for code, words in _CHOICES
    ]


def _in(language: str, words: str) -> str:
    with override(language):
        return _(words)


def content_of(code: str) -> tuple[dict[str, str], list[dict[str, str]]] | None:
    """Return the title and the sentences of a questionnaire, in both languages; None for an unknown code."""
    if code == SUPPORT:
        title = gettext_noop("Ce que l’aide me demande")
        items = rule("people.support.items").value
        sentences = [{name: one[name] for name in ("code", "label", "label_en")} for one in items]
        return {"label": _in("fr", title), "label_en": _in("en", title)}, sentences
    for one in rule("care.questionnaires.list").value:
        if one["code"] == code:
            return {"label": one["title"], "label_en": one["title_en"]}, [
                dict(row) for row in one["sentences"]
            ]
    return None


def askable(patient: people.Patient) -> list[tuple[str, str]]:
    """Return what may be asked about a patient, by what a form sends: of them, then of their carers."""
    found = [
        (one["code"], formats.in_language(one["title"], one["title_en"]))
        for one in rule("care.questionnaires.list").value
    ]
    text = _("À {name}, sur ce que l’aide lui demande")
    found += [(f"{SUPPORT}-{one.pk}", text.format(name=one)) for one in carers_of(patient)]
    return found


def carers_of(patient: people.Patient) -> list[Person]:
    """Return the carers whose mandate holds, by name."""
    return [
        one
        for one, decision in people.accounts_reading(patient, people.Part.IDENTITY)
        if decision.reason is people.Reason.MANDATE
    ]


def questionnaires_of(person: Person, patient: people.Patient) -> list[Questionnaire]:
    """Return the questionnaires about a patient that `person` reads, the latest first."""
    rows = Questionnaire.objects.for_person(person).filter(patient=patient)
    return list(rows.select_related("by", "carer", "answered_by", "patient__scope"))


def questionnaire_seen_by(person: Person, pk: int) -> Questionnaire | None:
    """Return the questionnaire of that key where `person` reads it, None elsewhere; no line is left."""
    rows = Questionnaire.objects.for_person(person).filter(pk=pk)
    return rows.select_related("by", "carer", "answered_by", "patient__scope").first()


def asked_of(person: Person) -> list[Questionnaire]:
    """Return what is asked of `person`, open ones first, then the latest; not what nobody waits for."""
    rows = Questionnaire.objects.for_person(person).asked_of(person)
    rows = rows.exclude(answered_at=None, withdrawn_at__isnull=False)
    found = list(rows.select_related("by", "patient__scope"))
    return sorted(found, key=lambda one: not one.is_open)


def own_questionnaire(person: Person, pk: int) -> Questionnaire | None:
    """Return what is asked of `person` under that key, None where it is asked of somebody else."""
    rows = Questionnaire.objects.for_person(person).asked_of(person).filter(pk=pk)
    return rows.select_related("by", "answered_by", "patient__scope").first()


def is_respondent(person: Person, row: Questionnaire) -> bool:
    """Return whether it is asked of `person`."""
    if row.carer_id is not None:
        return row.carer_id == person.pk
    return row.patient.account_id == person.pk


def may_ask(person: Person, patient: people.Patient) -> bool:
    """Return whether `person` asks a patient questions: a professional who writes their health."""
    return may_write(people.decision(person, patient, people.Part.HEALTH))


def beside(row: Questionnaire, rows: Iterable[Questionnaire]) -> list[Questionnaire]:
    """Return what the same person answered to the same questionnaire, the latest first, `row` among them."""
    same = [
        one
        for one in rows
        if one.code == row.code and one.carer_id == row.carer_id and one.answered_at is not None
    ]
    return sorted(same, key=lambda one: one.answered_at, reverse=True)[:BESIDE]  # type: ignore[arg-type, return-value]  # answered


def compared(rows: Sequence[Questionnaire]) -> list[tuple[str, list[str]]]:
    """Return each sentence of the first of `rows`, with what each of them answered, as it was given."""
    if not rows:
        return []
    return [(label, [one.answered(code) for one in rows]) for code, label in rows[0].sentences]


def vital_signs() -> list[tuple[str, str]]:
    """Return the signs that are asked before any question, in the reader's language."""
    known: list[dict[str, Any]] = rule("people.signals.vital_signs").value
    return [(one["code"], formats.in_language(one["label"], one["label_en"])) for one in known]


def said_vital(row: Questionnaire) -> list[str]:
    """Return what was said that shows the 15: the signs, the words."""
    known = dict(vital_signs())
    return [*(known.get(one, one) for one in row.signs), *(f"« {one} »" for one in row.alarms)]


def answers_unread() -> QuerySet[Questionnaire]:
    """Return the answers that the reader asked for and has not read; the circle is asked next."""
    # The base manager, for keys alone: nobody is named.
    return Questionnaire._base_manager.filter(by=given("person"), answered_at__isnull=False, read_at=None)


def _unread(person: Person) -> Any:
    return Questionnaire.objects.for_person(person).filter(by=person, answered_at__isnull=False, read_at=None)


@transaction.atomic
def answers_drawn(person: Person, keys: Sequence[int]) -> list[Questionnaire]:
    """Return the answers of some keys that `person` has to read; each patient is logged."""
    rows = _unread(person).filter(pk__in=list(keys)).select_related("patient__scope", "carer")
    found: list[Questionnaire] = list(rows.order_by("answered_at", "pk"))
    each = {one.patient_id: one.patient for one in found}
    if each:
        people.log_access(by=person, patients=each.values(), what="list", purpose=READING)
    return found
