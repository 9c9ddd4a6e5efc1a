"""The desk in a real browser: axe clean, fits 360 px, driven by keys, live between two regulators."""

import re
from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from maillage.agenda import api as agenda
from maillage.agenda.models import Appointment, Slot
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.orientation.computations import index
from maillage.orientation.models import Proposal, Request
from maillage.people.api import Patient
from maillage.territory.api import Commune, Territory
from tests.browser import NewPage, assert_axe_clean, screenshot, settle
from tests.factories import (
    draw_commune,
    make_commune,
    make_patient,
    make_person,
    make_professional,
    make_territory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
QUESTIONS = ("breathing", "consciousness", "rash")


@pytest.fixture(autouse=True)
def clock() -> None:
    """Leave the clock alone: the browser has its own."""


@pytest.fixture
def place(db: None) -> Territory:
    index.forget()
    made = make_territory()
    make_commune(place=made)
    return made


@pytest.fixture
def regulator(place: Territory) -> Person:
    made = make_person("yanis.fougere", Role.REGULATOR, place.scope)
    api.create_example_sheets(by=made)
    return made


@pytest.fixture
def other(place: Territory) -> Person:
    return make_person("zoe.bleuet", Role.REGULATOR, place.scope)


@pytest.fixture
def tomorrow(place: Territory) -> date:
    """Tomorrow, when two doctors receive."""
    day = datetime.now(place.zone).date() + timedelta(days=1)
    for first, last in (("Hélène", "Aubépine"), ("Ada", "Loriot")):
        account = make_person(f"{first}.{last}".lower(), Role.PHYSICIAN, place.scope)
        professional = make_professional(last, first, account=account, specialty="SM54")
        made = agenda.create_agenda(by=account, professional=professional, place=place)
        name = f"Cabinet {last}"
        office = agenda.add_schedule(by=account, agenda=made, name=name, commune=Commune.objects.get())
        agenda.add_opening(
            by=account, schedule=office, weekday=day.weekday(), starts=time(14), ends=time(15), minutes=20,
            valid_from=day, valid_to=day, key=f"o-{last}", visibility=agenda.Visibility.SNP,
        )  # fmt: skip
    return day


@pytest.fixture
def patient(place: Territory) -> Patient:
    return make_patient("Tilleul", place)


def opened(by: Person, place: Territory, patient: Patient | None, key: str = "a") -> Request:
    said = {
        "motive": "M03.14", "commune": Commune.objects.get(), "age_months": 38, "patient": patient,
        "caller_kind": "FAMILLE", "caller_name": "Awa Mélisse", "caller_phone": "0639980001",
        "complaint": "39 °C depuis ce matin.", "priority": "P2",
    }  # fmt: skip
    return api.open_request(by=by, scope=place.scope, origin=api.Origin.SINGLE_NUMBER, key=key, values=said)


def searched(by: Person, request: Request) -> Request:
    sheet = api.sheets_for(request.motive)[0]
    safe = {one.key: api.Answer.YES if one.red_flag == "no" else api.Answer.NO for one in sheet.asked}
    api.answer_questions(by=by, request=request, sheet=sheet, answers=safe)
    api.propose(by=by, request=request)
    return request


def begin(slot: Slot) -> None:
    """Let the hour of a slot have come: before it, nothing is said of what the appointment became."""
    started = timezone.now() - timedelta(minutes=5)
    Slot.objects.filter(pk=slot.pk).update(starts_at=started, ends_at=started + timedelta(minutes=20))


def enter(page: Page, url: str, person: Person) -> Page:
    client = Client()
    client.force_login(person)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])
    return page


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (360, "dark")])
def test_every_state_of_the_screen_is_accessible_and_fits(
    new_page: NewPage, live_server, regulator: Person, other: Person, place: Territory, patient: Patient,
    tomorrow: date, width: int, theme: str,
) -> None:  # fmt: skip
    asked = searched(regulator, opened(regulator, place, patient))
    danger = opened(regulator, place, None, "b")
    sheet = api.sheets_for(danger.motive)[0]
    api.answer_questions(by=regulator, request=danger, sheet=sheet, answers={"rash": api.Answer.YES})
    locked = opened(other, place, None, "c")
    page = enter(new_page(live_server.url, width=width, theme=theme), live_server.url, regulator)
    root = "/regulation/"
    addresses = {
        "regulation-file": root,
        "regulation-appel": f"{root}appel/",
        "regulation-demande": f"{root}{asked.pk}/",
        "regulation-propositions": f"{root}{asked.pk}/?etape=propositions",
        "regulation-alerte": f"{root}{danger.pk}/",
        "regulation-verrou": f"{root}{locked.pk}/",
        "regulation-releve": f"{root}releve/",
    }
    for name, address in addresses.items():
        page.goto(address)
        settle(page)
        assert_axe_clean(page)
        assert page.evaluate(OVERFLOW) <= 0, name
        screenshot(page, f"{name}-{width}-{theme}", full_page=width < 600)


