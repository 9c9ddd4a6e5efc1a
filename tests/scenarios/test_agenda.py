"""A doctor's Saturday afternoon on the agenda's grid: an appointment dragged, who is told, a tap undone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import NewPage, assert_axe_clean, screenshot, settle, sign_in

pytestmark = [pytest.mark.browser]


def open_agenda(page: Page) -> str:
    """Sign the demonstration's doctor in and open her agenda; return its address."""
    sign_in(page, "physician", "/agenda/")
    page.locator(".page-actions a[href^='/agenda/']").first.click()
    settle(page)
    return page.url


def test_a_whole_day_is_seen_at_once_and_worked_in(new_page: NewPage, demo_url: str) -> None:
    page = new_page(demo_url)
    open_agenda(page)
    expect(page.locator(".day")).to_have_count(7)
    assert_axe_clean(page)
    screenshot(page, "agenda-semaine-1440-light")
    visible = page.evaluate(
        """[...document.querySelectorAll(".day.today .cell")]
            .every((one) => one.getBoundingClientRect().bottom <= innerHeight)"""
    )
    assert visible, "the whole day without scrolling, at 1440 by 900"

    made = page.locator(".day.today a[data-appointment]").last
    name = made.locator(".cell-title").inner_text().split(" ")[0]
    free = page.locator(".day.today a[data-free]").last
    made.hover()
    page.mouse.down()
    box = free.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 8, steps=5)
    page.mouse.move(box["x"] + 32, box["y"] + 9)
    page.mouse.up()
    panel = page.locator("#fiche")
    expect(panel.locator("h2")).to_contain_text(name)
    expect(panel).to_contain_text(re.compile("SMS|courriel|appel|Aucun message"))
    panel.get_by_role("button", name="Déplacer à").click()
    expect(page.locator(".toast").first).to_contain_text("Déplacé au")

    expect(panel).to_contain_text("Réservé")
    page.keyboard.press("a")
    expect(panel).to_contain_text("Arrivé")
    page.keyboard.press("z")
    expect(panel).to_contain_text("Réservé")


def test_the_day_comes_first_on_a_telephone(new_page: NewPage, demo_url: str) -> None:
    page = new_page(demo_url, width=360, theme="dark")
    open_agenda(page)
    expect(page.locator(".day:visible")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollHeight") <= 3 * 740
    assert_axe_clean(page)
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    screenshot(page, "agenda-jour-360-dark")
