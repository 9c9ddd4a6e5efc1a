"""From the published files to the diagnosis, on screen: prepared, previewed, imported, gone back from.

Agnès Muguet administers the installation. The published files come from a web server on this machine.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser import NewPage, assert_axe_clean, screenshot, settle, sign_in
from tests.local_server import Day, Served
from tests.local_server import serving as serving_files
from tests.scenarios.conftest import Demonstration, serving
from tests.territory import published

pytestmark = [pytest.mark.browser]

DATA, PREPARE = "/territoires/donnees/", "/territoires/donnees/preparer/"
LONGEST = 180_000  # ms: the way back reads the pack of the demonstration again, which may be the country


@pytest.fixture(scope="module")
def files() -> Iterator[Served]:
    with serving_files() as there:
        there.files = published.every_file()
        yield there


@pytest.fixture(scope="module")
def address(demonstration: Demonstration) -> Iterator[str]:
    """Serve the demonstration, allowed to fetch what this machine publishes."""
    with serving(
        demonstration.home,
        demonstration.database,
        "demo",
        "--workers",
        "1",
        MAILLAGE_PRIVATE_SOURCES="1",
    ) as there:
        yield there


def look(page: Page, name: str) -> None:
    """Hold the page to axe and to the width of a telephone, in both themes."""
    for width, height, theme in ((1440, 900, "light"), (360, 780, "dark"), (360, 780, "light")):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": height})
        settle(page)
        assert_axe_clean(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} at {width} px"
        screenshot(page, f"jeu-de-donnees-{name}-{width}-{theme}")
    page.set_viewport_size({"width": 1440, "height": 900})


def give_addresses(page: Page, files: Served) -> None:
    """Give the address of each source on this machine."""
    page.locator("summary", has_text="Sources : donner").click()
    for source in published.every_file():
        page.locator(f"details:has(> .field #id_address_{source}) > summary").click()
        page.locator(f"#id_address_{source}").fill(files.url(source))


def over(page: Page) -> None:
    """Wait until the work of the page has ended: it reads itself again."""
    expect(page.locator("#work")).to_have_count(0, timeout=LONGEST)
    settle(page)


def test_a_pack_is_prepared_previewed_imported_and_gone_back_from(
    new_page: NewPage, address: str, files: Served
) -> None:
    page = new_page(address)
    sign_in(page, "administrator", DATA)
    before = page.locator(".page-header").inner_text()
    page.get_by_role("link", name="Préparer un jeu").click()
    look(page, "preparer")

    page.locator("#id_territory").fill("Saone et Loir")
    page.get_by_role("button", name="Préparer", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Vouliez-vous dire")
    look(page, "refuse")

    page.locator("#id_territory").fill("Saône-et-Loire")
    give_addresses(page, files)
    look(page, "sources")
    page.get_by_role("button", name="Préparer", exact=True).click()
    expect(page).to_have_url(re.compile(r"/preparer/\d+/$"))
    assert_axe_clean(page)
    over(page)
    expect(page.get_by_role("heading", name="Ce que l’import changerait")).to_be_visible()
    look(page, "pret")

    page.get_by_label("Les professionnels (Annuaire Santé)").uncheck()
    page.get_by_role("button", name="Importer", exact=True).click()
    assert_axe_clean(page)
    over(page)
    expect(page.get_by_role("heading", name="Les établissements (FINESS) fait")).to_be_visible()
    look(page, "importe")

    page.get_by_role("link", name="Défaire un import de l’annuaire").click()
    page.locator("summary", has_text="Défaire cet import").click()
    look(page, "defaire")
    page.get_by_label("Motif").fill("essai")
    page.get_by_role("button", name="Défaire l’import").click()
    expect(page.get_by_text("Import défait")).to_be_visible()

    page.goto(DATA)
    expect(page.locator(".page-header")).to_contain_text("Territoire 71")
    page.get_by_role("link", name="Revenir à ce jeu").first.click()
    look(page, "revenir")
    page.get_by_role("button", name="Revenir à ce jeu").click()
    over(page)
    look(page, "revenu")
    page.goto(DATA)
    title = before.partition(" (")[0].splitlines()[-1]
    expect(page.locator(".page-header")).to_contain_text(title)
    page.goto(PREPARE)
    expect(page.locator(".results li")).to_have_count(3)
    look(page, "travaux")


def test_nobody_else_is_offered_it(new_page: NewPage, address: str) -> None:
    page = new_page(address)
    sign_in(page, "coordinator", DATA)
    expect(page.get_by_role("link", name="Préparer un jeu")).to_have_count(0)
    answer = page.goto(PREPARE)
    assert answer is not None
    assert answer.status == 403


def test_without_a_script_it_is_asked_for_and_read_all_the_same(
    new_page: NewPage, address: str, files: Served
) -> None:
    page = new_page(address, javascript=False)
    sign_in(page, "administrator", PREPARE)
    page.locator("#id_territory").fill("03")
    give_addresses(page, files)
    files.always = {name: Day(pause=1.0) for name in files.files}
    page.get_by_role("button", name="Préparer", exact=True).click()
    expect(page).to_have_url(re.compile(r"/preparer/\d+/$"))
    page.get_by_role("button", name="Arrêter").click()
    expect(page.get_by_role("button", name="Reprendre")).to_be_visible()
