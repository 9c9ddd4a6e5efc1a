"""Two regulators in two browsers: a febrile child, a slot taken meanwhile, a red flag that blocks booking."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import NewPage, assert_axe_clean, screenshot, settle, sign_in

pytestmark = [pytest.mark.browser]

DESK = "/regulation/"
SAFE = {"breathing": "no", "consciousness": "yes", "rash": "no", "infant": "no"}


@pytest.fixture(scope="module")
def second_regulator(chromium: object, demo_url: str) -> str:
    """Let the administrator make the nurse a regulator too; return the role by which she signs in."""
    page = chromium.new_context(base_url=demo_url, locale="fr-FR").new_page()  # type: ignore[attr-defined]
    sign_in(page, "administrator", "/compte/personnes/")
    page.get_by_role("link", name="Inès Capucine").first.click()
    page.locator("#id_role").select_option("regulator")
    territory = page.locator("article.card p").first.inner_text().split(" · ")[0]
    page.locator("#id_scope").select_option(label=territory)
    page.get_by_role("button", name="Donner ce rôle").click()
    page.context.close()
    return "nurse"


def regulating(new_page: NewPage, demo_url: str, role: str, **options: object) -> Page:
    page = new_page(demo_url, **options)
    sign_in(page, role, DESK)
    return page


def note_call(page: Page, commune: str, name: str) -> None:
    """Record a call for a febrile child of a commune."""
    page.goto(f"{DESK}appel/")
    page.locator("#id_motive").select_option("M03.14")
    page.locator("#id_last_name").fill(name)
    page.locator("#id_first_name").fill("Lou")
    page.locator("#id_age_years").fill("3")
    page.locator("#id_commune").fill(commune)
    page.locator("#id_caller_kind").select_option("FAMILLE")
    page.get_by_label("Téléphone de rappel").fill("06 39 98 12 34")
    page.get_by_role("button", name="Enregistrer et poser les questions").click()


def answer(page: Page, **changes: str) -> None:
    for key, value in (SAFE | changes).items():
        page.locator(f'input[name="q-{key}"][value="{value}"]').check()
    page.get_by_role("button", name="Enregistrer les réponses").click()


def search(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Chercher (qui|de nouveau)")).click()


def offers(page: Page) -> list[str]:
    """Return what each proposal's button says, best first, its key aside."""
    buttons = page.locator("#desk-cards button.button", has_text="Réserver")
    buttons.first.wait_for()
    return [text.rsplit(maxsplit=1)[0].strip() for text in buttons.all_inner_texts()]


def closed_today(page: Page) -> int:
    page.goto(DESK)
    return int(page.locator(".desk-strip dl > div", has_text="Closes").locator("dd").inner_text())


def test_a_febrile_child_from_the_call_to_the_indicator(
    new_page: NewPage, demo_url: str, second_regulator: str
) -> None:
    first = regulating(new_page, demo_url, "regulator")
    before = closed_today(first)
    settle(first)
    assert_axe_clean(first)
    screenshot(first, "regulation-bureau")
    first.get_by_role("link", name=re.compile("Fièvre, problème infectieux")).first.click()
    first.get_by_role("button", name="Prendre cette demande").click()
    commune = first.locator("#id_commune").input_value()

    second = regulating(new_page, demo_url, second_regulator)
    second.goto(first.url)
    expect(second.get_by_text("sans la changer")).to_be_visible()  # the lock is shown

    answer(first)
    search(first)
    screenshot(first, "regulation-propositions")

    note_call(second, commune, "Bouleau")
    answer(second)
    search(second)
    wanted = next(one for one in offers(first) if one in offers(second))
    second.locator("#desk-cards button.button", has_text=wanted).click()
    expect(second.locator(".toast").first).to_contain_text("Rendez-vous pris")

    # Taken meanwhile: the next best is there, nothing retyped.
    first.locator("#desk-cards button.button", has_text=wanted).click()
    expect(first.locator(".toast").first).to_contain_text("vient d’être pris")
    assert wanted not in offers(first)
    first.locator("#desk-cards button.button", has_text=offers(first)[0]).click()
    expect(first.locator(".toast").first).to_contain_text("Rendez-vous pris")

    first.get_by_role("button", name=re.compile("^Vu")).click()
    expect(first.locator(".toast").first).to_contain_text("Issue notée")
    assert closed_today(first) == before + 1


def test_replayed_with_a_red_flag_booking_is_blocked_and_15_is_shown(
    new_page: NewPage, demo_url: str, second_regulator: str
) -> None:
    page = regulating(new_page, demo_url, second_regulator, width=360)
    page.goto(f"{DESK}appel/")
    page.locator("#id_motive").select_option("M03.14")
    page.get_by_role("button", name="Enregistrer et poser les questions").click()
    answer(page, rash="yes")
    expect(page.get_by_role("heading", name=re.compile("Signe d’alerte"))).to_be_visible()
    expect(page.get_by_role("link", name="15", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Réserver|Chercher qui"))).to_have_count(0)
    settle(page)
    assert_axe_clean(page)
    screenshot(page, "regulation-alerte-telephone")
    page.get_by_role("button", name="Noter la transmission au 15").click()
    expect(page.locator(".toast").first).to_contain_text("Transmission au 15 notée")
