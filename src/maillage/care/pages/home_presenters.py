"""What the pages of a home say, in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.agenda import api as agenda
from maillage.care.computations.cards import inside_a_sentence
from maillage.care.models import AcuteEvent, CrisisCard, Stay
from maillage.care.models.acute_events import TOLD_AT_LAST
from maillage.care.models.homes import ENTRY_LABELS, PART_LABELS
from maillage.care.queries.homes import Counts, Resident
from maillage.care.rules.crisis_card import PARTS, Entry, Part, changed
from maillage.care.rules.transfers import Share
from maillage.kernel import formats
from maillage.kernel.rules import Role
from maillage.kernel.sourced_rules import rule
from maillage.kernel.wording import ROLES
from maillage.people.api import REASON_LABELS

#: Parts of a liaison file that the list names; beyond, it counts them.
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class ResidentLine:
    """One resident in the list: who, where, what lacks, and what may be done on the row."""

    stay: Stay
    name: str
    born: str
    key: int
    card: str
    kind: str
    lacks: str
    file: str
    gir: str
    away: int
    may_read: bool
    why_not: str
    must_be_told: bool
    is_to_complete: bool


def resident_line(one: Resident) -> ResidentLine:
    """Return one resident in words."""
    lacking = parts_said(one.lacks)
    if not one.may_read:
        card, kind = _("fermée"), "attention"
    elif one.card is None:
        card, kind = _("à remplir"), "attention"
    elif one.lacks:
        card, kind = _("incomplète"), "attention"
    elif one.is_to_revise:
        card, kind = _("à revoir"), "attention"
    else:
        card, kind = _("complète"), "good"
    file = _("complet") if one.may_read and not one.file_lacks else ""
    if one.file_lacks:
        file = _file_lacks(one.file_lacks)
    why = one.why_not
    return ResidentLine(
        stay=one.stay,
        name=one.patient.name if one.patient else _("Nom non ouvert"),
        born=one.patient.born if one.patient else "",
        key=one.stay.patient_id,
        card=card,
        kind=kind,
        lacks=lacking if one.card is not None else "",
        file=file,
        gir=str(one.gir) if one.gir else "",
        away=one.away.event_id if one.away else 0,
        may_read=one.may_read,
        why_not=str(REASON_LABELS[why.reason]) if why else "",
        must_be_told=why is not None and why.reason == "not_informed",
        is_to_complete=one.may_read and (bool(one.lacks) or one.is_to_revise),
    )


def _file_lacks(parts: Sequence[Part]) -> str:
    """Say what a liaison file lacks: in words up to three parts, else how many."""
    if len(parts) <= MOST_NAMED:
        return _("manque : {parts}").format(parts=parts_said(parts))
    text = ngettext("il manque {count} rubrique", "il manque {count} rubriques", len(parts))
    return text.format(count=len(parts))


def residents_finding(rows: Sequence[Resident]) -> str:
    """Say how many live here and how many cards are incomplete."""
    count = len(rows)
    said = ngettext("{count} résident", "{count} résidents", count).format(count=formats.number(count))
    incomplete = sum(one.may_read and bool(one.lacks) for one in rows)
    if not rows:
        return _("Aucun résident noté : notez l’entrée du premier.")
    if not incomplete:
        return _("{residents}, toutes les fiches de nuit lisibles sont complètes.").format(residents=said)
    cards = ngettext(
        "{count} fiche de nuit incomplète", "{count} fiches de nuit incomplètes", incomplete
    ).format(count=formats.number(incomplete))
    return f"{said}, {cards}."


def parts_said(parts: Sequence[Part]) -> str:
    """Return parts in a list of words, lower case: « souhaits, allergies »."""
    return ", ".join(inside_a_sentence(str(PART_LABELS[one])) for one in parts)


def written_by_others(mine: Collection[Entry]) -> list[str]:
    """Say which parts somebody else writes, and who: « Que faire : médecin généraliste »."""
    writers = rule("care.crisis_card.writers").value
    return [
        _("{part} : {roles}").format(
            part=PART_LABELS[part],
            roles=_(" ou ").join(inside_a_sentence(str(ROLES[Role(one)])) for one in writers.get(part, ())),
        )
        for part, entries in PARTS.items()
        if not set(entries) <= set(mine)
    ]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of a card: who, when, in which role, what changed."""

    version: int
    when: str
    who: str
    role: str
    what: str


