"""Reads of a home: who lives there, what each card and liaison file lacks, who is away, what is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care.models import AcuteEvent, AggirGrid, CrisisCard, Stay, Transfer
from maillage.care.rules import transfers
from maillage.care.rules.crisis_card import Around, Part, is_to_revise, missing_from_card, missing_from_file
from maillage.directory import api as directory
from maillage.kernel import clock
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people

LISTING = "liste des résidents"


@dataclass(frozen=True, slots=True)
class Resident:
    """One resident as the home's list shows them.

    `patient` is None where the circle does not open who they are, and `why_not` says why; `card` is None
    where there is none, or where the circle does not open it (`may_read` is false).
    """

    stay: Stay
    patient: people.Patient | None
    may_read: bool
    card: CrisisCard | None
    lacks: list[Part]
    file_lacks: list[Part]
    is_to_revise: bool
    gir: int | None
    away: Transfer | None
    why_not: people.Decision | None = None

    @property
    def is_complete(self) -> bool:
        """Whether the card says all that a night asks for."""
        return self.may_read and not self.lacks


def homes(person: Person) -> list[directory.Structure]:
    """Return the EHPAD where `person` works today, by name."""
    rows = directory.Structure.objects.filter(pk__in=directory.homes_of(person))
    return list(rows.select_related("commune").order_by("search_name", "pk"))


def works_in(person: Person, home: str) -> bool:
    """Return whether `person` works today in the home of that key."""
    return home in set(directory.homes_of(person))


@transaction.atomic
def residents(*, by: Person, home: directory.Structure) -> list[Resident]:
    """Return who lives in a home where `by` works, by name; each file shown is logged."""
    stays = list(
        Stay.objects.for_person(by)
        .filter(home=home)
        .select_related("patient__scope", "patient__referring_doctor")
    )
    keys = [one.patient_id for one in stays]
    named = _opened(by, people.Part.IDENTITY, keys)
    read = _opened(by, people.Part.CRISIS, keys)
    people.log_access(
        by=by,
        patients=[one.patient for one in stays if one.patient_id in named],
        what="list",
        purpose=LISTING,
    )
    cards = current_cards(sorted(read))
    grids = _last_grids(sorted(read))
    away = {one.event.stay_id: one for one in _away(home)}
    today = clock.today(stays[0].patient.scope) if stays else timezone.localdate()
    return [_resident(by, one, named, read, cards, grids, away.get(one.pk), today) for one in stays]


def _resident(
    by: Person,
    stay: Stay,
    named: set[int],
    read: set[int],
    cards: dict[int, CrisisCard],
    grids: dict[int, int],
    away: Transfer | None,
    today: date,
) -> Resident:
    key, may_read = stay.patient_id, stay.patient_id in read
    card = cards.get(key)
    why_not = None if may_read else people.decision(by, stay.patient, people.Part.CRISIS)
    return Resident(
        stay=stay,
        patient=stay.patient if key in named else None,
        may_read=may_read,
        card=card,
        lacks=missing_from_card(card.written if card else {}) if may_read else [],
        file_lacks=file_lacks(stay.patient, card) if may_read else [],
        is_to_revise=may_read and card is not None and card_is_to_revise(card, today),
        gir=grids.get(key),
        away=away,
        why_not=why_not,
    )


def file_lacks(patient: people.Patient, card: CrisisCard | None) -> list[Part]:
    """Return what the liaison file (DLU) of a resident lacks."""
    status = people.IdentityStatus(patient.identity_status)
    sure = status in {people.IdentityStatus.VALIDATED, people.IdentityStatus.QUALIFIED}
    return missing_from_file(
        card.written if card else {}, Around(sure, patient.referring_doctor_id is not None)
    )


def card_is_to_revise(card: CrisisCard, today: date) -> bool:
    """Return whether a card was last revised too long ago (rule `care.crisis_card.revise_days`)."""
    return is_to_revise(timezone.localdate(card.at), today, rule("care.crisis_card.revise_days").value)


def _opened(by: Person, part: people.Part, keys: list[int]) -> set[int]:
    rows = people.Patient.objects.for_person(by, part).filter(pk__in=keys)
    return set(rows.values_list("pk", flat=True))


def current_cards(patients: list[int]) -> dict[int, CrisisCard]:
    """Return the last version of the card of each patient, by key, who was read in scope; one statement."""
    newer = CrisisCard._base_manager.filter(patient=OuterRef("patient"), version__gt=OuterRef("version"))
    rows = CrisisCard.objects.of_patients(patients).filter(~Exists(newer)).select_related("by")
    return {one.patient_id: one for one in rows}


def current_card(patient: people.Patient) -> CrisisCard | None:
    """Return the last version of the card of a patient who was read in scope."""
    return current_cards([patient.pk]).get(patient.pk)


def versions(patient: people.Patient) -> list[CrisisCard]:
    """Return every version of the card of a patient who was read in scope, the latest first."""
    return list(CrisisCard.objects.of_patient(patient).select_related("by").order_by("-version"))


def _last_grids(patients: list[int]) -> dict[int, int]:
    newer = AggirGrid._base_manager.filter(patient=OuterRef("patient"), at__gt=OuterRef("at"))
    rows = AggirGrid.objects.of_patients(patients).filter(~Exists(newer))
    return dict(rows.values_list("patient", "gir"))


def _away(home: directory.Structure) -> list[Transfer]:
    rows = Transfer.objects.of_home(home).filter(returned_at=None, event__stay__until=None)
    return list(rows.select_related("event"))


def stay_of(by: Person, patient: people.Patient) -> Stay | None:
    """Return the stay under way of a resident whom `by` cares for, or in whose home they work."""
    rows = Stay.objects.for_person(by).filter(patient=patient)
    return rows.select_related("home__commune", "patient__scope").first()


@transaction.atomic
def events_of_home(*, by: Person, home: directory.Structure, limit: int = 60) -> list[AcuteEvent]:
    """Return the events of a home's residents that `by` may read, the latest first; each file is logged."""
    rows = AcuteEvent.objects.for_person(by).filter(stay__home=home)
    found = list(
        rows.select_related("stay__patient__scope", "transfer", "review", "request").order_by("-at")[:limit]
    )
    patients = {one.stay.patient_id: one.stay.patient for one in found}
    people.log_access(by=by, patients=patients.values(), what="list", purpose=_("transferts et retours"))
    return found


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted of a home over a period, both ends included."""

    first: date
    last: date
    rates: transfers.Rates


def counts(home: directory.Structure, today: date, days: int = 365) -> Counts:
    """Return the transfers of a home over the `days` before `today`, with their denominator; names nobody."""
    first, last = today - timedelta(days=days), today - timedelta(days=1)
    stays = Stay.objects.of_home(home).values_list("since", "until")
    total = transfers.resident_days((transfers.Span(since, until) for since, until in stays), first, last)
    begins, ends = rule("care.transfers.night").value
    rows = (
        Transfer.objects.of_home(home)
        .filter(left_at__date__gte=first, left_at__date__lte=last)
        .values_list("left_at", "with_call", "with_sheet", "is_admitted")
    )
    left = [transfers.Left(_hour(at), *facts) for at, *facts in rows]
    return Counts(first, last, transfers.rates(left, total, (time(begins), time(ends))))


def _hour(at: datetime) -> time:
    return timezone.localtime(at).time()


def grids(patient: people.Patient) -> list[AggirGrid]:
    """Return the AGGIR grids of a patient who was read in scope, the latest first."""
    return list(AggirGrid.objects.of_patient(patient).select_related("by"))


def stay_under_way(patient: people.Patient) -> Stay | None:
    """Return where a patient lives who was read in scope."""
    return Stay.objects.current_of(patient).select_related("home").first()


@dataclass(frozen=True, slots=True)
class Room:
    """A card to complete, by the room of the resident: no name."""

    patient: int
    room: str
    is_empty: bool


@dataclass(frozen=True, slots=True)
class Rooms:
    """How many live in the homes of a person, and the rooms whose card is incomplete."""

    residents: int
    rooms: list[Room]


def rooms_to_complete(person: Person) -> Rooms:
    """Return how many live in the homes of `person`, and whose card is incomplete; two statements, no name.

    Whose card the home may not read is counted among the residents, and never among the cards.
    """
    stays = list(
        Stay.objects.under_way()
        .filter(home__in=directory.homes_of(person))
        .order_by("room", "pk")
        .values_list("patient", "room", "home")
    )
    if not stays:
        return Rooms(0, [])
    read = _opened(person, people.Part.CRISIS, [patient for patient, _room, _home in stays])
    cards = current_cards(sorted(read))
    rooms = []
    for patient, room, _home in stays:
        if patient not in read:
            continue
        card = cards.get(patient)
        if card is None or missing_from_card(card.written):
            rooms.append(Room(patient, room, card is None))
    return Rooms(len(stays), rooms)


def open_events(person: Person) -> list[AcuteEvent]:
    """Return the events of the homes of `person` where something is still to do, the latest first."""
    rows = AcuteEvent.objects.for_person(person).filter(stay__home__in=directory.homes_of(person))
    waiting = Q(ending="") | Q(transfer__isnull=False, transfer__returned_at=None) | Q(review=None)
    return list(rows.filter(waiting).select_related("stay", "transfer").order_by("-at")[:20])


def is_away(event: AcuteEvent) -> bool:
    """Return whether the resident of an event is still at the emergency department."""
    transfer = getattr(event, "transfer", None)
    return transfer is not None and transfer.returned_at is None


def state_of_event(event: AcuteEvent) -> str:
    """Return where an event stands, with a place for its moment."""
    if not event.ending:
        return _("en cours depuis {when}")
    if is_away(event):
        return _("parti le {when}, retour à noter")
    return _("à revoir entre pairs ({when})")
