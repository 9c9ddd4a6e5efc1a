"""Pages that a secret address opens: what a browser sends is taken, no other site hears of them."""

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from maillage.kernel.pages.base import secret_page
from tests.architecture.test_files import PACKAGE


@pytest.fixture
def asked() -> HttpRequest:
    return RequestFactory().get("/")


def test_a_browser_goes_on_saying_where_a_form_comes_from(asked: HttpRequest) -> None:
    """Under `no-referrer` it sends a null origin, which the check against forged forms refuses."""
    answer = secret_page(asked, "web/shell/messages.html", {"messages": []}, status=410)
    assert (answer.status_code, answer["Referrer-Policy"], answer["X-Robots-Tag"]) == (
        410, "same-origin", "noindex",
    )  # fmt: skip


def test_only_what_holds_no_form_hides_where_it_comes_from() -> None:
    hiding = [path.name for path in PACKAGE.rglob("*.py") if '"no-referrer"' in path.read_text("utf-8")]
    assert hiding == ["feeds.py"]
