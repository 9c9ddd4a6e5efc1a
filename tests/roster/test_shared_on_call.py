"""A shared on-call outside the permanence of care: hours of its own, no legal step, no amount, said apart."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from maillage.directory.api import Profession
from maillage.kernel import outbox
from maillage.kernel.models import Person
from maillage.orientation.pages.day_summary import _on_call
from maillage.roster import api
from maillage.roster.api import Coverage, Hours, Period, RosterError, State
from maillage.roster.models import SectorCommune
from maillage.roster.pages.printing import printed
from maillage.territory.api import Commune, Territory
from tests.factories import make_person, make_professional
from tests.roster.clients import enter, later, page, post
from tests.roster.conftest import PARIS

DAYTIME = Period(frozenset({0, 1, 2, 3, 4}), Hours(time(8), time(20)))
FIRST, LAST = date(2026, 5, 1), date(2026, 5, 31)


@pytest.fixture
def shared(coordinator: Person, place: Territory, communes: list[Commune], sector: api.Sector) -> api.Sector:
    """Nurses of the two communes of « Brume », on weekdays from 8:00 to 20:00."""
    return api.create_sector(
        by=coordinator, place=place, name="Infirmiers", communes=communes, periods=[DAYTIME],
        profession=Profession.NURSE,
    )  # fmt: skip


@pytest.fixture
def nurse(coordinator: Person, shared: api.Sector) -> api.Volunteer:
    professional = make_professional("Capucine", "Inès", phone="06 39 98 00 01")
    return api.set_volunteer(by=coordinator, sector=shared, professional=professional)


@pytest.fixture
def month(coordinator: Person, shared: api.Sector, nurse: api.Volunteer) -> api.Roster:
    return api.create_roster(by=coordinator, sector=shared, first_day=FIRST, last_day=LAST)


def test_its_posts_are_its_own_hours_and_holidays_are_left_out(month: api.Roster) -> None:
    posts = list(api.posts_of(month))
    days = [one.day for one in posts]
    assert {one.kind for one in posts} == {"shared"}
    assert all(day.weekday() < 5 for day in days)
    assert not {date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14), date(2026, 5, 25)} & set(days)
    assert len(days) == 21 - 4
    assert posts[0].starts_at == datetime(2026, 5, 4, 8, tzinfo=PARIS)
    assert posts[0].hours == 12


def test_holidays_are_kept_where_they_were_decided(
    coordinator: Person, place: Territory, communes: list[Commune]
) -> None:
    nights = Period(frozenset({5, 6}), Hours(time(20), time(7)), on_holidays=True)
    sector = api.create_sector(
        by=coordinator, place=place, name="Kinés", communes=communes, periods=[nights],
        profession=Profession.PHYSIOTHERAPIST,
    )  # fmt: skip
    roster = api.create_roster(by=coordinator, sector=sector, first_day=FIRST, last_day=LAST)
    days = {one.day for one in api.posts_of(roster)}
    assert date(2026, 5, 14) in days
    assert date(2026, 5, 12) not in days
    assert {one.hours for one in api.posts_of(roster)} == {11.0}


def test_it_is_never_the_answer_of_the_permanence_of_care(
    coordinator: Person, month: api.Roster, shared: api.Sector, nurse: api.Volunteer, communes: list[Commune]
) -> None:
    first = api.posts_of(month)[0]
    api.assign(by=coordinator, post=first, volunteer=nurse)
    api.change_state(by=coordinator, roster=month, to=State.TRANSMITTED)
    at = first.starts_at + timedelta(hours=1)
    legal = api.on_call(communes[0], at)
    assert (legal.coverage, legal.held) == (Coverage.NO_ROSTER, ())
    assert legal.sector is not None
    assert legal.sector.name == "Brume"
    ((sector, answer),) = api.shared_on_call(communes[0], at)
    assert (sector, answer.coverage) == (shared, Coverage.COVERED)
    assert [one.volunteer for one in answer.held] == [nurse]
    ((_sector, evening),) = api.shared_on_call(communes[0], at + timedelta(hours=14))
    assert evening.coverage is Coverage.OUTSIDE_HOURS
    assert "cabinets" not in evening.sentence
    assert "15" not in evening.sentence
    said = _on_call(sector, answer)
    assert said.startswith("Infirmiers (garde partagée)")
    assert said.endswith("Inès Capucine")


def test_it_is_published_without_any_legal_step(
    coordinator: Person, month: api.Roster, nurse: api.Volunteer, clock: time_machine.Traveller
) -> None:
    """A month is enough, gaps and all; it runs and closes by the calendar; nothing is due to anybody."""
    with pytest.raises(RosterError, match="étape suivante"):
        api.change_state(by=coordinator, roster=month, to=State.SENT)
    api.change_state(by=coordinator, roster=month, to=State.TRANSMITTED)
    month.refresh_from_db()
    assert api.next_deadline(month, date(2026, 4, 1)) is None
    manager = enter(coordinator)
    text = page(manager, "steps", month.pk)
    for word in ("CDOM", "légal", "D’où viennent ces délais", "Au plus tard"):
        assert word not in text
    assert "Publié" in text
    api.assign(by=coordinator, post=api.posts_of(month)[0], volunteer=nurse)  # no reason asked
    clock.move_to(datetime(2026, 6, 2, 9, tzinfo=PARIS))
    outbox.drain()
    api.follow_calendar()
    month.refresh_from_db()
    assert month.step is State.CLOSED
    with pytest.raises(RosterError, match="étape suivante"):
        api.change_state(by=coordinator, roster=month, to=State.DUTY_DONE)


def test_no_amount_is_stated(coordinator: Person, month: api.Roster, nurse: api.Volunteer) -> None:
    api.assign(by=coordinator, post=api.posts_of(month)[0], volunteer=nurse)
    manager = enter(coordinator)
    text = page(manager, "statement", month.pk)
    assert "Inès Capucine" in text
    for word in ("Montant", "€", "Service fait"):
        assert word not in text
    csv = manager.get(reverse("roster:statement", args=[month.pk]) + "?format=csv").content.decode()
    assert "Montant" not in csv
    data = printed(month, datetime(2026, 4, 1, tzinfo=PARIS))
    assert data["title"].startswith("Tableau de garde partagée")
    assert data["legal"] == ""


def test_a_commune_has_one_permanence_of_care_and_several_shared_on_calls(
    coordinator: Person, place: Territory, communes: list[Commune], shared: api.Sector, sector: api.Sector
) -> None:
    again = api.create_sector(
        by=coordinator, place=place, name="Pharmacies", communes=communes[:1], periods=[DAYTIME],
        profession=Profession.PHARMACIST,
    )  # fmt: skip
    with pytest.raises(RosterError, match="déjà d’un autre secteur"):
        api.create_sector(by=coordinator, place=place, name="Autre", communes=communes)
    with pytest.raises(IntegrityError), transaction.atomic():
        SectorCommune.objects.create(sector=again, commune=communes[1], is_pdsa=True)


@pytest.mark.parametrize(
    ("period", "problem"),
    [
        (Period(frozenset(), Hours(time(8), time(20))), "au moins un jour"),
        (Period(frozenset({1}), Hours(time(8), time(8))), "égale à son début"),
    ],
)
def test_hours_that_make_no_sense_are_refused(
    coordinator: Person, place: Territory, communes: list[Commune], period: Period, problem: str
) -> None:
    with pytest.raises(RosterError, match=problem):
        api.create_sector(by=coordinator, place=place, name="X", communes=communes, periods=[period])


def test_it_is_created_and_changed_by_hand(
    coordinator: Person, place: Territory, communes: list[Commune], clock: time_machine.Traveller
) -> None:
    manager = enter(coordinator)
    form = {
        "place": place.pk, "kind": "shared", "name": "Infirmiers du soir", "seats": "1", "profession": "60",
        "days": ["0", "6", "holidays"], "starts": "19:00", "ends": "23:00", "codes": "71230\n71231",
        "step": "save",
    }  # fmt: skip
    bare = {key: value for key, value in form.items() if key not in {"days", "starts", "ends"}}
    assert "dit ses jours et ses heures" in post(manager, "sector_create", status=422, **bare)
    text = post(manager, "sector_create", **form)
    assert "Garde partagée" in text
    assert "lundi, dimanche, jours fériés, 19" in text
    made = api.Sector.objects.get(name="Infirmiers du soir")
    assert made.own_periods == (Period(frozenset({0, 6}), Hours(time(19), time(23)), on_holidays=True),)
    page(manager, "sector_change", made.pk)
    changed = {**form, "name": "Infirmiers", "ends": "22:00"}
    post(manager, "sector_change", made.pk, **changed)
    made.refresh_from_db()
    assert made.own_periods[0].hours == Hours(time(19), time(22))
    assert made.is_shared


def test_whoever_asks_about_a_commune_reads_it_apart_with_its_telephone(
    coordinator: Person, place: Territory, month: api.Roster, nurse: api.Volunteer,
    clock: time_machine.Traveller,
) -> None:  # fmt: skip
    first = api.posts_of(month)[0]
    api.assign(by=coordinator, post=first, volunteer=nurse)
    api.change_state(by=coordinator, roster=month, to=State.TRANSMITTED)
    home: Client = enter(make_person("odile.glycine", "ehpad", place.scope))
    later(clock, first.starts_at + timedelta(hours=1), home)
    text = page(home, "on_call", query="?commune=71230")
    assert "Gardes partagées, hors permanence des soins" in text
    assert "Inès Capucine est de garde" in text
    assert "tel:" in text
    assert "Aucun tableau transmis" in text, "the permanence of care answers for itself"


def test_the_page_of_who_is_on_call_opens_on_its_answers(
    coordinator: Person, month: api.Roster, nurse: api.Volunteer, clock: time_machine.Traveller
) -> None:
    first = api.posts_of(month)[0]
    api.assign(by=coordinator, post=first, volunteer=nurse)
    api.change_state(by=coordinator, roster=month, to=State.TRANSMITTED)
    manager = enter(coordinator)
    later(clock, first.starts_at + timedelta(hours=1), manager)
    text = page(manager, "on_call")
    assert "En ce moment" in text
    assert text.index("Brume") < text.index("Infirmiers"), "the permanence of care first"
    assert "Inès Capucine est de garde" in text
    assert "En ce moment" not in page(manager, "on_call", query="?q=Nulle")


def test_no_page_calls_its_people_doctors(
    coordinator: Person, shared: api.Sector, month: api.Roster, nurse: api.Volunteer
) -> None:
    """Nurses, pharmacists: the words of the permanence of care, which doctors hold, are not theirs."""
    manager = enter(coordinator)
    pages = [
        page(manager, "volunteers", shared.pk),
        page(manager, "volunteers", shared.pk, query="?q=zzz"),
        page(manager, "sector", shared.pk),
        page(manager, "sector_change", shared.pk),
        page(manager, "volunteer", nurse.pk),
        page(manager, "detail", month.pk),
        page(manager, "duty", api.posts_of(month)[0].pk),
        page(manager, "steps", month.pk),
        page(manager, "statement", month.pk),
        page(manager, "balance", month.pk),
    ]
    api.set_volunteer(by=coordinator, sector=shared, professional=nurse.professional, is_active=False)
    pages += [page(manager, "volunteers", shared.pk), page(manager, "detail", month.pk)]
    for text in pages:
        main = text[text.index("<main") : text.index("</main>")]
        assert "médecin" not in main.lower()


def test_half_an_hour_of_duty_is_counted(
    coordinator: Person, place: Territory, communes: list[Commune]
) -> None:
    morning = Period(frozenset({0, 1, 2, 3, 4}), Hours(time(8), time(12, 30)))
    sector = api.create_sector(
        by=coordinator, place=place, name="Matins", communes=communes, periods=[morning],
        profession=Profession.NURSE,
    )  # fmt: skip
    nurse = api.set_volunteer(by=coordinator, sector=sector, professional=make_professional("Sureau", "Ana"))
    roster = api.create_roster(by=coordinator, sector=sector, first_day=FIRST, last_day=LAST)
    api.assign(by=coordinator, post=api.posts_of(roster)[0], volunteer=nurse)
    manager = enter(coordinator)
    assert "4,5" in page(manager, "statement", roster.pk)
    csv = manager.get(reverse("roster:statement", args=[roster.pk]) + "?format=csv").content.decode()
    assert ";4,5" in csv
