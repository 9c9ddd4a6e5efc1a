"""The gallery in a real browser: axe clean by day and night, fits 360 px, by keyboard, without scripts."""

import re

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from maillage.kernel.models import Person
from maillage.web.pages.specimens import COMPONENTS
from tests.browser import NewPage, assert_axe_clean, settle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (360, "light"), (1440, "dark")])
def test_every_component_is_accessible_and_fits(new_page: NewPage, live_server, coordinator, width, theme):
    page = new_page(live_server.url, width=width, theme=theme)
    enter_at(page, live_server.url, coordinator)
    for slug in COMPONENTS:
        page.goto(f"/composants/{slug}/")
        settle(page)
        for details in page.locator("main details.source-note").all():
            details.evaluate("details => { details.open = true }")
        assert_axe_clean(page)
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{slug} is {overflow} px too wide at {width} px"


def enter_at(page: Page, url: str, person: Person) -> None:
    """Give the page the session of `person`, without passing by the sign-in form."""
    client = Client()
    client.force_login(person)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


def test_list_and_map_share_their_selection(page: Page, live_server, coordinator):
    enter_at(page, live_server.url, coordinator)
    page.goto("/composants/map-list/")
    settle(page)
    row = page.locator('#communes tr[data-code="71230"]')
    row.locator("td").first.click()
    expect(row).to_have_class("selected")
    expect(page.locator(".map-tip")).to_contain_text("Gueugnon")
    page.locator("canvas").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".map-tip strong")).not_to_have_text("Gueugnon")
    page.keyboard.press("Escape")
    expect(page.locator(".map-tip")).to_have_count(0)


#: Where the corners of the territory are on the page: as MapLibre has them, as the server drew them.
LIVE = """() => {
  const map = document.querySelector("maillage-map");
  const { x, y } = map.querySelector(".map-live").getBoundingClientRect();
  const [west, south, east, north] = map.extent;
  const [first, last] = [map.map.project([west, north]), map.map.project([east, south])];
  return [x + first.x, y + first.y, x + last.x, y + last.y];
}"""
DRAWN = """() => {
  const line = document.querySelector(".map-drawing .perimeter-line");
  const { x, y, width, height } = line.getBBox();
  const matrix = line.getScreenCTM();
  const at = (left, top) => new DOMPoint(left, top).matrixTransform(matrix);
  const [first, last] = [at(x, y), at(x + width, y + height)];
  return [first.x, first.y, last.x, last.y];
}"""


@pytest.mark.parametrize("width", [1440, 360])
def test_nothing_moves_when_the_map_takes_the_place_of_its_drawing(
    new_page: NewPage, live_server, coordinator, width: int
):
    places = []
    for javascript, where in ((False, DRAWN), (True, LIVE)):
        page = new_page(live_server.url, width=width, javascript=javascript)
        enter_at(page, live_server.url, coordinator)
        page.goto("/composants/map/")
        if javascript:
            settle(page)
            expect(page.locator(".map-drawing")).to_have_count(0)
        places.append(page.evaluate(where))
    assert places[0] == pytest.approx(places[1], abs=1.5)


def test_a_table_sorts_by_keyboard_and_says_so(page: Page, live_server, coordinator):
    enter_at(page, live_server.url, coordinator)
    page.goto("/composants/table/")
    page.locator('th[data-key="access"] a').focus()
    page.keyboard.press("Enter")
    expect(page.locator('th[data-key="access"]')).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("#communes tbody tr").first).to_contain_text("Marcigny")
    expect(page.locator("#communes tbody tr").last).to_contain_text("Uxeau")
    expect(page.locator(".sort-status")).to_contain_text("ordre croissant")


