"""The directory in a real browser: axe clean, fits 360 px, an import previewed without leaving the page."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from maillage.directory import api
from maillage.directory.models import CareUnit, Membership, Professional, Welcome
from maillage.territory import api as territory
from tests.browser import NewPage, assert_axe_clean, settle
from tests.directory.test_rules import HEADING, annuaire_line
from tests.web.test_screens import enter_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def staffed(transactional_db, fictional_pack) -> territory.Territory:
    territory.import_pack(by=None, folder=fictional_pack, extra_loaders=[api.structure_loader])
    place = territory.create_demonstration_territory(by=None)
    api.create_demonstration_directory(by=None, place=place)
    return place


@pytest.mark.parametrize("width", [1440, 360])
def test_every_page_is_accessible_and_fits(new_page: NewPage, live_server, staffed, coordinator, width):
    page = new_page(live_server.url, width=width)
    enter_at(page, live_server.url, coordinator)
    unit, sheet = CareUnit.objects.first(), Professional.objects.filter(profession="10").first()
    for path in (
        f"professionnels/?territory={staffed.slug}",
        f"professionnels/{sheet.pk}/",
        f"professionnels/{sheet.pk}/contact/",
        f"appartenances/{Membership.objects.get(professional=sheet).pk}/offre/",
        f"structures/{unit.structure_id}/",
        f"{staffed.slug}/accueil/",
        f"accueil/{Welcome.objects.get().pk}/",
        f"{staffed.slug}/doublons/",
        "imports/",
    ):
        page.goto(f"/annuaire/{path}")
        settle(page)
        assert_axe_clean(page)
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{path} is {overflow} px too wide at {width} px"


def test_a_file_is_previewed_in_place(page: Page, live_server, staffed, coordinator, tmp_path: Path):
    file = tmp_path / "ps.txt"
    file.write_text("\n".join([HEADING, annuaire_line(**{"Identifiant PP": "1"})]))
    enter_at(page, live_server.url, coordinator)
    page.goto("/annuaire/imports/")
    page.get_by_label("Fichier à lire").set_input_files(file)
    page.get_by_role("button", name="Lire sans rien écrire").click()
    expect(page.locator("#preview")).to_contain_text("Numéro RPPS faux")
    assert page.get_by_label("Fichier à lire").evaluate("input => input.files.length") == 1