def test_the_keys_do_it_all_from_question_to_booking(
    new_page: NewPage, live_server, regulator: Person, place: Territory, patient: Patient, tomorrow: date
) -> None:
    made = opened(regulator, place, patient)
    page = enter(new_page(live_server.url), live_server.url, regulator)
    page.goto("/regulation/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    page.wait_for_url(f"**/regulation/{made.pk}/")
    for key in QUESTIONS:
        page.locator(f'input[name="q-{key}"][value="no"]').check()
    page.keyboard.press("e")
    expect(page.locator("button[data-key=c]")).to_be_visible()
    page.keyboard.press("c")
    first = page.locator("#desk-cards .proposal").first
    expect(first.get_by_role("button").first).to_contain_text("Réserver")
    page.keyboard.press("1")
    expect(page.locator(".toast").first).to_contain_text("Rendez-vous pris")
    expect(page.locator("button[data-key=v]")).to_have_count(0)  # nobody was seen yet
    begin(Slot.objects.get(appointments__state="booked"))
    page.reload()
    page.keyboard.press("v")
    expect(page.locator(".toast").first).to_contain_text("Issue notée")


def test_a_seat_is_held_by_a_key_counted_down_then_said_to_be_over(
    new_page: NewPage, live_server, regulator: Person, place: Territory, patient: Patient, tomorrow: date
) -> None:
    made = searched(regulator, opened(regulator, place, patient))
    page = enter(new_page(live_server.url), live_server.url, regulator)
    page.goto(f"/regulation/{made.pk}/")
    page.keyboard.press("r")
    left = page.locator(".desk-left")
    expect(left).to_have_text(re.compile(r"4\smin\s5[0-8]"), timeout=20_000)  # it counts
    settle(page)
    assert_axe_clean(page)
    page.keyboard.press("z")
    expect(page.locator(".toast").first).to_contain_text("Créneau rendu")
    page.keyboard.press("r")
    expect(left).to_be_visible()
    Appointment._base_manager.filter(state="held").update(
        hold_expires_at=timezone.now() + timedelta(seconds=4)
    )
    page.reload()
    over = page.get_by_text("Le temps est passé")
    expect(over).to_be_hidden()
    expect(over).to_be_visible(timeout=12_000)
    page.keyboard.press("b")
    expect(page.locator(".toast").first).to_contain_text("Rendez-vous pris")


def test_the_map_is_beside_the_list_and_folds_on_a_telephone(
    new_page: NewPage, live_server, regulator: Person, place: Territory, patient: Patient, tomorrow: date
) -> None:
    made = searched(regulator, opened(regulator, place, patient))
    for commune in Commune.objects.all():
        draw_commune(commune)
    page = enter(new_page(live_server.url), live_server.url, regulator)
    page.goto(f"/regulation/{made.pk}/")
    settle(page)
    expect(page.locator("#desk-map maillage-map")).to_have_count(0)  # it would hide the third proposal
    page.set_viewport_size({"width": 1440, "height": 1560})
    page.reload()
    expect(page.locator("#desk-map canvas")).to_be_visible()
    page.keyboard.press("m")
    expect(page.locator("#desk-map canvas")).to_be_hidden()
    page.reload()
    expect(page.locator("#desk-map maillage-map")).to_have_count(0)  # folded by the reader: not even loaded
    small = enter(new_page(live_server.url, width=360), live_server.url, regulator)
    small.goto(f"/regulation/{made.pk}/?etape=propositions")
    expect(small.locator("#desk-map maillage-map")).to_have_count(0)
    small.get_by_text("Carte des lieux proposés").click()
    expect(small.locator("#desk-map canvas")).to_be_visible()
    assert small.evaluate(OVERFLOW) <= 0
    plain = enter(new_page(live_server.url, javascript=False), live_server.url, regulator)
    plain.goto(f"/regulation/{made.pk}/carte/")
    expect(plain.locator(".map-drawing")).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (360, "dark")])
