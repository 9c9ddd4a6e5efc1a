"""The register of processings: every personal field, why and how long, on a page, as a table, as a paper."""

from django.test import Client
from django.urls import reverse

from maillage.kernel import privacy, register
from tests.pdf import text_of


def test_it_holds_each_personal_field_of_each_table() -> None:
    lines = register.lines()
    fields = [row for row in privacy.register() if row.category != "neither"]
    assert sum(one.personal + one.health for one in lines) == len(fields)
    assert lines[0].health == max(one.health for one in lines)


def test_how_long_is_said_or_said_not_to_be(db: None) -> None:
    said = {one.context: register.kept_said(one) for one in register.lines()}
    ended = "au terme, effacé sur confirmation du DPO, sauf conservation légale"
    assert said["care"] == ["Durée de conservation d’un dossier de patient", ended]
    assert "non établie" in said["roster"][0]


def test_the_page_the_table_and_the_paper_say_the_same(as_administrator: Client, as_nurse: Client) -> None:
    page = as_administrator.get(reverse("kernel:register"))
    assert "Coordination des soins" in page.text
    table = as_administrator.get(reverse("kernel:register_csv")).content.decode("utf-8-sig")
    assert "Coordination des soins" in table
    paper = as_administrator.get(reverse("kernel:register_pdf"))
    assert paper["Content-Type"] == "application/pdf"
    assert "Coordination des soins" in text_of(paper.content)
    for name in ("register", "register_csv", "register_pdf"):
        assert as_nurse.get(reverse(f"kernel:{name}")).status_code == 403
