"""Holding, booking, outcomes: who may, who was first, what each refusal says."""

from datetime import date, time, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from maillage.agenda import api
from maillage.agenda.actions import booking
from maillage.agenda.actions.seats import Seats
from maillage.agenda.models import Agenda, Appointment, Occupation, Slot
from maillage.agenda.pages import presenters
from maillage.kernel import journal
from maillage.kernel.models import Entry, Message, Person
from maillage.kernel.scoping import UnscopedQueryError
from maillage.people.api import Patient
from maillage.territory.api import Territory
from tests.agenda.conftest import Open
from tests.factories import make_patient, make_professional


def refusal(**asked: object) -> api.Refusal:
    with pytest.raises(api.BookingRefusedError) as refused:
        api.book(**asked)
    assert str(refused.value).endswith((".", "venir."))
    return refused.value.refusal


def test_a_booking_takes_its_quanta_and_is_told(
    regulator: Person, slots: list[Slot], patient: Patient
) -> None:
    made = api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    assert made.state == api.State.BOOKED
    assert Occupation.objects.filter(appointment=made).count() == 4
    message = Message.objects.get(topic="agenda.booked")
    assert message.payload == {
        "appointment": made.pk,
        "slot": slots[0].pk,
        "agenda": slots[0].agenda_id,
        "starts_at": "2026-03-16T08:00:00+00:00",
    }
    assert Entry.objects.latest("position").verb == "agenda.booked"
    assert journal.verify().intact


def test_the_second_is_refused_and_the_same_key_is_the_same_booking(
    regulator: Person, nurse: Person, slots: list[Slot], patient: Patient, place: Territory
) -> None:
    made = api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    assert api.book(by=regulator, slot=slots[0], patient=patient, key="a") == made
    assert (
        refusal(by=regulator, slot=slots[0], patient=make_patient("Orme", place), key="b")
        is api.Refusal.TAKEN
    )
    assert refusal(by=regulator, slot=slots[1], patient=patient, key="a") is api.Refusal.KEY_USED


def test_the_key_of_the_database_decides_even_without_the_lock(
    regulator: Person, slots: list[Slot], patient: Patient, monkeypatch: pytest.MonkeyPatch, place: Territory
) -> None:
    api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    monkeypatch.setattr(Seats, "lowest", lambda *_asked: 0)
    other = make_patient("Orme", place)
    assert refusal(by=regulator, slot=slots[0], patient=other, key="b") is api.Refusal.TAKEN
    monkeypatch.setattr(Seats, "has", lambda *_asked: False)
    assert refusal(by=regulator, slot=slots[0], patient=patient, key="c") is api.Refusal.ALREADY_HERE
    assert Appointment.objects.for_person(regulator).count() == 1


def test_those_who_book_at_the_same_moment_are_written_together(
    regulator: Person, nurse: Person, slots: list[Slot], patient: Patient
) -> None:
    """One transaction, one lock of the journal; each gets what they would have got alone, in their order."""
    wished = [(slots[0], "a"), (slots[0], "b"), (slots[1], "c"), (slots[0], "a"), (slots[2], "d")]
    wishes = [booking._Wish(regulator, slot.pk, patient, key) for slot, key in wished]
    before = Entry.objects.count()
    first, late, second, again, third = booking._all_at_once(wishes)
    assert (first.slot, second.slot, third.slot) == (slots[0], slots[1], slots[2])
    assert late is api.Refusal.ALREADY_HERE
    assert again == first
    assert Occupation.objects.count() == 12
    verbs = Entry.objects.order_by("position").values_list("verb", flat=True)[before:]
    assert list(verbs) == ["agenda.booked"] * 3
    assert Message.objects.filter(topic="agenda.booked").count() == 3
    assert journal.verify().intact
    hidden = booking._Wish(nurse, slots[0].pk, patient, "e")
    assert booking._all_at_once([hidden]) == [api.Refusal.NOT_VISIBLE]


