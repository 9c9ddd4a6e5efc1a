"""A coordinator opens the territory and reads its diagnosis, page by page, in a real browser."""

import csv
import io
import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import NewPage, assert_axe_clean, screenshot, settle, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.pack]

HERE = "/territoires/charolais-brionnais"
PAGES = {
    "accueil": "/",
    "portrait": f"{HERE}/portrait/",
    "offre": f"{HERE}/offre/",
    "accessibilite": f"{HERE}/accessibilite/",
    "zones-blanches": f"{HERE}/zones-blanches/",
    "flux": f"{HERE}/flux/",
    "besoins": f"{HERE}/besoins/",
    "et-si": f"{HERE}/et-si/",
    "ou-ouvrir": f"{HERE}/ou-ouvrir/?quoi=stop&combien=3&minutes=10",
    "rapport": "/rapports/charolais-brionnais/",
    "commune": "/territoires/communes/71230/",
    "territoires": "/territoires/",
    "regles": "/compte/regles/",
}
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def coordinator(new_page: NewPage, demo_url: str) -> Page:
    """Give a page signed in as the coordinator."""
    page = new_page(demo_url)
    sign_in(page, "coordinator")
    return page


def rows_of(page: Page, address: str) -> list[dict[str, str]]:
    """Return the rows of a CSV export."""
    answer = page.request.get(address)
    assert answer.ok, f"{address}: {answer.status}"
    return list(csv.DictReader(io.StringIO(answer.body().decode("utf-8-sig")), delimiter=";"))


def number(text: str) -> float:
    """Read a French number."""
    found = re.search(r"[−-]?\d[\d  ]*(,\d+)?", text)
    assert found, text
    return float(found[0].replace("−", "-").replace(",", ".").replace(" ", "").replace(" ", ""))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (360, "dark")])
def test_every_page_is_accessible_and_fits(
    new_page: NewPage, demo_url: str, name: str, width: int, theme: str
) -> None:
    page = new_page(demo_url, width=width, theme=theme)
    sign_in(page, "coordinator", PAGES[name])
    settle(page)
    assert_axe_clean(page)
    assert page.evaluate(OVERFLOW) <= 0
    if width == 1440:
        page.set_viewport_size({"width": width, "height": 1560})  # figures and map on one picture
    screenshot(page, f"{name}-{width}-{theme}")


def test_where_to_open_is_asked_answered_and_tried(coordinator: Page) -> None:
    """The first question is answered on opening; another is asked; its first place goes to the what-if."""
    coordinator.goto(f"{HERE}/ou-ouvrir/")
    finding = coordinator.locator(".finding").first
    expect(finding).to_contain_text("à 15 min ou moins d’un médecin généraliste")
    expect(finding).to_contain_text("c’est prouvé")
    coordinator.get_by_text("Changer la question").click()
    coordinator.get_by_label("Ouvrir quoi").select_option(label="Un arrêt du médicobus")
    coordinator.get_by_label("Combien de lieux").fill("3")
    coordinator.get_by_label("À combien de minutes au plus").fill("10")
    coordinator.get_by_role("button", name="Chercher où ouvrir").click()
    expect(finding).to_contain_text("Aucun autre choix de communes ne ferait mieux")
    places = coordinator.locator("article.card h3")
    expect(places).to_have_count(3)
    listed = rows_of(coordinator, f"{HERE}/ou-ouvrir/lieux.csv?quoi=stop&combien=3&minutes=10")
    assert [one.split(". ")[1] for one in places.all_inner_texts()] == [row["Commune"] for row in listed]
    added = sum(int(row["Personnes de plus à portée"]) for row in listed)
    expect(finding).to_contain_text(f"{added:,}".replace(",", "\u202f") + " habitants de plus")
    first = listed[0]
    coordinator.get_by_role("link", name=re.compile("Essayer une installation")).first.click()
    expect(coordinator.get_by_label("Où", exact=True)).to_have_value(first["code"])


