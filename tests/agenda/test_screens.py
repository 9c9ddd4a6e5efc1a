"""The agenda in a real browser: axe clean, fits 360 px, one click and the keyboard do it."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from maillage.agenda import api
from maillage.agenda.models import Agenda, Appointment, Schedule, Slot
from maillage.exchange.api import Link
from maillage.kernel.models import Person
from maillage.people.api import Patient
from tests.browser import NewPage, assert_axe_clean, screenshot, settle
from tests.factories import declare_doctor, make_commune, make_patient

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
    patient.phone = "+33639980001"
    patient.save()
    declare_doctor(patient, busy.professional)
    busy.professional.phone = "03 99 00 12 34"
    busy.professional.save()
    # Some days off: what is offered at night is told in the morning, and two hours' notice is asked.
    free = (
        Slot.objects.free(timezone.now() + timedelta(days=2))
        .filter(agenda=busy)
        .order_by("starts_at")
        .first()
    )
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
        "agenda-day": f"{root}/?du={monday.isoformat()}&vue=jour&choisi={slot.pk}",
        "agenda-open": f"{root}/?du={monday.isoformat()}&ouvrir={monday.isoformat()}T12:00",
        "agenda-moving": f"{root}/?du={monday.isoformat()}&deplacer={made.pk}&vers={slot.pk}",
        "agenda-mine": "/agenda/",
        "agenda-openings": f"{root}/ouvertures/",
        "agenda-absences": f"{root}/absences/",
        "agenda-advanced": f"{root}/consultation-avancee/",
        "agenda-sharing": f"{root}/partage/",
        "agenda-reserve": f"/agenda/creneau/{slot.pk}/reserver/?q=tilleul+14/03/1950",
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


def test_a_slot_is_opened_by_keyboard_without_a_script(
    new_page: NewPage, live_server, busy: Agenda, doctor: Person, monday_to_come: date
) -> None:
    page = new_page(live_server.url, javascript=False)
    enter(page, live_server.url, doctor)
    page.goto(pages_of(busy, monday_to_come)["agenda-week"])
    page.locator(".cell.seen-private.free a").first.focus()
    page.keyboard.press("Enter")
    button = page.locator("#fiche").get_by_role("button", name="Soins non programmés")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#fiche [aria-pressed=true]")).to_have_text(re.compile("Soins non programmés"))
    expect(page.locator(".toast, .message").first).to_contain_text("désormais")
    page.get_by_role("link", name="Semaine suivante").click()
    next_monday = monday_to_come + timedelta(days=7)
    assert next_monday.isoformat() in page.url
    assert datetime.fromisoformat(next_monday.isoformat()).weekday() == 0


def test_the_grid_answers_to_the_keyboard(
    new_page: NewPage, live_server, busy: Agenda, doctor: Person, monday_to_come: date
) -> None:
    page = new_page(live_server.url)
    enter(page, live_server.url, doctor)
    page.goto(pages_of(busy, monday_to_come)["agenda-week"])
    assert page.locator(".cell > a[tabindex='0']").count() == 1, "one stop of the tabulation"
    page.keyboard.press("j")
    focused = page.locator(".cell > a:focus")
    expect(focused).to_have_attribute("aria-label", re.compile("^9\u00a0h\u00a000 .*Privé"))
    page.keyboard.press("ArrowDown")
    expect(focused).to_have_attribute("aria-label", re.compile("^9\u00a0h\u00a020"))
    page.keyboard.press("ArrowRight")
    expect(focused).to_have_attribute("aria-label", re.compile("^9\u00a0h\u00a020 .*TILLEUL"))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("#fiche")).to_be_focused()
    expect(page.locator("#fiche h2")).to_contain_text("9\u00a0h\u00a000")
    page.keyboard.press("d")
    expect(page.locator("#fiche h2")).to_contain_text("Déplacer Louis TILLEUL")
    page.keyboard.press("Escape")
    expect(page.locator("#fiche h2")).not_to_contain_text("Déplacer")
    page.keyboard.press("?")
    expect(page.locator("#agenda-keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    expect(page).to_have_url(re.compile(date.today().isoformat()))  # noqa: DTZ011


def test_an_appointment_is_dragged_and_a_slot_drawn(
    new_page: NewPage, live_server, busy: Agenda, doctor: Person, monday_to_come: date
) -> None:
    page = new_page(live_server.url)
    enter(page, live_server.url, doctor)
    page.goto(pages_of(busy, monday_to_come)["agenda-week"])
    made = page.locator("a[data-appointment]").first
    drag(page, made, page.locator(".cell.free a").first)
    expect(page.locator("#fiche h2")).to_contain_text("Déplacer Louis TILLEUL")
    expect(page.locator("#fiche")).to_contain_text("redevient libre")
    page.get_by_role("button", name="Déplacer à").dblclick()
    expect(page.locator(".toast, .message").first).to_contain_text("Déplacé au")
    moved = Appointment.objects.of_agenda(busy).filter(slot__opening__weekday=0, state="booked")
    assert moved.count() == 1
    page.goto(pages_of(busy, monday_to_come)["agenda-week"] + "&heures=toutes")
    page.evaluate("scrollTo({ top: 700, behavior: 'instant' })")
    day = page.locator(".day-body").nth(1)
    box = day.bounding_box()
    assert box is not None
    hour = box["height"] / 24
    page.mouse.move(box["x"] + 10, box["y"] + 10 * hour + 1)
    page.mouse.down()
    page.mouse.move(box["x"] + 12, box["y"] + 10.5 * hour, steps=4)
    page.mouse.move(box["x"] + 12, box["y"] + 11 * hour + 1, steps=4)
    page.mouse.up()
    expect(page.locator("#fiche h2")).to_contain_text("Ouvrir un créneau")
    assert (page.locator("#id_starts").input_value(), page.locator("#id_ends").input_value()) == (
        "10:00", "11:00",
    )  # fmt: skip
    assert page.locator("#id_day").input_value() == str(monday_to_come + timedelta(days=1))


def drag(page: Page, what: Locator, where: Locator) -> None:
    """Carry one thing onto another with the mouse."""
    from_box, to_box = what.bounding_box(), where.bounding_box()
    assert from_box is not None
    assert to_box is not None
    page.mouse.move(from_box["x"] + 20, from_box["y"] + 8)
    page.mouse.down()
    page.mouse.move(to_box["x"] + 22, to_box["y"] + 6, steps=6)
    page.mouse.move(to_box["x"] + 20, to_box["y"] + 8, steps=2)
    page.mouse.up()


def test_the_day_fits_three_screens_of_a_telephone(
    new_page: NewPage, live_server, busy: Agenda, doctor: Person, monday_to_come: date
) -> None:
    page = new_page(live_server.url, width=360)
    enter(page, live_server.url, doctor)
    page.goto(pages_of(busy, monday_to_come)["agenda-week"])
    expect(page.locator(".day:visible")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollHeight") <= 3 * 740
    page.get_by_role("link", name=re.compile("^mercredi")).click()
    expect(page.locator(".day.chosen a[data-appointment]").first).to_be_visible()


def test_the_pages_speak_english(
    new_page: NewPage, live_server, busy: Agenda, doctor: Person, monday_to_come: date
) -> None:
    page = new_page(live_server.url, language="en")
    enter(page, live_server.url, doctor)
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    page.goto(pages_of(busy, monday_to_come)["agenda-week"])
    expect(page.locator("main")).to_contain_text("free slots")
    expect(page.locator("main")).to_contain_text("1 appointment to move")
