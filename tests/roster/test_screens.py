"""The roster in a real browser: axe clean, fits 360 px, in both languages."""

from datetime import date, timedelta

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from maillage.kernel.models import Person
from maillage.roster import api
from maillage.roster.api import State
from maillage.roster.models import Assignment
from maillage.roster.rules.workflow import add_months
from tests.browser import NewPage, assert_axe_clean, screenshot, settle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def clock() -> None:
    """Leave the clock alone: the browser has its own."""


@pytest.fixture
def roster(coordinator: Person, sector: api.Sector, volunteers: list[api.Volunteer]) -> api.Roster:
    """A roster to come, filled and transmitted, one replacement asked and offered."""
    first = date.today() + timedelta(days=20)  # noqa: DTZ011 (whatever the hour)
    made = api.create_roster(by=coordinator, sector=sector, first_day=first, last_day=add_months(first, 3))
    api.keep(by=coordinator, proposal=api.propose(made, quick=True))
    held = Assignment.objects.filter(volunteer=volunteers[0]).first()
    api.assign(
        by=coordinator, post=Assignment.objects.filter(volunteer=volunteers[3])[0].post, volunteer=None
    )
    exchange = api.ask(by=volunteers[0].professional.account, post=held.post)
    api.offer(by=coordinator, exchange=exchange, volunteer=volunteers[3])
    for state in (State.SENT, State.INCOMPLETE, State.TRANSMITTED):
        made = api.change_state(by=coordinator, roster=made, to=state)
    return made


def enter(page: Page, url: str, person: Person) -> None:
    client = Client()
    client.force_login(person)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (360, "light"), (1440, "dark")])
def test_every_page_is_accessible_and_fits(
    new_page: NewPage, live_server, roster: api.Roster, coordinator: Person, width: int, theme: str
) -> None:
    page = new_page(live_server.url, width=width, theme=theme)
    enter(page, live_server.url, coordinator)
    open_post = roster.posts.filter(assignment=None).first()
    volunteer = roster.sector.volunteers.first()
    addresses = {
        "index": "/gardes/",
        "mine": "/gardes/mes-gardes/",
        "on-call": "/gardes/de-garde/?commune=71230",
        "sectors": "/gardes/secteurs/",
        "sector": f"/gardes/secteurs/{roster.sector_id}/",
        "sector-create": "/gardes/secteurs/nouveau/",
        "volunteers": f"/gardes/secteurs/{roster.sector_id}/volontaires/",
        "volunteer": f"/gardes/volontaires/{volunteer.pk}/",
        "create": f"/gardes/secteurs/{roster.sector_id}/nouveau-tableau/",
        "detail": f"/gardes/{roster.pk}/",
        "duty": f"/gardes/garde/{open_post.pk}/",
        "steps": f"/gardes/{roster.pk}/etapes/",
        "statement": f"/gardes/{roster.pk}/service-fait/",
        "balance": f"/gardes/{roster.pk}/bilan/",
    }
    for name, address in addresses.items():
        page.goto(address)
        settle(page)
        assert_axe_clean(page)
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{name} is {overflow} px too wide at {width} px"
        if theme == "light" and name in {"index", "detail", "balance"}:
            screenshot(page, f"roster-{name}-{width}", full_page=True)


def test_the_pages_speak_english(
    new_page: NewPage, live_server, roster: api.Roster, volunteers: list[api.Volunteer]
) -> None:
    page = new_page(live_server.url, language="en")
    enter(page, live_server.url, volunteers[1].professional.account)
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": live_server.url}])
    page.goto(f"/gardes/{roster.pk}/")
    expect(page.locator("main")).to_contain_text("Replacements asked for")
    page.get_by_role("button", name="Volunteer").first.click()
    expect(page.locator("main")).to_contain_text("Duties of the month")


def test_a_doctor_asks_to_be_replaced_on_a_phone_by_keyboard_without_scripts(
    new_page: NewPage, live_server, roster: api.Roster, volunteers: list[api.Volunteer]
) -> None:
    page = new_page(live_server.url, width=360, javascript=False)
    enter(page, live_server.url, volunteers[1].professional.account)
    page.goto("/gardes/")
    expect(page.locator(".finding")).to_contain_text("Votre prochaine garde")
    page.get_by_role("link", name="Mes gardes").click()
    page.get_by_role("button", name="Me faire remplacer").first.press("Enter")
    expect(page.locator("main")).to_contain_text("Mes demandes de remplacement")
    page.get_by_role("button", name="Retirer la demande").press("Enter")
    expect(page.locator("main")).to_contain_text("ne change pas de main")


def test_the_coordinator_gives_a_gap_to_somebody(
    new_page: NewPage, live_server, roster: api.Roster, coordinator: Person
) -> None:
    gap = roster.posts.filter(assignment=None).first()
    page = new_page(live_server.url)
    enter(page, live_server.url, coordinator)
    page.goto(f"/gardes/{roster.pk}/?mois={gap.day:%Y-%m}")
    page.get_by_role("link", name="Sans médecin").first.click()
    page.get_by_label("Pourquoi ce changement").fill("Volontaire trouvé")
    page.keyboard.press("Enter")  # presses no button: who takes it is a choice
    expect(page.locator(".finding")).to_contain_text("Personne ne tient cette garde")
    page.get_by_role("button", name="Inscrire").first.click()
    expect(page.locator("main")).to_contain_text("tient maintenant cette garde")
    page.get_by_role("link", name="Étapes légales").click()
    expect(page.locator(".legal-steps [aria-current]")).to_contain_text("Transmis")