def test_a_slot_that_is_not_there_is_refused(regulator: Person, slots: list[Slot], patient: Patient) -> None:
    with pytest.raises(Slot.DoesNotExist):
        api.book(by=regulator, slot=Slot(pk=0), patient=patient, key="a")


@pytest.mark.django_db(transaction=True)
def test_a_key_used_twice_at_the_same_moment_costs_nobody_else_their_seat(
    regulator: Person, slots: list[Slot], patient: Patient
) -> None:
    api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    wishes = [booking._Wish(regulator, slots[1].pk, patient, key) for key in ("a", "b")]
    with pytest.raises(IntegrityError):
        booking._all_at_once(wishes)
    used, given = (booking._alone(wish) for wish in wishes)
    assert used is api.Refusal.KEY_USED
    assert given.slot == slots[1]


def test_another_broken_rule_of_the_database_is_not_hidden(regulator: Person, slots: list[Slot]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=slots[0].pk).update(capacity=0)
    with pytest.raises(IntegrityError, match="CHECK"):
        booking._refusal_in(IntegrityError("CHECK"))


def test_who_may_see_may_book(
    open_slots: Open, doctor: Person, regulator: Person, nurse: Person, stranger: Person, delegate: Person,
    patient: Patient,
) -> None:  # fmt: skip
    """Private by default: the professional and the delegate only; then by type."""
    expected = {
        api.Visibility.PRIVATE: {doctor, delegate},
        api.Visibility.PUBLIC: {doctor, delegate, regulator, nurse, stranger},
        api.Visibility.PRO: {doctor, delegate, regulator, nurse, stranger},
        api.Visibility.SNP: {doctor, delegate, regulator},
        api.Visibility.CPTS: {doctor, delegate, regulator, nurse},
    }
    for week, (visibility, allowed) in enumerate(expected.items()):
        day = date(2026, 3, 16) + timedelta(weeks=week)
        slots = open_slots(visibility, valid_from=day, valid_to=day, ends=time(12), minutes=30)
        window = (slots[0].starts_at, slots[-1].ends_at)
        for slot, person in zip(slots, [doctor, delegate, regulator, nurse, stranger], strict=False):
            shown = set(api.free_slots(person, *window))
            assert (slot in shown) == (person in allowed), (visibility, person)
            if person in allowed:
                api.book(by=person, slot=slot, patient=patient, key=f"{week}-{person.pk}")
            else:
                key = f"{week}-{person.pk}"
                assert refusal(by=person, slot=slot, patient=patient, key=key) is api.Refusal.NOT_VISIBLE


def test_a_change_of_visibility_is_effective_at_once(
    open_slots: Open, doctor: Person, regulator: Person, patient: Patient
) -> None:
    slot = open_slots(api.Visibility.PRIVATE)[0]
    assert refusal(by=regulator, slot=slot, patient=patient, key="a") is api.Refusal.NOT_VISIBLE
    api.set_visibility(by=doctor, slots=[slot], visibility=api.Visibility.SNP)
    held = api.hold(by=regulator, slot=slot, key="b")
    api.set_visibility(by=doctor, slots=[slot], visibility=api.Visibility.PRIVATE)
    asked = {"by": regulator, "slot": slot, "patient": patient, "held": held}
    assert refusal(**asked, key="c") is api.Refusal.NOT_VISIBLE, "what is hidden while held is not booked"
    api.set_visibility(by=doctor, slots=[slot], visibility=api.Visibility.SNP)
    assert api.book(**asked, key="d").pk == held.pk
    with pytest.raises(PermissionDenied):
        api.set_visibility(by=regulator, slots=[slot], visibility=api.Visibility.PUBLIC)


