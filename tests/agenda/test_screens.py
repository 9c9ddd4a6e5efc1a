"""The agenda in a real browser: axe clean, fits 360 px, one click and the keyboard do it."""

from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from maillage.agenda import api
from maillage.agenda.models import Agenda, Schedule, Slot
from maillage.kernel.models import Person
from maillage.people.api import Patient
from tests.browser import NewPage, assert_axe_clean, screenshot, settle
from tests.factories import make_commune

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def clock() -> None:
    """Leave the clock alone: the browser has its own."""


@pytest.fixture
def monday_to_come() -> date:
    today = date.today()  # noqa: DTZ011 (the week after it, whatever the hour)
    return today + timedelta(days=7 - today.weekday())


@pytest.fixture
def busy(
    doctor: Person,
    regulator: Person,
    agenda: Agenda,
    office: Schedule,
    patient: Patient,
    monday_to_come: date,
) -> Agenda:
    """An agenda with two days, one of them partly booked, and one appointment to move."""
    for weekday in (0, 2):
        api.add_opening(
            by=doctor, schedule=office, weekday=weekday, starts=time(9), ends=time(10), minutes=20,
            valid_from=monday_to_come, key=f"o{weekday}",
            visibility=api.Visibility.SNP if weekday else api.Visibility.PRIVATE,
        )  # fmt: skip
    slots = list(Slot.objects.filter(visibility="SNP").order_by("starts_at")[:2])
    for slot in slots:
        api.book(by=regulator, slot=slot, patient=patient, key=f"b{slot.pk}")
    day = slots[1].starts_at
    api.close(by=doctor, agenda=agenda, starts_at=day, ends_at=day + timedelta(minutes=20), key="c")
    make_commune(place=agenda.territory)
    return agenda


def enter(page: Page, url: str, person: Person) -> None:
    client = Client()
    client.force_login(person)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


def pages_of(agenda: Agenda, monday: date) -> dict[str, str]:
    root = f"/agenda/{agenda.pk}"
    slot = Slot.objects.filter(is_open=True).order_by("starts_at").first()
    return {
        "agenda-week": f"{root}/?du={monday.isoformat()}",
        "agenda-mine": "/agenda/",
        "agenda-openings": f"{root}/ouvertures/",
        "agenda-absences": f"{root}/absences/",
        "agenda-advanced": f"{root}/consultation-avancee/",
        "agenda-sharing": f"{root}/partage/",
        "agenda-reserve": f"/agenda/creneau/{slot.pk}/reserver/?q=tilleul",
    }


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (360, "light"), (1440, "dark")])
def test_every_page_is_accessible_and_fits(
    new_page: NewPage, live_server, busy: Agenda, doctor: Person, monday_to_come: date, width: int, theme: str
) -> None:
    page = new_page(live_server.url, width=width, theme=theme)
    enter(page, live_server.url, doctor)
    for name, address in pages_of(busy, monday_to_come).items():
        page.goto(address)
        settle(page)
        assert_axe_clean(page)
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{name} is {overflow} px too wide at {width} px"
        if theme == "light":
            screenshot(page, f"{name}-{width}", full_page=True)


def test_a_slot_is_opened_by_keyboard_and_the_week_says_so(
    new_page: NewPage, live_server, busy: Agenda, doctor: Person, monday_to_come: date
) -> None:
    page = new_page(live_server.url, javascript=False)
    enter(page, live_server.url, doctor)
    page.goto(pages_of(busy, monday_to_come)["agenda-week"])
    button = page.locator(".slot button[aria-pressed='false']").first
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".slot:target button[aria-pressed]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".toast, .message").first).to_contain_text("dès maintenant")
    page.get_by_role("link", name="Semaine suivante").click()
    next_monday = monday_to_come + timedelta(days=7)
    assert next_monday.isoformat() in page.url
    assert datetime.fromisoformat(next_monday.isoformat()).weekday() == 0


def test_the_pages_speak_english(
    new_page: NewPage, live_server, busy: Agenda, doctor: Person, monday_to_come: date
) -> None:
    page = new_page(live_server.url, language="en")
    enter(page, live_server.url, doctor)
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    page.goto(pages_of(busy, monday_to_come)["agenda-week"])
    expect(page.locator("main")).to_contain_text("free slots of")
    expect(page.locator("main")).to_contain_text("1 appointment to move")
