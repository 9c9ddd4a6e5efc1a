"""Booking, moving, cancelling by oneself or by a mandate: what is open to all, once, within limits."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.exchange.models import Notification
from maillage.kernel import outbox
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation import api as orientation
from maillage.people.actions import carers
from maillage.people.api import Gesture, Part, Patient
from maillage.space.actions import booking, checks
from maillage.space.queries.appointments import appointment_of, appointments_of
from maillage.space.queries.slots import options
from maillage.space.rules.booking import Change, Limit, Reason
from maillage.territory.api import Territory
from tests.factories import declare_doctor, make_patient, make_person, make_professional
from tests.space.conftest import KEYS, Open, cleared, mandate


def take(by: Person, patient: Patient, slot: agenda.Slot, key: str = "") -> agenda.Appointment:
    return booking.book_for_oneself(
        by=by, patient=patient, slot=slot.pk, check=cleared(by, patient), key=key or next(KEYS)
    )


def refused(by: Person, patient: Patient, slot: agenda.Slot) -> Limit | Change:
    with pytest.raises(booking.LimitError) as error:
        take(by, patient, slot)
    return error.value.limit


def test_the_patient_and_the_carer_book_and_each_is_named(
    own: Person, patient: Patient, daughter: Person, slots: list[agenda.Slot]
) -> None:
    made = take(daughter, patient, slots[0])
    (coming,), past = appointments_of(patient, timezone.now())
    assert (coming.pk, coming.booked_by, past) == (made.pk, daughter, [])
    outbox.drain()
    told = Notification.objects.about([agenda.subject_of(made)])
    assert {one.channel for one in told} == {"sms", "inbox", "email"}
    assert not any("TILLEUL" in str(one.parameters) for one in told)


@pytest.mark.parametrize(
    "visibility",
    [agenda.Visibility.PRIVATE, agenda.Visibility.PRO, agenda.Visibility.SNP, agenda.Visibility.CPTS],
)
def test_what_its_professional_did_not_open_to_all_is_neither_shown_nor_booked(
    own: Person, patient: Patient, open_slots: Open, visibility: agenda.Visibility
) -> None:
    hidden = open_slots(visibility)
    now = timezone.now()
    assert options(own, patient, now, now + timedelta(days=9)) == []
    with pytest.raises(agenda.Slot.DoesNotExist):
        take(own, patient, hidden[0])


def test_a_professional_who_is_a_carer_sees_here_what_anybody_sees(
    own: Person, patient: Patient, open_slots: Open, doctor: Person
) -> None:
    open_slots(agenda.Visibility.PRO)
    now = timezone.now()
    assert options(doctor, patient, now, now + timedelta(days=9)) == []


def test_the_same_write_books_once_and_the_same_key_for_another_hour_is_refused(
    own: Person, patient: Patient, slots: list[agenda.Slot]
) -> None:
    first = take(own, patient, slots[0], "k")
    assert take(own, patient, slots[0], "k") == first
    with pytest.raises(agenda.BookingRefusedError):
        take(own, patient, slots[1], "k")


def test_of_two_who_want_one_hour_the_second_is_refused(
    own: Person, patient: Patient, slots: list[agenda.Slot], place: Territory
) -> None:
    other = make_person("mona.saule", Role.PATIENT, place.scope)
    hers = make_patient("Saule", place, account=other, birth_date=date(1960, 1, 1))
    take(own, patient, slots[0])
    with pytest.raises(agenda.BookingRefusedError) as error:
        take(other, hers, slots[0])
    assert error.value.refusal is agenda.Refusal.TAKEN


def test_limits_count_what_was_booked_online_and_no_more(
    own: Person, patient: Patient, daughter: Person, regulator: Person, open_slots: Open
) -> None:
    monday, later = open_slots(), open_slots(day=date(2026, 3, 17))
    far = open_slots(day=date(2026, 4, 14))
    agenda.book(by=regulator, slot=open_slots(hour=11)[0], patient=patient, key="desk")
    take(daughter, patient, monday[0])
    assert refused(own, patient, later[0]) is Limit.SAME_PROFESSIONAL
    assert refused(own, patient, far[0]) is Limit.TOO_FAR


def test_too_many_and_too_soon(
    own: Person, patient: Patient, place: Territory, open_slots: Open, clock: time_machine.Traveller
) -> None:
    mine = open_slots()
    for name, hour in (("Un", 13), ("Deux", 14), ("Trois", 15)):
        account = make_person(f"{name.lower()}.soignant", Role.NURSE, place.scope)
        sheet = make_professional("Soignant", name, account=account, profession="60")
        other = agenda.create_agenda(by=account, professional=sheet, place=place)
        there = agenda.add_schedule(by=account, agenda=other, name="Cabinet")
        opening = agenda.add_opening(
            by=account, schedule=there, weekday=0, starts=mine[0].starts_at.time().replace(hour=hour),
            ends=mine[0].starts_at.time().replace(hour=hour + 1), minutes=20, valid_from=date(2026, 3, 16),
            valid_to=date(2026, 3, 16), visibility=agenda.Visibility.PUBLIC, key=next(KEYS),
        )  # fmt: skip
        take(own, patient, agenda.Slot.objects.filter(opening=opening)[0])
    assert refused(own, patient, mine[0]) is Limit.TOO_MANY
    clock.move_to(mine[0].starts_at - timedelta(minutes=30))
    assert refused(own, patient, mine[0]) is Limit.TOO_SOON


def test_no_hour_without_answers_nor_after_an_alarm_nor_while_the_desk_waits_for_the_15(
    own: Person, patient: Patient, daughter: Person, slots: list[agenda.Slot], regulator: Person
) -> None:
    hers = cleared(daughter, patient)
    with pytest.raises(booking.LimitError) as error:
        booking.book_for_oneself(by=own, patient=patient, slot=slots[0].pk, check=hers, key="a")
    assert error.value.limit is Limit.NOT_CLEARED, "the answers of somebody else"
    orientation.open_request(
        by=regulator,
        scope=patient.scope,
        key="r",
        origin=orientation.Origin.SINGLE_NUMBER,
        values={"patient": patient, "priority": orientation.Priority.P0, "motive": "M01.01"},
    )
    with pytest.raises(agenda.BookingRefusedError) as kept:
        take(own, patient, slots[0])
    assert kept.value.refusal is agenda.Refusal.KEPT_OUT
    checks.start_check(by=own, patient=patient, key="b", signs=("chest",), reason=Reason.FOLLOW_UP)
    assert refused(daughter, patient, slots[0]) is Limit.ALARM


def test_moved_and_cancelled_until_their_delay_by_whoever_acts(
    own: Person, patient: Patient, regulator: Person, slots: list[agenda.Slot], clock: time_machine.Traveller
) -> None:
    made = agenda.book(by=regulator, slot=slots[0], patient=patient, key="desk")
    moved = booking.move_own(by=own, appointment=made, slot=slots[1].pk, check=cleared(own, patient), key="m")
    assert moved.slot_id == slots[1].pk
    clock.move_to(slots[1].starts_at - timedelta(hours=24) + timedelta(seconds=1))
    late = appointment_of(patient, made.pk)
    assert late is not None
    with pytest.raises(booking.LimitError) as error:
        booking.move_own(by=own, appointment=late, slot=slots[2].pk, check=cleared(own, patient), key="n")
    assert error.value.limit is Change.MOVE
    clock.move_to(slots[1].starts_at - timedelta(hours=2) + timedelta(seconds=1))
    with pytest.raises(booking.LimitError) as error:
        booking.cancel_own(by=own, appointment=late, key="c")
    assert error.value.limit is Change.CANCEL
    clock.move_to(slots[1].starts_at - timedelta(hours=2))
    assert booking.cancel_own(by=own, appointment=late, key="c").state == agenda.State.CANCELLED
    assert booking.cancel_own(by=own, appointment=late, key="c").state == agenda.State.CANCELLED


def test_a_mandate_taken_back_lets_nothing_more_even_of_what_one_made(
    own: Person, patient: Patient, slots: list[agenda.Slot]
) -> None:
    given = mandate(own, patient, Part.APPOINTMENTS, gestures=(Gesture.BOOK,))
    made = take(given.carer, patient, slots[0])
    check = cleared(given.carer, patient)
    carers.revoke_mandate(by=own, mandate=given)
    with pytest.raises(PermissionDenied):
        booking.cancel_own(by=given.carer, appointment=made, key="x")
    with pytest.raises(PermissionDenied):
        booking.move_own(by=given.carer, appointment=made, slot=slots[1].pk, check=check, key="y")
    with pytest.raises(PermissionDenied):
        agenda.change_state(by=given.carer, appointment=made, state=agenda.State.CANCELLED, key="z")


def test_one_s_own_professionals_come_first(
    own: Person, patient: Patient, place: Territory, slots: list[agenda.Slot], office: agenda.Schedule
) -> None:
    account = make_person("un.soignant", Role.NURSE, place.scope)
    sheet = make_professional("Soignant", "Un", account=account, profession="60")
    other = agenda.create_agenda(by=account, professional=sheet, place=place)
    there = agenda.add_schedule(by=account, agenda=other, name="Cabinet")
    agenda.add_opening(
        by=account, schedule=there, weekday=6, starts=slots[0].starts_at.time(),
        ends=slots[2].ends_at.time(), minutes=20, valid_from=date(2026, 3, 15),
        valid_to=date(2026, 3, 15), visibility=agenda.Visibility.PUBLIC, key=next(KEYS),
    )  # fmt: skip
    now = timezone.now()
    found = options(own, patient, now, now + timedelta(days=9))
    assert [one.schedule.agenda_id for one in found] == [other.pk, office.agenda_id]
    declare_doctor(patient, office.agenda.professional)
    found = options(own, patient, now, now + timedelta(days=9))
    assert [one.is_mine for one in found] == [True, False]
    assert found[0].schedule == office
    reader = mandate(own, patient, Part.APPOINTMENTS, gestures=(Gesture.BOOK,)).carer
    hidden = options(reader, patient, now, now + timedelta(days=9))
    assert [one.is_mine for one in hidden] == [False, False], "the circle is not open to this carer"