def test_the_portrait_says_who_lives_there(coordinator: Page) -> None:
    coordinator.goto(PAGES["portrait"])
    expect(coordinator.locator(".finding").first).to_contain_text("65 410 habitants")
    expect(coordinator.locator("details.perimeter")).to_contain_text("ce n’est pas une CPTS officielle")
    expect(coordinator.get_by_text("99 communes").first).to_be_visible()


def test_access_is_low_at_marcigny_and_the_cities_are_outside(coordinator: Page) -> None:
    coordinator.goto(PAGES["accessibilite"])
    finding = coordinator.locator(".finding").first
    expect(finding).to_contain_text("des habitants vivent sous 2,50 consultations")
    expect(finding).to_contain_text("la DREES, elle, en compte 49")

    features = coordinator.request.get(f"{PAGES['accessibilite']}carte.geojson").json()["features"]
    named = {feature["properties"]["name"]: feature["properties"] for feature in features}
    assert named["Marcigny"]["inside"]
    assert named["Marcigny"]["apl"] < 2.5
    assert not named["Gueugnon"]["inside"]
    assert named["Gueugnon"]["apl"] < 2.5
    assert sum(feature["properties"]["inside"] for feature in features) == 99
    inside = {name for name, properties in named.items() if properties["inside"]}
    assert not {"Mâcon", "Chalon-sur-Saône", "Gueugnon"} & inside


def test_the_same_figure_on_screen_in_the_csv_and_on_the_map(coordinator: Page) -> None:
    coordinator.goto(PAGES["accessibilite"])
    shown = (
        coordinator.get_by_role("row")
        .filter(has_text="Marcigny")
        .first.get_by_role("cell")
        .first.inner_text()
    )
    exported = next(
        row
        for row in rows_of(coordinator, f"{PAGES['accessibilite']}communes.csv")
        if "Marcigny" in row.values()
    )
    features = coordinator.request.get(f"{PAGES['accessibilite']}carte.geojson").json()["features"]
    mapped = next(f["properties"]["apl"] for f in features if f["properties"]["name"] == "Marcigny")
    assert number(shown) == pytest.approx(mapped, abs=0.006)
    assert any(
        number(value) == pytest.approx(mapped, abs=0.006)
        for value in exported.values()
        if value[:1].isdigit()
    )


def test_any_commune_of_france_can_be_looked_up(coordinator: Page) -> None:
    coordinator.goto("/")
    coordinator.get_by_role("searchbox").fill("gueugnon")
    coordinator.keyboard.press("Enter")
    coordinator.get_by_role("link", name=re.compile("Gueugnon")).first.click()
    expect(coordinator.get_by_role("heading", level=1)).to_have_text("Gueugnon")
    expect(coordinator.get_by_text("L’accès aux généralistes est faible à Gueugnon")).to_be_visible()
    expect(coordinator.get_by_text("1,60").first).to_be_visible()  # the DREES's own figure, beside ours


def test_white_zones_are_outlined_and_listed(coordinator: Page) -> None:
    coordinator.goto(PAGES["zones-blanches"])
    finding = coordinator.locator(".finding").first
    expect(finding).to_contain_text("zones blanches")
    assert number(finding.inner_text()) >= 1


def test_flows_name_where_people_go(coordinator: Page) -> None:
    coordinator.goto(PAGES["flux"])
    expect(coordinator.locator(".finding").first).to_contain_text(
        "du recours des habitants reste dans le territoire"
    )
    expect(coordinator.get_by_text("Personne n’a été suivi")).to_be_visible()


def test_the_weights_of_need_can_be_moved_and_the_address_keeps_them(coordinator: Page) -> None:
    coordinator.goto(PAGES["besoins"])
    before = coordinator.locator(".finding").first.inner_text()
    coordinator.get_by_label("Manque d’accès aux généralistes").fill("0")
    coordinator.get_by_label("65 ans et plus").first.fill("5")
    coordinator.get_by_role("button", name="Classer avec ces poids").click()
    expect(coordinator.locator(".finding").first).not_to_have_text(before)
    changed, address = coordinator.locator(".finding").first.inner_text(), coordinator.url
    coordinator.goto(address)
    assert coordinator.locator(".finding").first.inner_text() == changed