def version_lines(rows: Sequence[CrisisCard]) -> list[VersionLine]:
    """Return the versions of a card, the latest first, with what each changed."""
    lines = []
    for rank, one in enumerate(rows):
        before = rows[rank + 1].written if rank + 1 < len(rows) else {}
        entries = ", ".join(str(ENTRY_LABELS[entry]) for entry in changed(before, one.written))
        lines.append(
            VersionLine(
                version=one.version,
                when=f"{formats.date_short(one.at)} {formats.time_short(one.at)}",
                who=one.by.get_full_name(),
                role=str(ROLES[Role(one.as_role)]),
                what=entries or _("relue, sans changement"),
            )
        )
    return lines


def counted(found: Counts) -> list[tuple[str, str, str]]:
    """Return the figures of the transfers: what, how much, over what."""
    rates = found.rates
    span = _("du {first} au {last}").format(
        first=formats.date_short(found.first), last=formats.date_short(found.last)
    )
    per = rates.per_thousand
    over = ngettext("{count} journée de présence", "{count} journées de présence", rates.days)
    transfers = ngettext("{count} transfert", "{count} transferts", rates.transfers)
    lines = [
        (
            _("Transferts pour 1 000 journées"),
            formats.number(per, 2) if per is not None else "–",
            _("{transfers} sur {days}, {span}").format(
                transfers=transfers.format(count=formats.number(rates.transfers)),
                days=over.format(count=formats.number(rates.days)),
                span=span,
            ),
        )
    ]
    shares = (
        (_("Partis la nuit"), rates.at_night),
        (_("Partis sans appel avant"), rates.without_call),
        (_("Partis sans fiche de liaison"), rates.without_sheet),
        (_("Revenus sans hospitalisation"), rates.not_admitted),
    )
    lines += [(label, _share(one), _over(one)) for label, one in shares]
    return lines


def _share(one: Share) -> str:
    return "–" if one.value is None else formats.percent(one.value)


def _over(one: Share) -> str:
    if not one.known:
        return _("rien n’est noté")
    text = ngettext("{count} sur {known} dont c’est noté", "{count} sur {known} dont c’est noté", one.known)
    return text.format(count=formats.number(one.count), known=formats.number(one.known))


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event in the list: when, of whom, what, how it ended, what is still to do."""

    pk: int
    when: str
    name: str
    room: str
    reason: str
    ending: str
    back: str
    to_do: str
    judgement: str


def event_line(one: AcuteEvent) -> EventLine:
    """Return one event in words."""
    transfer = getattr(one, "transfer", None)
    review = getattr(one, "review", None)
    back = ""
    if transfer is not None:
        back = (
            _("revenu {when}").format(when=moment(transfer.returned_at))
            if transfer.returned_at
            else _("pas encore revenu")
        )
    return EventLine(
        pk=one.pk,
        when=moment(one.at),
        name=one.stay.patient.name,
        room=one.stay.room,
        reason=one.reason,
        ending=one.get_ending_display() if one.ending else _("en cours"),
        back=back,
        to_do=_to_do(one),
        judgement=review.get_judgement_display() if review else "",
    )


def _to_do(one: AcuteEvent) -> str:
    if not one.ending:
        return _("noter la suite")
    transfer = getattr(one, "transfer", None)
    if transfer is not None and transfer.returned_at is None:
        return _("noter le retour")
    if one.told != TOLD_AT_LAST:
        return _("prévenir le proche")
    return "" if hasattr(one, "review") else _("revoir entre pairs")


def transfers_finding(rows: Sequence[AcuteEvent]) -> str:
    """Say who is away and what waits for a review."""
    away = sum(one.ending == "transferred" and one.transfer.returned_at is None for one in rows)
    waiting = sum(bool(one.ending) and not hasattr(one, "review") for one in rows)
    gone = ngettext("{count} résident à l’hôpital", "{count} résidents à l’hôpital", away)
    review = ngettext(
        "{count} situation à revoir entre pairs", "{count} situations à revoir entre pairs", waiting
    )
    if not away and not waiting:
        return _("Personne n’est parti, rien n’attend de revue.")
    said = [gone.format(count=away)] if away else []
    said += [review.format(count=waiting)] if waiting else []
    return ", ".join(said) + "."


def moment(at: datetime) -> str:
    """Return a day and an hour: « 3 mars, 02 h 10 »."""
    local = timezone.localtime(at)
    return f"{formats.date_short(local)}, {formats.time_short(local)}"


def slot_said(one: agenda.Slot) -> str:
    """Return a visit to book: hour, who."""
    return _("{when}, {who}").format(when=moment(one.starts_at), who=one.agenda)