def test_without_scripts_the_same_table_sorts_by_the_server(new_page: NewPage, live_server, coordinator):
    page = new_page(live_server.url, javascript=False)
    enter_at(page, live_server.url, coordinator)
    page.goto("/composants/map-list/")
    page.locator('th[data-key="access"] a').click()
    expect(page.locator("#communes tbody tr").first).to_contain_text("Marcigny")
    expect(page.locator(".map-drawing")).to_be_visible()
    expect(page.get_by_role("img", name="Accès aux médecins généralistes")).to_be_visible()
    expect(page.locator(".map-key")).to_contain_text("moins de 1,5")
    page.locator('button[name="theme"][value="dark"]').click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_theme_changes_at_once_and_stays(page: Page, live_server, coordinator):
    enter_at(page, live_server.url, coordinator)
    page.goto("/composants/map/")
    settle(page)
    with page.expect_response("**/apparence/"):
        page.locator('button[name="theme"][value="dark"]').click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_commune_picker_proposes_and_takes_by_keyboard(page: Page, live_server, coordinator):
    enter_at(page, live_server.url, coordinator)
    page.goto("/composants/commune-picker/")
    page.locator("#commune").press_sequentially("gueu")
    expect(page.get_by_role("option")).to_have_text("Gueugnon71230")
    page.keyboard.press("ArrowDown")
    assert_axe_clean(page)
    page.keyboard.press("Enter")
    expect(page.locator("#commune")).to_have_value("Gueugnon")
    expect(page.locator("#commune-code")).to_have_value("71230")


def test_a_dialog_opens_closes_and_is_accessible(page: Page, live_server, coordinator):
    enter_at(page, live_server.url, coordinator)
    for slug in ("dialog", "drawer"):
        page.goto(f"/composants/{slug}/")
        page.locator("[data-opens]").click()
        expect(page.locator("dialog")).to_be_visible()
        assert_axe_clean(page)
        page.keyboard.press("Escape")
        expect(page.locator("dialog")).to_be_hidden()


def test_the_menu_and_the_account_open_on_a_telephone(new_page: NewPage, live_server, coordinator):
    page = new_page(live_server.url, width=360)
    enter_at(page, live_server.url, coordinator)
    page.goto("/")
    page.get_by_role("button", name="Menu").click()
    parts = page.get_by_role("navigation", name="Navigation principale")
    expect(parts.get_by_role("link", name="Règles", exact=True)).to_be_visible()
    assert_axe_clean(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Claire Perrin").click()
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()
    assert_axe_clean(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_menu_opens_by_keyboard_and_closes_by_escape(new_page: NewPage, live_server, coordinator, theme):
    page = new_page(live_server.url, theme=theme)
    enter_at(page, live_server.url, coordinator)
    page.goto("/annuaire/structures/")
    assert page.locator(".masthead").bounding_box()["height"] < 80, "the masthead keeps one row"
    know, act, *_steer = page.locator(".menu > summary").all()
    expect(know).to_contain_text("vous êtes dans Structures")
    know.focus()
    page.keyboard.press("Enter")
    expect(page.locator('.menu-panel a[aria-current="true"]')).to_be_visible()
    assert_axe_clean(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Territoires", exact=True)).to_be_hidden()
    expect(know).to_be_focused()
    act.click()
    page.locator(".footer p").click()
    expect(page.get_by_role("link", name="Agenda")).to_be_hidden()


def test_menus_need_no_script_and_open_one_at_a_time(new_page: NewPage, live_server, coordinator):
    page = new_page(live_server.url, javascript=False)
    enter_at(page, live_server.url, coordinator)
    page.goto("/annuaire/structures/")
    know, act, *_steer = page.locator(".menu > summary").all()
    know.click()
    act.click()
    expect(page.get_by_role("link", name="Agenda")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("^Professionnels"))).to_be_hidden()


def test_the_sign_in_page_is_accessible(page: Page, live_server, db):
    page.goto("/compte/login/")
    assert_axe_clean(page)


@pytest.mark.parametrize(
    ("attributes", "changes"),
    [
        ({"hx-get": "/recherche/", "hx-select": ".finding"}, False),
        ({"hx-get": "/recherche/"}, False),
        ({"hx-get": "/recherche/", "hx-push-url": "false"}, False),
        ({"hx-get": "/recherche/", "hx-select": "#contenu", "hx-push-url": "true"}, True),
    ],
)
def test_a_part_that_comes_late_does_not_rename_the_page(
    page: Page, live_server, coordinator, attributes, changes
):
    enter_at(page, live_server.url, coordinator)
    page.goto("/recherche/")
    renamed = page.title()
    page.goto("/compte/")
    named = page.title()
    assert named != renamed
    page.evaluate(
        """attributes => {
          const part = document.createElement("div");
          for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
          part.setAttribute("hx-trigger", "load");
          document.addEventListener("htmx:afterSettle", () => { document.body.dataset.swapped = "yes"; });
          document.querySelector("main").append(part);
          window.htmx.process(part);
        }""",
        attributes,
    )
    expect(page.locator("body[data-swapped=yes]")).to_be_attached()
    assert page.title() == (renamed if changes else named)