def test_a_hold_keeps_the_seat_then_gives_it_back(
    regulator: Person, doctor: Person, slots: list[Slot], patient: Patient, clock: time_machine.Traveller
) -> None:
    held = api.hold(by=regulator, slot=slots[0], key="h")
    assert api.hold(by=regulator, slot=slots[0], key="h") == held
    assert refusal(by=doctor, slot=slots[0], patient=patient, key="d") is api.Refusal.TAKEN
    assert slots[0] not in api.free_slots(doctor, slots[0].starts_at, slots[0].ends_at)
    clock.shift(timedelta(minutes=5))
    assert slots[0] in api.free_slots(doctor, slots[0].starts_at, slots[0].ends_at)
    taken = api.book(by=doctor, slot=slots[0], patient=patient, key="d")
    held.refresh_from_db()
    assert held.state == api.State.EXPIRED
    other = make_patient("Orme", patient.scope.territory)
    assert refusal(by=regulator, slot=slots[0], patient=other, key="r", held=held) is api.Refusal.TAKEN
    assert taken.state == api.State.BOOKED


def test_a_hold_that_expired_is_confirmed_where_nobody_took_the_seat(
    regulator: Person, doctor: Person, slots: list[Slot], patient: Patient, clock: time_machine.Traveller
) -> None:
    held = api.hold(by=regulator, slot=slots[0], key="h")
    clock.shift(timedelta(hours=1))
    booked = api.book(by=regulator, slot=slots[0], patient=patient, key="r", held=held)
    assert booked.pk == held.pk
    again = api.book(by=regulator, slot=slots[0], patient=patient, key="r", held=held)
    assert again.pk == held.pk
    other = api.hold(by=regulator, slot=slots[1], key="i")
    assert refusal(by=doctor, slot=slots[1], patient=patient, key="x", held=other) is api.Refusal.NOT_YOURS


def test_past_and_closed_slots_are_refused(
    regulator: Person, doctor: Person, slots: list[Slot], patient: Patient, clock: time_machine.Traveller
) -> None:
    api.close(
        by=doctor, agenda=slots[0].agenda, starts_at=slots[1].starts_at, ends_at=slots[1].ends_at, key="c"
    )
    assert set(Slot.objects.filter(is_open=True)) == {slots[0], slots[2]}
    Slot.objects.filter(pk=slots[2].pk).update(is_open=False)
    assert refusal(by=regulator, slot=slots[2], patient=patient, key="a") is api.Refusal.CLOSED
    clock.move_to(slots[0].starts_at)
    assert refusal(by=regulator, slot=slots[0], patient=patient, key="b") is api.Refusal.PAST


def test_what_is_held_is_read_again_before_it_is_booked(
    regulator: Person, doctor: Person, slots: list[Slot], patient: Patient, clock: time_machine.Traveller
) -> None:
    held = [api.hold(by=regulator, slot=slot, key=f"h{slot.pk}") for slot in slots]
    Slot.objects.filter(pk=slots[1].pk).update(is_open=False)
    asked = {"by": regulator, "patient": patient}
    assert refusal(**asked, slot=slots[1], held=held[1], key="a") is api.Refusal.CLOSED
    clock.move_to(slots[0].starts_at + timedelta(minutes=1))
    assert refusal(**asked, slot=slots[0], held=held[0], key="b") is api.Refusal.PAST
    states = set(Appointment._base_manager.values_list("state", "patient"))
    assert states == {("held", None)}


def test_a_key_is_of_the_person_it_served(
    regulator: Person, open_slots: Open, patient: Patient, place: Territory
) -> None:
    slot, other = open_slots(kind=api.Kind.GROUP, capacity=3)[0], make_patient("Charme", place)
    held = api.hold(by=regulator, slot=slot, key="h")
    api.book(by=regulator, slot=slot, patient=patient, key="a", held=held)
    assert refusal(by=regulator, slot=slot, patient=other, key="a", held=held) is api.Refusal.KEY_USED
    api.book(by=regulator, slot=slot, patient=other, key="b")
    third = make_patient("Alisier", place)
    assert refusal(by=regulator, slot=slot, patient=third, key="b") is api.Refusal.KEY_USED
    assert Appointment._base_manager.filter(state="booked").count() == 2


