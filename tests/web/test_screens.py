"""The gallery in a real browser: axe clean in light and dark, no overflow at 360 px, by keyboard, without scripts."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from maillage.kernel.models import Person
from maillage.web.pages.specimens import COMPONENTS
from tests.browser import NewPage, assert_axe_clean, settle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (360, "light"), (1440, "dark"), (360, "dark")])
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
