"""A doctor on call in one place with consultations in another at that hour: said when the roster is made."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest

from maillage.agenda import api as agenda
from maillage.kernel.models import Person
from maillage.roster import api
from maillage.roster.api import BlockKind
from maillage.territory.api import Territory
from tests.factories import make_patient
from tests.roster.clients import enter, page
from tests.roster.conftest import FIRST, LAST, PARIS

MAY_2 = date(2026, 5, 2)  # a Saturday


@pytest.fixture
def saturday(coordinator: Person, sector: api.Sector, volunteers: list[api.Volunteer]) -> api.Post:
    """The afternoon of Saturday 2 May, from noon to 20:00, held by the first doctor."""
    changed = api.change_sector(
        by=coordinator, sector=sector, name="Brume", communes=list(sector.communes.all()),
        options=[BlockKind.SATURDAY_PM], seats=1,
    )  # fmt: skip
    roster = api.create_roster(by=coordinator, sector=changed, first_day=FIRST, last_day=LAST)
    post = next(one for one in api.posts_of(roster) if one.kind == "saturday_pm" and one.day == MAY_2)
    api.assign(by=coordinator, post=post, volunteer=volunteers[0])
    return post


Open = Callable[..., agenda.Schedule]


@pytest.fixture
def consults(place: Territory, volunteers: list[api.Volunteer]) -> Open:
    """Give a function that opens a weekly consultation of a volunteer."""

    def opened(
        number: int = 0,
        weekday: int = 5,
        starts: time = time(9),
        ends: time = time(14),
        name: str = "Cabinet",
    ) -> agenda.Schedule:
        doctor = volunteers[number].professional
        mine = agenda.create_agenda(by=doctor.account, professional=doctor, place=place)
        schedule = agenda.add_schedule(by=doctor.account, agenda=mine, name=name)
        agenda.add_opening(
            by=doctor.account, schedule=schedule, weekday=weekday, starts=starts, ends=ends, minutes=30,
            valid_from=date(2026, 3, 2), key=f"{number}-{weekday}-{name}",
        )  # fmt: skip
        return schedule

    return opened


def places(post: api.Post, volunteer: api.Volunteer) -> list[tuple[str, int]]:
    found = api.conflicts([(volunteer.professional_id, post)])
    return [(one.place, one.booked) for commitments in found.values() for one in commitments]


def test_a_consultation_at_the_hour_of_a_duty_is_shown(
    coordinator: Person, saturday: api.Post, consults: Open, volunteers: list[api.Volunteer]
) -> None:
    consults()
    assert places(saturday, volunteers[0]) == [("Cabinet", 0)]
    said = "Cabinet, 9\u00a0h\u00a000 – 14\u00a0h\u00a000"
    manager, doctor = enter(coordinator), enter(volunteers[0].professional.account)
    text = page(manager, "detail", saturday.roster_id).replace("\u202f", "\u00a0")
    assert "1 garde pendant une consultation" in text
    assert said in text
    assert "consulte ailleurs à ces heures" in page(manager, "duty", saturday.pk)
    assert "Vous consultez ailleurs à ces heures" in page(doctor, "own_duties")
    colleague = enter(volunteers[1].professional.account)
    assert "pendant une consultation" not in page(colleague, "detail", saturday.roster_id)
    api.assign(by=coordinator, post=saturday, volunteer=volunteers[1])
    assert "pendant une consultation" not in page(manager, "detail", saturday.roster_id)
    assert "Consulte ailleurs à ces heures" in page(manager, "duty", saturday.pk), "said before one chooses"


@pytest.mark.parametrize(
    ("weekday", "starts", "ends", "meets"),
    [
        (5, time(8), time(12), False),  # it ends as the duty begins
        (5, time(11, 30), time(12, 30), True),
        (5, time(14), time(15), True),
        (5, time(20), time(21), False),  # it begins as the duty ends
        (4, time(14), time(18), False),  # another day
    ],
)
def test_only_hours_that_meet_are_a_conflict(
    saturday: api.Post, consults: Open, volunteers: list[api.Volunteer], weekday: int, starts: time,
    ends: time, meets: bool,
) -> None:  # fmt: skip
    consults(weekday=weekday, starts=starts, ends=ends)
    assert bool(places(saturday, volunteers[0])) is meets


def test_a_consultation_before_eight_meets_the_night_that_began_the_day_before(
    coordinator: Person, saturday: api.Post, consults: Open, volunteers: list[api.Volunteer]
) -> None:
    night = next(
        one for one in api.posts_of(saturday.roster) if one.kind == "night" and one.day == date(2026, 5, 3)
    )
    consults(number=1, weekday=0, starts=time(7, 30), ends=time(9))
    assert places(night, volunteers[1]) == [("Cabinet", 0)]


def test_what_is_closed_is_no_conflict_and_what_is_left_open_is(
    saturday: api.Post, consults: Open, volunteers: list[api.Volunteer]
) -> None:
    doctor = volunteers[0].professional
    schedule = consults(starts=time(9), ends=time(18))

    def shut(first: int, last: int, **options: object) -> None:
        hours = [datetime.combine(MAY_2, time(hour), PARIS) for hour in (first, last)]
        agenda.close(
            by=doctor.account, agenda=schedule.agenda, starts_at=hours[0], ends_at=hours[1],
            key=f"{first}-{last}", **options,
        )  # fmt: skip

    shut(12, 15, schedule=schedule)
    ((_place, _booked),) = places(saturday, volunteers[0])
    (left,) = next(iter(api.conflicts([(doctor.pk, saturday)]).values()))
    assert left.starts_at == datetime.combine(MAY_2, time(15), PARIS)
    shut(15, 18)
    assert places(saturday, volunteers[0]) == []


def test_appointments_are_counted_and_outlive_their_opening(
    saturday: api.Post, consults: Open, volunteers: list[api.Volunteer], place: Territory,
    coordinator: Person, clock: object,
) -> None:  # fmt: skip
    clock.move_to(datetime(2026, 4, 20, 9, tzinfo=PARIS))
    doctor = volunteers[0].professional
    schedule = consults(starts=time(13), ends=time(15))
    agenda.extend_slots(agenda=schedule.agenda)
    slots = agenda.Slot.objects.filter(schedule=schedule, starts_at__gte=saturday.starts_at).order_by(
        "starts_at"
    )
    for number, slot in enumerate(slots[:2]):
        patient = make_patient(f"Lilas{number}", place)
        agenda.book(by=doctor.account, slot=slot, patient=patient, key=f"b{number}")
    assert places(saturday, volunteers[0]) == [("Cabinet", 2)]
    opening = schedule.openings.get()
    agenda.end_opening(by=doctor.account, opening=opening, last_day=date(2026, 4, 30))
    assert places(saturday, volunteers[0]) == [("Cabinet", 1), ("Cabinet", 1)]


def test_a_whole_roster_is_read_in_a_few_queries(
    saturday: api.Post, consults: Open, volunteers: list[api.Volunteer],
    django_assert_max_num_queries: object,
) -> None:  # fmt: skip
    for number in range(4):
        consults(number=number)
    posts = list(api.posts_of(saturday.roster))
    asked = [(one.professional_id, post) for one in volunteers for post in posts]
    with django_assert_max_num_queries(4):
        found = api.conflicts(asked)
    saturdays = [one for one in posts if one.kind == "saturday_pm"]
    assert len(found) == 4 * len(saturdays)
    assert timedelta(hours=8) == saturday.ends_at - saturday.starts_at