def test_a_group_has_its_seats_and_no_more(open_slots: Open, regulator: Person, place: Territory) -> None:
    slot = open_slots(kind=api.Kind.GROUP, capacity=3)[0]
    people = [make_patient(name, place) for name in ("Orme", "Frêne", "Hêtre", "Aulne")]
    seats = [
        api.book(by=regulator, slot=slot, patient=one, key=f"g{n}").seat for n, one in enumerate(people[:3])
    ]
    assert seats == [0, 1, 2]
    assert refusal(by=regulator, slot=slot, patient=people[3], key="g3") is api.Refusal.TAKEN


def test_nobody_has_two_seats_of_one_slot_by_any_way(
    open_slots: Open, regulator: Person, doctor: Person, patient: Patient
) -> None:
    (slot, other, *_more) = open_slots(kind=api.Kind.GROUP, capacity=3)
    made = api.book(by=regulator, slot=slot, patient=patient, key="a")
    assert refusal(by=regulator, slot=slot, patient=patient, key="b") is api.Refusal.ALREADY_HERE
    assert refusal(by=doctor, slot=slot, patient=patient, key="c") is api.Refusal.ALREADY_HERE
    held = api.hold(by=regulator, slot=slot, key="h")
    assert refusal(by=regulator, slot=slot, patient=patient, key="d", held=held) is api.Refusal.ALREADY_HERE
    elsewhere = api.book(by=regulator, slot=other, patient=patient, key="e")
    with pytest.raises(api.BookingRefusedError, match="déjà une place"):
        api.move(by=regulator, appointment=elsewhere, slot=slot, key="f")
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(slot=slot, patient=patient, state="booked", seat=2, key="by hand")
    api.change_state(by=regulator, appointment=made, state=api.State.CANCELLED, key="g")
    assert api.book(by=regulator, slot=slot, patient=patient, key="i").state == "booked", (
        "given up, then back"
    )


def test_one_hour_with_two_professionals_is_asked_first(
    slots: list[Slot], regulator: Person, place: Territory, patient: Patient
) -> None:
    second = api.create_agenda(by=None, professional=make_professional("Genêt", "Paul"), place=place)
    office = api.add_schedule(by=None, agenda=second, name="Ailleurs")
    opening = api.add_advanced_day(
        by=None, schedule=office, day=date(2026, 3, 16), starts=time(9, 10), ends=time(10), minutes=10,
        key="o", visibility=api.Visibility.SNP, kind=api.Kind.PRACTICE,
    )  # fmt: skip
    theirs = list(Slot.objects.filter(opening=opening).order_by("starts_at"))
    made = api.book(by=regulator, slot=slots[0], patient=patient, key="a")  # 9:00 to 9:20
    assert refusal(by=regulator, slot=theirs[0], patient=patient, key="b") is api.Refusal.SAME_HOUR
    assert api.elsewhere_at(patient, theirs[0]) == ["Hélène Aubépine"]
    held = api.hold(by=regulator, slot=theirs[0], key="h")
    assert refusal(by=regulator, slot=theirs[0], patient=patient, key="c", held=held) is api.Refusal.SAME_HOUR
    assert api.book(by=regulator, slot=theirs[1], patient=patient, key="d").state == "booked", (
        "it only follows"
    )
    said = {"by": regulator, "slot": theirs[0], "patient": patient, "despite_same_hour": True}
    assert api.book(key="e", held=held, **said).state == "booked"
    api.change_state(by=regulator, appointment=made, state=api.State.CANCELLED, key="f")
    assert refusal(by=regulator, slot=slots[0], patient=patient, key="g") is api.Refusal.SAME_HOUR
    assert api.book(key="i", **(said | {"slot": slots[0]})).state == "booked"
    wishes = [
        booking._Wish(regulator, one.pk, make_patient("Orme", place), key)
        for one, key in ((slots[1], "w1"), (theirs[2], "w2"))
    ]
    wishes[1] = booking._Wish(regulator, theirs[2].pk, wishes[0].patient, "w2")
    assert booking._all_at_once(wishes)[1] is api.Refusal.SAME_HOUR, "also among those written together"


