"""A crisis card in words, the same on the screen, beside a request and on paper: largest first."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from maillage.care.models import CrisisCard
from maillage.care.models.homes import ANSWER_LABELS, HOSPITAL_LABELS, PART_LABELS
from maillage.care.rules.crisis_card import OF_THE_CARD, Answer, Hospital, Part, missing_from_card
from maillage.kernel import formats
from maillage.kernel.phones import written_phone
from maillage.kernel.rules import Role
from maillage.kernel.wording import ROLES
from maillage.people import api as people

#: What one reads first, in the largest letters.
FIRST = (Part.WHAT_TO_DO, Part.WISHES, Part.ALLERGIES)
#: What only the liaison file holds.
BEYOND = (Part.PALLIATIVE, Part.HISTORY, Part.ANNEXES)


@dataclass(frozen=True, slots=True)
class SaidPart:
    """One part in words: `lines` from the most telling, `phone` to dial; `is_missing`: nobody wrote it."""

    part: Part
    label: str
    lines: tuple[str, ...]
    phone: str = ""
    is_missing: bool = False
    is_marked: bool = False

    @property
    def phone_said(self) -> str:
        """The number as people read it."""
        return written_phone(self.phone)


@dataclass(frozen=True, slots=True)
class SaidCard:
    """A whole card in words: what is read first, the rest, what lacks, who revised it and when."""

    first: tuple[SaidPart, ...]
    rest: tuple[SaidPart, ...]
    beyond: tuple[SaidPart, ...]
    lacks: tuple[str, ...]
    revised: str
    version: int


def said_card(card: CrisisCard | None) -> SaidCard:
    """Return a card in the reader's language; None says that nothing is written."""
    lacking = missing_from_card(card.written if card else {})
    parts = {part: _part(part, card, part in lacking) for part in (*OF_THE_CARD, *BEYOND)}
    return SaidCard(
        first=tuple(parts[one] for one in FIRST),
        rest=tuple(parts[one] for one in OF_THE_CARD if one not in FIRST),
        beyond=tuple(parts[one] for one in BEYOND),
        lacks=tuple(inside_a_sentence(str(PART_LABELS[one])) for one in lacking),
        revised=_revised(card),
        version=card.version if card else 0,
    )


def inside_a_sentence(words: str) -> str:
    """Return words as they go on inside a sentence; an acronym stays as it is."""
    return words if words[:2].isupper() else words[:1].lower() + words[1:]


def _revised(card: CrisisCard | None) -> str:
    if card is None:
        return _("Jamais remplie.")
    text = _("Revue le {day} par {name}, {role} (version {version}).")
    role = str(ROLES[Role(card.as_role)])
    return text.format(
        day=formats.date_short(card.at),
        name=card.by.get_full_name(),
        role=inside_a_sentence(role),
        version=card.version,
    )


def _part(part: Part, card: CrisisCard | None, is_missing: bool) -> SaidPart:
    label = str(PART_LABELS[part])
    if card is None:
        return SaidPart(part, label, (), is_missing=True)
    lines, phone = _LINES[part](card)
    marked = (part is Part.ALLERGIES and card.allergy == Answer.YES.value) or (
        part is Part.PALLIATIVE and card.palliative == Answer.YES.value
    )
    kept = tuple(filter(None, lines))
    return SaidPart(part, label, kept, phone, is_missing or not kept, marked)


Lines = tuple[tuple[str, ...], str]


def _wishes(card: CrisisCard) -> Lines:
    return (str(HOSPITAL_LABELS[Hospital(card.hospital)]) if card.hospital else "", card.wishes), ""


def _allergies(card: CrisisCard) -> Lines:
    if card.allergy == Answer.NO.value:
        return (_("Aucune connue"),), ""
    return (card.allergies,), ""


def _directives(card: CrisisCard) -> Lines:
    if card.directives == Answer.NO.value:
        return (_("Aucune écrite"),), ""
    if card.directives == Answer.YES.value:
        return (_("Écrites : {where}").format(where=card.directives_where or _("lieu à noter")),), ""
    return (), ""


def _to_call(card: CrisisCard) -> Lines:
    at_night = {
        Answer.YES.value: _("même la nuit"),
        Answer.NO.value: _("pas la nuit : appeler au matin"),
    }.get(card.to_call_at_night, "")
    return (card.to_call, at_night if card.to_call else ""), card.to_call_phone


def _palliative(card: CrisisCard) -> Lines:
    answer = Answer(card.palliative)
    return (str(ANSWER_LABELS[answer]) if card.palliative else "",), ""


def _annexes(card: CrisisCard) -> Lines:
    said = []
    if card.prescriptions_on:
        said.append(_("Ordonnances du {day}").format(day=formats.date_short(card.prescriptions_on)))
    if card.laboratory_on:
        said.append(_("biologie du {day}").format(day=formats.date_short(card.laboratory_on)))
    return (" · ".join(said),), ""


_LINES = {
    Part.WHAT_TO_DO: lambda card: ((card.what_to_do,), ""),
    Part.WISHES: _wishes,
    Part.ALLERGIES: _allergies,
    Part.TREATMENTS: lambda card: ((card.treatments,), ""),
    Part.BASELINE: lambda card: ((card.baseline,), ""),
    Part.DIRECTIVES: _directives,
    Part.TRUSTED_PERSON: lambda card: ((card.trusted_person,), card.trusted_phone),
    Part.TO_CALL: _to_call,
    Part.PALLIATIVE: _palliative,
    Part.HISTORY: lambda card: ((card.history,), ""),
    Part.ANNEXES: _annexes,
}


def who(patient: people.Patient) -> str:
    """Return how a resident is named on paper: name, birth."""
    return ", ".join(filter(None, (patient.name, patient.born)))
