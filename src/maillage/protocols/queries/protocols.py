"""Reads of protocols: those of a scope, one of them, its version in use, who signed up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.kernel import formats
from maillage.kernel.models import Person, Scope
from maillage.orientation import api as orientation
from maillage.people import api as people
from maillage.protocols.models import Protocol, SignUp, Version
from maillage.protocols.rules.criteria import Criterion, CriterionKind, Said
from maillage.protocols.rules.protocols import ProtocolKind, Side

#: Professions that may sign up as delegating; whom a national protocol delegates to is in its rule.
PHYSICIANS = frozenset({directory.Profession.PHYSICIAN.value})
NURSES = frozenset({directory.Profession.NURSE.value})


def protocols_of(person: Person) -> list[Protocol]:
    """Return the protocols of the scopes where `person` works, by title."""
    return list(Protocol.objects.seen_by(person).select_related("scope"))


def protocol_seen_by(person: Person, pk: int) -> Protocol | None:
    """Return the protocol of that key where `person` works, None elsewhere."""
    return Protocol.objects.seen_by(person).select_related("scope").filter(pk=pk).first()


def versions_of(protocol: Protocol) -> list[Version]:
    """Return the versions of a protocol, the latest first."""
    rows = Version.objects.filter(protocol=protocol)
    return list(rows.select_related("by", "published_by", "withdrawn_by"))


def in_use(protocols: Collection[Protocol]) -> dict[int, Version]:
    """Return the version in use of each protocol that has one, by key of the protocol; one statement."""
    rows = Version.objects.filter(
        protocol__in=protocols, published_at__isnull=False, withdrawn_at=None
    ).select_related("protocol__scope")
    return {one.protocol_id: one for one in rows}


def standing_sign_ups(protocols: Collection[Protocol], day: date) -> dict[int, list[SignUp]]:
    """Return the sign-ups that hold on a day, by key of the protocol; one statement."""
    rows = SignUp.objects.filter(protocol__in=protocols, signed_on__lte=day, professional__is_active=True)
    rows = rows.filter(Q(until=None) | Q(until__gte=day)).filter(Q(ended_on=None) | Q(ended_on__gt=day))
    found: dict[int, list[SignUp]] = defaultdict(list)
    for one in rows.select_related("professional__account"):
        found[one.protocol_id].append(one)
    return found


def sign_ups_of(protocol: Protocol) -> list[SignUp]:
    """Return every sign-up of a protocol, ended ones included."""
    return list(SignUp.objects.filter(protocol=protocol).select_related("professional", "by", "ended_by"))


def today_in(scope: Scope) -> date:
    """Return the day that it is in a scope."""
    return timezone.localdate(timezone=scope.zone)


def delegated(person: Person, protocol: Protocol) -> SignUp | None:
    """Return the sign-up by which `person` acts under a protocol today, None without one."""
    rows = standing_sign_ups([protocol], today_in(protocol.scope))[protocol.pk]
    mine = (one for one in rows if one.side == Side.DELEGATED and one.professional.account_id == person.pk)
    return next(mine, None)


def usable_by(person: Person) -> list[tuple[Version, SignUp]]:
    """Return the versions by which `person` may act today, with their sign-up; three statements."""
    known = protocols_of(person)
    versions = in_use(known)
    found = []
    by_scope: dict[date, list[Protocol]] = defaultdict(list)
    for one in known:
        if one.pk in versions:
            by_scope[today_in(one.scope)].append(one)
    for day, protocols in by_scope.items():
        standing = standing_sign_ups(protocols, day)
        for one in protocols:
            sides = {row.side for row in standing[one.pk]}
            mine = [
                row
                for row in standing[one.pk]
                if row.side == Side.DELEGATED and row.professional.account_id == person.pk
            ]
            if mine and Side.DELEGATING in sides:
                found.append((versions[one.pk], mine[0]))
    return found


def national_of(protocol: Protocol) -> Mapping[str, Any] | None:
    """Return what the rule of the desk says of a national protocol, None for another one."""
    known: list[dict[str, Any]] = orientation.protocols().value
    return next((one for one in known if one["code"] == protocol.national_code), None)


def professions_for(protocol: Protocol, side: Side) -> frozenset[str]:
    """Return the professions (TRE_G15) that may sign up on a side; none where any may."""
    if side is Side.DELEGATING:
        return PHYSICIANS
    national = national_of(protocol)
    if national is not None:
        return frozenset(national["professions"])
    return NURSES if protocol.kind == ProtocolKind.IPA else frozenset()


def criteria_of(version: Version, patient: people.Patient) -> list[Criterion]:
    """Return what a version asks about a patient: what stops, the national conditions, its own criteria.

    Age, sex and facts that exclude from a national protocol are those of the rule of the desk; the file
    answers what it knows.
    """
    own = version.own_criteria
    stops = [one for one in own if one.kind is CriterionKind.STOP]
    return [*stops, *_national(version.protocol, patient), *(one for one in own if one not in stops)]


def _national(protocol: Protocol, patient: people.Patient) -> list[Criterion]:
    entry = national_of(protocol)
    if entry is None:
        return []
    born = patient.birth_date
    months = None if born is None else 12 * people.age_on(born, today_in(protocol.scope))
    who = orientation.PersonFacts(months, patient.sex)
    said = {
        orientation.Why.CHECK_AGE: _age_text(entry),
        orientation.Why.CHECK_SEX: _("La personne est-elle une femme ?")
        if entry.get("sex") == "female"
        else _("La personne est-elle un homme ?"),
        orientation.Why.CHECK_FEVER: _("La personne a-t-elle de la fièvre ?"),
        orientation.Why.CHECK_PREGNANCY: _("La personne est-elle enceinte, ou peut-elle l’être ?"),
    }
    of_a_file = {orientation.Why.CHECK_AGE, orientation.Why.CHECK_SEX}
    found = []
    for why, answer in orientation.conditions(entry, who):
        kind = CriterionKind.INCLUSION if why in of_a_file else CriterionKind.EXCLUSION
        is_known = why in of_a_file and answer is not orientation.Answer.UNKNOWN
        found.append(
            Criterion(f"national_{why.value}", kind, said[why], Said(answer.value) if is_known else None)
        )
    return found


def _age_text(entry: Mapping[str, Any]) -> str:
    low, high, sure = entry.get("age_min"), entry.get("age_max"), entry.get("age_sure")
    if low is None:
        return _("A-t-elle {high} ans ou moins ?").format(high=high)
    if high is None:
        return _("A-t-elle {low} ans ou plus ?").format(low=low)
    if sure is not None:
        text = _("A-t-elle l’âge du protocole ? De {low} à {sure} ou {high} ans selon les sources.")
        return text.format(low=low, sure=sure, high=high)
    return _("A-t-elle entre {low} et {high} ans ?").format(low=low, high=high)


def national_label(entry: Mapping[str, Any]) -> str:
    """Return the title of a national protocol in the reader's language."""
    return formats.in_language(entry["label"], entry["label_en"])