def test_a_professional_is_in_one_place_at_a_time(
    open_slots: Open, slots: list[Slot], regulator: Person, patient: Patient
) -> None:
    """A slot left by an older rule may overlap a new one: the quanta keep them apart."""
    api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    minute = timedelta(minutes=10)
    overlapping = Slot.objects.create(
        agenda=slots[0].agenda, schedule=slots[0].schedule, opening=slots[0].opening,
        kind="group", capacity=5,
        starts_at=slots[0].starts_at + minute, ends_at=slots[0].ends_at + minute, visibility="SNP",
    )  # fmt: skip
    assert refusal(by=regulator, slot=overlapping, patient=patient, key="b") is api.Refusal.OVERLAP


def test_outcomes_are_told_once_and_only_by_who_keeps_the_agenda(
    regulator: Person, doctor: Person, nurse: Person, slots: list[Slot], patient: Patient,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    made = api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    with pytest.raises(PermissionDenied):
        api.change_state(by=nurse, appointment=made, state=api.State.CANCELLED, key="n")
    with pytest.raises(PermissionDenied):
        api.change_state(by=regulator, appointment=made, state=api.State.ARRIVED, key="r")
    with pytest.raises(api.BookingRefusedError, match="annulez"):
        api.change_state(by=doctor, appointment=made, state=api.State.NOT_HONOURED, key="x")
    clock.move_to(slots[0].starts_at)
    for key, state in [("1", api.State.ARRIVED), ("2", api.State.HONOURED), ("1", api.State.ARRIVED)]:
        made = api.change_state(by=doctor, appointment=made, state=state, key=key)
    assert made.state == api.State.HONOURED, "a repeated click does not bring it back"
    with pytest.raises(api.BookingRefusedError, match="Rechargez"):
        api.change_state(by=doctor, appointment=made, state=api.State.CANCELLED, key="3")
    corrected = api.change_state(by=doctor, appointment=made, state=api.State.NOT_HONOURED, key="4")
    assert corrected.state == api.State.NOT_HONOURED


@pytest.mark.parametrize(
    ("state", "early"),
    [(api.State.ARRIVED, 720), (api.State.HONOURED, 60), (api.State.NOT_HONOURED, 0)],
)
def test_no_outcome_is_said_before_it_can_be_true(
    doctor: Person, slots: list[Slot], patient: Patient, clock: time_machine.Traveller, state: api.State,
    early: int,
) -> None:  # fmt: skip
    made = api.book(by=doctor, slot=slots[0], patient=patient, key="a")
    moments = [timedelta(days=1), timedelta(minutes=early, seconds=1)]
    for number, before in enumerate(moments):
        clock.move_to(slots[0].starts_at - before)
        with pytest.raises(api.BookingRefusedError, match="n’a pas commencé"):
            api.change_state(by=doctor, appointment=made, state=state, key=f"e{number}")
        offered = {one.state for one in presenters.choices(api.State.BOOKED, before)}
        assert state.value not in offered, "nor does a page offer it"
    clock.move_to(slots[0].starts_at - timedelta(minutes=early))
    assert state.value in {
        one.state for one in presenters.choices(api.State.BOOKED, timedelta(minutes=early))
    }
    assert api.change_state(by=doctor, appointment=made, state=state, key="then").state == state


def test_a_cancelled_seat_is_free_again(regulator: Person, slots: list[Slot], patient: Patient) -> None:
    made = api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    api.change_state(by=regulator, appointment=made, state=api.State.CANCELLED, key="c", reason="empêchée")
    assert api.book(by=regulator, slot=slots[0], patient=patient, key="b").state == api.State.BOOKED
    assert Message.objects.filter(topic="agenda.cancelled").count() == 1


def test_appointments_are_read_in_a_scope_or_not_at_all(
    regulator: Person, doctor: Person, stranger: Person, slots: list[Slot], patient: Patient, place: Territory
) -> None:
    made = api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    with pytest.raises(UnscopedQueryError):
        list(Appointment.objects.all())
    window = (slots[0].starts_at, slots[-1].ends_at)
    assert list(api.appointments_for(doctor, *window)) == [made]
    assert list(api.appointments_for(regulator, *window)) == [made]
    assert not list(api.appointments_for(stranger, *window))
    assert list(Appointment.objects.in_scope(place.scope)) == [made]


def test_booking_costs_few_queries(
    regulator: Person,
    slots: list[Slot],
    patient: Patient,
    django_assert_max_num_queries: object,
    agenda: Agenda,
) -> None:
    with django_assert_max_num_queries(19):
        api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    with django_assert_max_num_queries(3):
        list(api.free_slots(regulator, slots[0].starts_at, slots[-1].ends_at))


def test_the_waiting_list_is_offered_a_freed_slot_three_at_a_time(
    regulator: Person, doctor: Person, slots: list[Slot], place: Territory, patient: Patient,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    made = api.book(by=regulator, slot=slots[0], patient=patient, key="a")
    entries = []
    for number in range(5):
        waiting = make_patient(f"Attente {number}", place)
        entries.append(api.wait_for(by=regulator, agenda=slots[0].agenda, patient=waiting, key=f"w{number}"))
        clock.shift(timedelta(seconds=1))
    first = {"agenda": slots[0].agenda, "patient": entries[0].patient, "key": "w0"}
    assert api.wait_for(by=regulator, **first) == entries[0]
    api.leave_waiting(by=regulator, entry=entries[0])
    api.change_state(by=regulator, appointment=made, state=api.State.CANCELLED, key="c")
    offers = list(api.Offer.objects.order_by("rank"))
    assert [offer.entry for offer in offers] == entries[1:4]
    assert Message.objects.filter(topic="agenda.slot_offered").count() == 3
    fourth = api.decline_offer(by=regulator, offer=offers[0])
    assert [offer.entry for offer in fourth] == [entries[4]]
    clock.shift(timedelta(minutes=1))
    booked = api.accept_offer(by=regulator, offer=offers[1], key="accept")
    assert booked.patient_id == entries[2].patient_id
    assert api.accept_offer(by=regulator, offer=offers[1], key="accept") == booked
    with pytest.raises(api.OfferClosedError):
        api.accept_offer(by=regulator, offer=offers[2], key="late")
    assert api.offer_freed_slot(slot=slots[0]) == []


def test_an_offer_expires_and_goes_to_the_next(
    regulator: Person, nurse: Person, slots: list[Slot], place: Territory, clock: time_machine.Traveller
) -> None:
    hidden = api.wait_for(by=nurse, agenda=slots[0].agenda, patient=make_patient("Z", place), key="z")
    for number in range(4):
        api.wait_for(
            by=regulator, agenda=slots[0].agenda, patient=make_patient(f"P{number}", place), key=f"w{number}"
        )
    first = api.offer_freed_slot(slot=slots[0])
    assert len(first) == 3
    assert hidden.pk not in {offer.entry_id for offer in first}, "she may not see that slot"
    clock.shift(timedelta(minutes=61))
    assert len(api.offer_freed_slot(slot=slots[0])) == 1
    with pytest.raises(api.OfferClosedError):
        api.decline_offer(by=regulator, offer=first[0])
    with pytest.raises(PermissionDenied):
        api.decline_offer(by=nurse, offer=first[0])
    with pytest.raises(PermissionDenied):
        api.leave_waiting(by=nurse, entry=first[0].entry)