def test_one_more_doctor_at_marcigny_answers_at_once_and_is_undone(coordinator: Page) -> None:
    coordinator.goto(PAGES["et-si"])
    before = coordinator.locator("#what-if-state .figures").inner_text()
    coordinator.get_by_label("Où", exact=True).select_option(label="Marcigny")
    coordinator.get_by_role("button", name="Appliquer").click()
    expect(coordinator.locator("#what-if-state .change-list li")).to_have_count(1)
    assert coordinator.locator("#what-if-state .figures").inner_text() != before
    coordinator.get_by_role("button", name="Annuler le dernier changement").click()
    expect(coordinator.locator("#what-if-state .change-list")).to_have_count(0)
    assert coordinator.locator("#what-if-state .figures").inner_text() == before


def test_a_scenario_is_saved_and_read_by_its_link(
    coordinator: Page, new_page: NewPage, demo_url: str
) -> None:
    coordinator.goto(PAGES["et-si"])
    coordinator.get_by_label("Où", exact=True).select_option(label="Marcigny")
    coordinator.get_by_role("button", name="Appliquer").click()
    expect(coordinator.locator("#what-if-state .change-list li")).to_have_count(1)
    coordinator.get_by_label("Nom du scénario").fill("Un médecin à Marcigny")
    coordinator.get_by_role("button", name="Enregistrer le brouillon").click()
    coordinator.get_by_role("button", name="Partager par lien").click()
    link = coordinator.get_by_role("link", name=re.compile("^http")).get_attribute("href")
    assert link

    stranger = new_page(demo_url)
    stranger.goto(link)
    assert "/compte/" in stranger.url  # a link is not a way round the sign-in

    analyst = new_page(demo_url)
    sign_in(analyst, "analyst", link)
    expect(analyst.get_by_text("Un médecin à Marcigny").first).to_be_visible()
    expect(analyst.get_by_role("button", name="Appliquer")).to_have_count(0)


def test_taking_away_more_than_there_is_is_refused_plainly(coordinator: Page) -> None:
    coordinator.goto(PAGES["et-si"])
    coordinator.get_by_label("Retirer").check()
    coordinator.get_by_label("Combien").fill("9")
    coordinator.get_by_label("Où", exact=True).select_option(label="Marcigny")
    coordinator.get_by_role("button", name="Appliquer").click()
    expect(coordinator.get_by_role("alert").first).to_contain_text("Marcigny")


def test_the_report_is_one_click_away(coordinator: Page) -> None:
    coordinator.goto(PAGES["portrait"])
    coordinator.get_by_role("navigation", name="Pages du diagnostic").get_by_role(
        "link", name="Rapport"
    ).click()
    with coordinator.expect_download() as download:
        coordinator.get_by_role("link", name="Télécharger le rapport en PDF").click()
    content = download.value.path().read_bytes()
    assert content.startswith(b"%PDF")
    assert len(content) > 50_000


def test_a_patient_reads_the_open_figures_and_changes_nothing(new_page: NewPage, demo_url: str) -> None:
    page = new_page(demo_url)
    sign_in(page, "patient", PAGES["portrait"])
    expect(page.locator(".finding").first).to_contain_text("habitants")
    assert page.request.get("/compte/journal/").status == 403
    assert page.request.get("/territoires/nouveau/").status in {403, 404}


def test_the_diagnosis_reads_in_english_too(new_page: NewPage, demo_url: str) -> None:
    page = new_page(demo_url)
    sign_in(page, "coordinator", PAGES["accessibilite"])
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("link", name="White zones")).to_be_visible()
    assert json.loads(page.evaluate("JSON.stringify(document.documentElement.lang)")) == "en"


def test_a_page_without_scripts_still_works(new_page: NewPage, demo_url: str) -> None:
    page = new_page(demo_url, javascript=False)
    sign_in(page, "coordinator", PAGES["et-si"])
    page.get_by_label("Où", exact=True).select_option(label="Marcigny")
    page.get_by_role("button", name="Appliquer").click()
    expect(page.locator(".change-list li").first).to_contain_text("Marcigny")