def test_the_page_of_whoever_receives_is_accessible_and_fits(
    new_page: NewPage, live_server, regulator: Person, place: Territory, patient: Patient, tomorrow: date,
    width: int, theme: str,
) -> None:  # fmt: skip
    made = searched(regulator, opened(regulator, place, patient))
    first = Proposal.objects.of_request(made).offered().select_related("request").first()
    api.hold_and_book(by=regulator, proposal=first, key="b")
    begin(first.slot)
    account = first.slot.agenda.professional.account
    page = enter(new_page(live_server.url, width=width, theme=theme), live_server.url, account)
    page.goto("/regulation/demandes/")
    settle(page)
    assert_axe_clean(page)
    assert page.evaluate(OVERFLOW) <= 0
    screenshot(page, f"regulation-issues-{width}-{theme}", full_page=width < 600)
    page.get_by_role("button", name=re.compile("^Vu")).click()
    expect(page.locator(".toast").first).to_contain_text("La demande est close")
    assert_axe_clean(page)


def test_a_new_request_is_announced_and_nothing_moves_under_the_pointer(
    new_page: NewPage, live_server, regulator: Person, other: Person, place: Territory
) -> None:
    opened(regulator, place, None)
    page = enter(new_page(live_server.url), live_server.url, regulator)
    page.goto("/regulation/")
    page.locator("#desk-queue a").first.hover()
    opened(other, place, None, "b")
    expect(page.locator("#desk-news")).to_contain_text("Nouvelle demande", timeout=12_000)
    expect(page.locator("#desk-stale")).to_be_visible()
    expect(page.locator("#desk-queue a")).to_have_count(1)
    page.mouse.move(900, 20)
    expect(page.locator("#desk-queue a")).to_have_count(2)
    expect(page.locator("#desk-stale")).to_be_hidden()


def test_it_works_without_scripts_and_in_english(
    new_page: NewPage, live_server, regulator: Person, place: Territory, patient: Patient, tomorrow: date
) -> None:
    made = searched(regulator, opened(regulator, place, patient))
    page = enter(new_page(live_server.url, javascript=False), live_server.url, regulator)
    page.goto(f"/regulation/{made.pk}/?etape=propositions")
    page.locator("summary", has_text="Critères").click()
    page.get_by_label("Trajet").select_option("25")
    page.get_by_role("button", name="Chercher avec ces critères").click()
    page.get_by_role("button", name=re.compile("Renoncer à")).click()
    expect(page.get_by_role("button", name=re.compile("Renoncer à"))).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Retenir")).first.click()
    expect(page.get_by_text("Retenu encore")).to_be_visible()
    page.get_by_role("button", name=re.compile("Réserver")).first.click()
    expect(page.locator(".toast").first).to_contain_text("Rendez-vous pris")
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    page.goto(f"/regulation/{made.pk}/")
    expect(page.locator("main")).to_contain_text("To tell the person")
