"""The nurse who sees three kilos more: a task is raised, the doctor adjusts, the pharmacist confirms.

Told end to end on the demonstration; nothing is typed twice, and the plan and its indicator show it.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from maillage.kernel.rules import Role
from tests.browser import NewPage, assert_axe_clean, screenshot, settle, sign_in

pytestmark = [pytest.mark.browser]

#: The invented person whom the three of them follow.
WHO = "Tilleul"
ADJUSTED = "Furosémide : un comprimé de plus le matin pendant trois jours"


def open_file(page: Page) -> None:
    """Find the person as one does: by name."""
    page.goto("/patients/?q=" + WHO)
    page.get_by_role("link", name=re.compile(WHO, re.IGNORECASE)).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(WHO, re.IGNORECASE))


def last_weight(page: Page) -> float:
    """Read the last weight that the measures say."""
    figure = page.locator(".figure", has_text="Poids").locator(".figure-value").inner_text()
    return float(re.sub(r"[^\d,]", "", figure).replace(",", "."))


def test_three_kilos_more_become_a_task_an_adjustment_and_a_confirmation(
    new_page: NewPage, demo_url: str
) -> None:
    # Inès Capucine weighs the person: three kilos more than yesterday.
    nurse = new_page(demo_url)
    sign_in(nurse, Role.NURSE.value)
    expect(nurse.locator(".finding").first).to_contain_text("2 plans en alerte")
    open_file(nurse)
    expect(nurse.get_by_role("heading", name="Parcours")).to_be_visible()
    nurse.get_by_role("link", name="Ouvrir les mesures").click()
    weight = last_weight(nurse) + 3
    nurse.get_by_role("textbox", name=re.compile("^Poids")).fill(f"{weight:.1f}".replace(".", ","))
    nurse.get_by_role("button", name="Noter", exact=True).click()
    expect(nurse.get_by_text("1 mesure notée.")).to_be_visible()
    expect(nurse.get_by_role("link", name="Revoir le traitement : prise de poids").first).to_be_visible()
    settle(nurse)
    assert_axe_clean(nurse)
    screenshot(nurse, "mesures-1440-light")

    # Hélène Aubépine finds it on her first screen, without a name; its page says why.
    doctor = new_page(demo_url)
    sign_in(doctor, Role.PHYSICIAN.value)
    block = doctor.locator(".first-screen-block", has=doctor.get_by_role("heading", name="À faire"))
    expect(block).to_contain_text("Alerte du plan")
    expect(block).not_to_contain_text(re.compile(WHO, re.IGNORECASE))
    assert_axe_clean(doctor)
    doctor.goto("/soins/taches/")
    line = doctor.locator(".task-line", has_text=re.compile(WHO, re.IGNORECASE)).filter(
        has_text="prise de poids"
    )
    expect(line).to_contain_text("Mesures lues")
    line.get_by_role("link").first.click()
    task = doctor.url

    # She adjusts the treatment in the plan, a new version, and asks the pharmacist to confirm.
    open_file(doctor)
    doctor.get_by_role("link", name="Ouvrir le plan").click()
    doctor.get_by_role("link", name="Écrire une version").click()
    rows = doctor.locator("fieldset", has_text="Qui fait quoi, avant quel jour").locator(".plan-row")
    mine = rows.nth(1)
    mine.get_by_label("Précision").fill(ADJUSTED)
    new = rows.nth(rows.count() - 1)
    new.get_by_label("Intervention").fill("Confirmer le changement de dose")
    new.get_by_label("Qui le fait").select_option(label="Paul Réglisse")
    due = mine.get_by_label("Avant le").input_value()
    new.get_by_label("Avant le").fill(due)
    doctor.get_by_role("button", name="Enregistrer cette version").click()
    expect(doctor.get_by_text("Plan enregistré : version 2.")).to_be_visible()
    expect(doctor.get_by_text(ADJUSTED)).to_be_visible()
    settle(doctor)
    assert_axe_clean(doctor)
    screenshot(doctor, "plan-partage-1440-light")
    doctor.goto(task)
    doctor.get_by_label("Ce qui a été fait").fill("Dose augmentée trois jours, revue lundi")
    doctor.get_by_role("button", name="C’est fait").click()
    expect(doctor.get_by_text("Tâche faite.")).to_be_visible()

    # Paul Réglisse confirms, from his own list.
    pharmacist = new_page(demo_url, width=360)
    sign_in(pharmacist, Role.PHARMACIST.value)
    pharmacist.goto("/soins/taches/")
    line = pharmacist.locator(".task-line", has_text="Confirmer le changement de dose")
    line.get_by_label("Ce qui a été fait").fill("Vérifié avec la personne, pilulier refait")
    line.get_by_role("button", name=re.compile("^Fait")).click()
    expect(pharmacist.get_by_text("Tâche faite.")).to_be_visible()
    assert_axe_clean(pharmacist)

    # The plan shows both, and the share of tasks answered in time counts them.
    nurse.goto(nurse.url)
    open_file(nurse)
    nurse.get_by_role("link", name="Ouvrir le plan").click()
    expect(nurse.get_by_text("Dose augmentée trois jours, revue lundi")).to_be_visible()
    expect(nurse.get_by_text("Vérifié avec la personne, pilulier refait")).to_be_visible()
    expect(nurse.get_by_text("100 % des tâches faites dans les temps : 2 sur 2")).to_be_visible()
