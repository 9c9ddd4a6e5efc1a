"""What the pages of protocols say of a row: lines of the list, sections of a version, states in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.protocols.models import Act, Protocol, Referral, SignUp, Vaccination, Version
from maillage.protocols.models.acts import CRITERION_LABELS, SAID_LABELS
from maillage.protocols.queries import protocols as queries
from maillage.protocols.queries.acts import Activity
from maillage.protocols.queries.pharmacy import ShortageCounts
from maillage.protocols.rules.criteria import CriterionKind, Said
from maillage.protocols.rules.protocols import ActState, Side
from maillage.protocols.rules.referrals import IN_WORDS, REPLIES, Purpose, Reply

_TEXTS = (
    ("aims", lazy("Objectifs")),
    ("acts", lazy("Actes délégués")),
    ("patients", lazy("Quels patients")),
    ("inclusion", lazy("Critères d’inclusion")),
    ("exclusion", lazy("Critères d’exclusion")),
    ("stop", lazy("Critères d’arrêt")),
    ("returns", lazy("Quand le patient revient au médecin")),
    ("exchanges", lazy("Échanges et réunions avec le médecin")),
    ("information", lazy("Ce qui est dit au patient")),
    ("training", lazy("Formation demandée")),
)
#: The word on the button of each reply.
GESTURES = {
    Reply.TAKEN_OVER: lazy("Je la prends en charge"),
    Reply.ADVICE: lazy("Donner cet avis"),
    Reply.ACCEPTED: lazy("Accepter"),
    Reply.MODIFIED: lazy("Accepter avec ce changement"),
    Reply.REFUSED: lazy("Refuser"),
}
ASKS = {
    Reply.ADVICE: lazy("Votre avis"),
    Reply.MODIFIED: lazy("Le changement"),
    Reply.REFUSED: lazy("Pourquoi"),
}


@dataclass(frozen=True, slots=True)
class ProtocolLine:
    """One protocol of the list: its version in use, who signed up, and oneself."""

    protocol: Protocol
    version: Version | None
    is_late: bool
    delegating: int
    delegated: int
    mine: str


def protocol_lines(person: Person) -> list[ProtocolLine]:
    """Return the protocols of the scopes where `person` works; four statements at most a day of scopes."""
    known = queries.protocols_of(person)
    versions = queries.in_use(known)
    days: dict[date, list[Protocol]] = {}
    for one in known:
        days.setdefault(queries.today_in(one.scope), []).append(one)
    found = []
    for day, protocols in days.items():
        standing = queries.standing_sign_ups(protocols, day)
        for one in protocols:
            version, rows = versions.get(one.pk), standing[one.pk]
            mine = [row for row in rows if row.professional.account_id == person.pk]
            found.append(
                ProtocolLine(
                    one,
                    version,
                    version is not None and version.is_review_due(day),
                    sum(row.side == Side.DELEGATING for row in rows),
                    sum(row.side == Side.DELEGATED for row in rows),
                    formats.listed(str(row.get_side_display()) for row in mine),
                )
            )
    return sorted(found, key=lambda one: (one.version is None, one.protocol.title))


def sections_of(version: Version) -> list[tuple[str, str, list[str]]]:
    """Return what a version says: the name of each section, its text or its list; empty ones left out."""
    found = []
    for name, label in _TEXTS:
        said = getattr(version, name)
        if said:
            found.append(
                (str(label), "" if isinstance(said, list) else said, said if isinstance(said, list) else [])
            )
    return found


@dataclass(frozen=True, slots=True)
class SignUpLine:
    """One sign-up: whether it holds, and whether the visitor may end it."""

    row: SignUp
    said: str
    holds: bool
    may_end: bool


def sign_up_lines(rows: Sequence[SignUp], today: date, person: Person, *, manages: bool) -> list[SignUpLine]:
    """Return the sign-ups of a protocol, those that hold first."""
    found = []
    for one in rows:
        holds = one.holds_on(today)
        if holds:
            said = _("en cours")
        elif one.ended_on is not None:
            said = _("arrêtée le {day} : {reason}").format(
                day=formats.date_short(one.ended_on), reason=one.ended_because
            )
        else:
            said = _("échue le {day}").format(day=formats.date_short(one.until))
        own = one.professional.account_id == person.pk
        found.append(SignUpLine(one, said, holds, one.ended_on is None and (manages or own)))
    return sorted(found, key=lambda line: not line.holds)


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """What was done under a protocol, as it may be shown."""

    title: str
    acts: list[tuple[str, str]]
    total: str
    returned: str


def activity_lines(found: Sequence[Activity]) -> list[ActivityLine]:
    """Return the counts in words; a hidden one is said to be hidden."""
    return [
        ActivityLine(
            one.protocol.title,
            [(name, _count(count)) for name, count in one.acts.counts.items()],
            _("au moins {count}").format(count=formats.number(one.acts.total))
            if one.acts.is_floor and one.acts.total
            else _count(one.acts.total if not one.acts.is_floor else None),
            _count(next(iter(one.returned.counts.values()))),
        )
        for one in found
    ]


def shortage_lines(found: ShortageCounts | None) -> list[tuple[str, str]]:
    """Return the counts of shortages in words: by what became of them, then by medicine; none without one."""
    if found is None:
        return []
    labels = {
        "noted": _("À signaler"),
        "waiting": _("Signalées, sans réponse"),
        "answered": _("Répondues par un prescripteur"),
    }
    stages = [(labels[name], _count(count)) for name, count in found.stages.counts.items()]
    return [*stages, *((name.capitalize(), formats.number(count)) for name, count in found.medicines)]


def _count(count: int | None) -> str:
    return _("effectif masqué") if count is None else formats.number(count)


@dataclass(frozen=True, slots=True)
class AskedLine:
    """One question of an act and its answer; `look` is the colour of the answer."""

    kind: str
    text: str
    said: str
    look: str
    known: bool


def asked_lines(act: Act | Vaccination) -> list[AskedLine]:
    """Return what was asked and answered in an act, or before a vaccination."""
    found = []
    for one in act.asked:
        kind, said = CriterionKind(one["kind"]), Said(one["said"])
        wanted = Said.YES if kind is CriterionKind.INCLUSION else Said.NO
        look = "good" if said is wanted else "attention" if said is Said.UNKNOWN else "urgent"
        label = str(SAID_LABELS[said])
        found.append(AskedLine(str(CRITERION_LABELS[kind]), one["text"], label, look, one["known"]))
    return found


def look_of(act: Act) -> str:
    """Return the colour in which the state of an act is shown."""
    looks = {ActState.SIGNED: "good", ActState.EMERGENCY: "urgent"}
    return looks.get(ActState(act.state), "attention")


@dataclass(frozen=True, slots=True)
class ReplyChoice:
    """One reply that a physician may give: its value, the word on its button, what is owed in words."""

    value: str
    label: str
    asks: str


def reply_choices(referral: Referral) -> list[ReplyChoice]:
    """Return the replies to a question, in their order."""
    replies = REPLIES[Purpose(referral.purpose)]
    return [
        ReplyChoice(one.value, str(GESTURES[one]), str(ASKS[one]) if one in IN_WORDS else "")
        for one in replies
    ]


def delay(value: timedelta | None) -> str:
    """Write how long an answer took: in minutes, hours or days; a dash without one."""
    if value is None:
        return "–"
    minutes = max(round(value.total_seconds() / 60), 1)
    if minutes < 120:
        return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("{count} heure", "{count} heures", hours).format(count=hours)
    days = round(hours / 24)
    return ngettext("{count} jour", "{count} jours", days).format(count=days)
