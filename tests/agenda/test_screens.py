"""The agenda in a real browser: axe clean, fits 360 px, one click and the keyboard do it."""

from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from maillage.agenda import api
from maillage.agenda.models import Agenda, Appointment, Schedule, Slot
from maillage.exchange.api import Link
from maillage.kernel.models import Person
from maillage.people.api import Patient
from tests.browser import NewPage, assert_axe_clean, screenshot, settle
from tests.factories import make_commune, make_patient

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


@pytest.fixture
def offered(busy: Agenda, doctor: Person, regulator: Person, patient: Patient) -> api.Offer:
    """A freed slot offered to somebody whom the doctor put on the list, and somebody else who waits."""
    patient.phone, patient.referring_doctor = "+33639980001", busy.professional
    patient.save()
    busy.professional.phone = "03 99 00 12 34"
    busy.professional.save()
    free = Slot.objects.free(timezone.now()).filter(agenda=busy).order_by("starts_at").first()
    assert free is not None
    first = make_patient("Aubier", busy.territory, phone="+33639980005")
    api.wait_for(by=regulator, agenda=busy, patient=first, key="other", kind=api.Kind.HOME, notice_hours=24)
    api.wait_for(by=doctor, agenda=busy, patient=patient, key="w", places=[free.schedule], notice_hours=2)
    return api.offer_freed_slot(slot=free)[0]


def enter(page: Page, url: str, person: Person) -> None:
    client = Client()
    client.force_login(person)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


def pages_of(agenda: Agenda, monday: date) -> dict[str, str]:
    root = f"/agenda/{agenda.pk}"
    slot = Slot.objects.filter(is_open=True).order_by("starts_at").first()
    made = Appointment.objects.of_agenda(agenda).select_related("patient").first()
    assert slot is not None
    assert made is not None
    patient = made.patient
    return {
        "agenda-week": f"{root}/?du={monday.isoformat()}",
        "agenda-mine": "/agenda/",
        "agenda-openings": f"{root}/ouvertures/",
        "agenda-absences": f"{root}/absences/",
        "agenda-advanced": f"{root}/consultation-avancee/",
        "agenda-sharing": f"{root}/partage/",
        "agenda-reserve": f"/agenda/creneau/{slot.pk}/reserver/?q=tilleul",
        "agenda-waiting": "/agenda/attente/",
        "agenda-waiting-of": f"{root}/attente/",
        "agenda-enrol": f"{root}/attente/inscrire/?patient={patient.pk}",
        "agenda-move": f"/agenda/rendez-vous/{made.pk}/deplacer/",
    }


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (360, "light"), (1440, "dark")])
def test_every_page_is_accessible_and_fits(
    new_page: NewPage, live_server, busy: Agenda, offered: api.Offer, doctor: Person, monday_to_come: date,
    width: int, theme: str,
) -> None:  # fmt: skip
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


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (360, "light"), (360, "dark")])
def test_the_page_of_a_secret_address_is_plain_and_needs_no_account(
    new_page: NewPage, live_server, offered: api.Offer, width: int, theme: str
) -> None:
    page = new_page(live_server.url, width=width, theme=theme, javascript=False)
    page.goto(reverse("agenda:offer", args=[Link("agenda:offer", offered.pk).token]))
    settle(page)
    yes = page.get_by_role("button", name="Oui, je le prends")
    box = yes.bounding_box()
    assert box is not None
    assert box["height"] >= 56, "a thumb that trembles finds it"
    screenshot(page, f"agenda-offer-{width}-{theme}", full_page=True)
    yes.click()
    expect(page.locator("h1")).to_contain_text("C’est votre rendez-vous")
    screenshot(page, f"agenda-offer-accepted-{width}-{theme}", full_page=True)


def test_the_page_of_a_secret_address_is_accessible(
    new_page: NewPage, live_server, offered: api.Offer
) -> None:
    page = new_page(live_server.url, width=360)
    for token in (Link("agenda:offer", offered.pk).token, "1-nothing"):
        page.goto(reverse("agenda:offer", args=[token]))
        settle(page)
        assert_axe_clean(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0


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
