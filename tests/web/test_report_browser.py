"""The HTML report and its page in a real browser: axe clean, no overflow at 360 px, printable."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from maillage.kernel.models import Person
from maillage.territory import api
from maillage.web.report.data import as_data
from maillage.web.report.html import html
from tests.browser import NewPage, assert_axe_clean, screenshot
from tests.packs import fictional_country, fictional_pack  # noqa: F401 (fixtures)
from tests.web.report_samples import report
from tests.web.test_screens import enter_at

pytestmark = pytest.mark.browser
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [1440, 360])
def test_the_html_file_is_accessible_and_fits(new_page: NewPage, tmp_path: Path, width: int) -> None:
    file = tmp_path / "diagnostic.html"
    file.write_text(html(as_data(report())))
    page = new_page(file.as_uri(), width=width)
    page.goto(file.as_uri())
    assert_axe_clean(page)
    assert page.evaluate(OVERFLOW) <= 0
    expect(page.get_by_role("img", name="Carte d’essai").first).to_be_visible()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1440, 360])
def test_the_page_is_accessible_and_fits(
    new_page: NewPage,
    live_server,
    coordinator: Person,
    fictional_country: api.Atlas,  # noqa: F811
    width: int,
) -> None:
    territory = api.create_demonstration_territory(by=None)
    page = new_page(live_server.url, width=width)
    enter_at(page, live_server.url, coordinator)
    page.goto(f"/rapports/{territory.slug}/")
    expect(page.get_by_role("link", name="Télécharger le rapport en PDF")).to_be_visible()
    assert_axe_clean(page)
    assert page.evaluate(OVERFLOW) <= 0
    screenshot(page, f"rapport-{width}")
