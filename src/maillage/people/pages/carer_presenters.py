"""The words in which the pages of mandates say who may see and do what."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.phones import written_phone
from maillage.people.models import (
    GESTURE_LABELS,
    ORIGIN_LABELS,
    PART_LABELS,
    RELATION_LABELS,
    CareLink,
    Mandate,
    MandateItem,
)
from maillage.people.rules.carers import Gesture, Relation, SignedBy
from maillage.people.rules.circle import Origin, Part


@dataclass(frozen=True, slots=True)
class Item:
    """One part or gesture of a mandate, in words; `key` of its row."""

    key: int
    text: str | Promise


@dataclass(frozen=True, slots=True)
class Given:
    """A mandate as the person who gave it reads it."""

    mandate: Mandate
    relation: str | Promise
    signature: str
    sees: list[Item]
    does: list[Item]


def given(mandate: Mandate, *, is_own: bool) -> Given:
    """Return a mandate, what it opens now and how it was signed; `is_own`: as who gave it says it."""
    now = timezone.now()
    items = [one for one in mandate.items.all() if one.until is None or one.until > now]
    return Given(
        mandate,
        RELATION_LABELS[Relation(mandate.relation)],
        _signature(mandate),
        [_part(one, is_own=is_own) for one in items if one.part],
        [Item(one.pk, GESTURE_LABELS[Gesture(one.gesture)]) for one in items if one.gesture],
    )


def _part(one: MandateItem, *, is_own: bool) -> Item:
    part = Part(one.part)
    if is_own and part is Part.IDENTITY:
        return Item(one.pk, _("Qui je suis (nom, date de naissance)"))
    return Item(one.pk, PART_LABELS[part])


def _signature(mandate: Mandate) -> str:
    if mandate.signed_by == SignedBy.PAPER.value and mandate.seen_on is not None:
        return _("signé sur papier le {day}, vu par {who}").format(
            day=formats.date_short(mandate.seen_on), who=mandate.seen_by
        )
    if mandate.signed_at is None:
        return _("pas encore signé")
    return _("signé à l’écran le {day}, par un code reçu au téléphone").format(
        day=formats.date_short(timezone.localtime(mandate.signed_at))
    )


def finding(given_now: Collection[Given], *, is_own: bool) -> str:
    """Say in one sentence how many may act for the person."""
    count = len(given_now)
    if not count:
        return (
            _("Personne ne peut agir pour vous.")
            if is_own
            else _("Aucun aidant n’a de mandat pour cette personne.")
        )
    said = (
        ngettext("{count} personne peut agir pour vous.", "{count} personnes peuvent agir pour vous.", count)
        if is_own
        else ngettext("{count} aidant a un mandat.", "{count} aidants ont un mandat.", count)
    )
    return said.format(count=count)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who cares for the person, as their carer reads it; `phone` where they may speak."""

    name: str
    origin: str
    phone: str

    @property
    def phone_said(self) -> str:
        """The number as people read it."""
        return written_phone(self.phone)


def members(links: Collection[CareLink], *, may_speak: bool) -> list[Member]:
    """Return who cares for the person now, each once; their telephones for who may speak."""
    shown: dict[str, Member] = {}
    for link in links:
        if not link.is_in_force() or link.origin in {Origin.MANDATE.value, Origin.EMERGENCY.value}:
            continue
        phone = getattr(link.professional or link.structure, "phone", "") if may_speak else ""
        origin = str(ORIGIN_LABELS[Origin(link.origin)])
        member = Member(link.holder_name, origin[:1].lower() + origin[1:], phone)
        shown.setdefault(link.holder_name, member)
    return list(shown.values())


def reads(parts: Collection[Part]) -> tuple[list[str | Promise], list[str | Promise]]:
    """Return the parts that a carer reads, then those that they do not, in words."""
    shown: list[str | Promise] = [PART_LABELS[part] for part in Part if part in parts]
    return shown, [PART_LABELS[part] for part in Part if part not in parts]
