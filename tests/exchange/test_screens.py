"""The inbox and the list of failed deliveries in a real browser: accessible, at 360 and 1440 px, undone."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from maillage.exchange.models import Notification
from maillage.kernel.models import Person
from maillage.people.api import Patient
from tests.browser import NewPage, assert_axe_clean, screenshot, settle
from tests.exchange.conftest import Tell
from tests.factories import make_patient

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def enter_at(page: Page, url: str, person: Person) -> None:
    client = Client()
    client.force_login(person)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


@pytest.fixture
def waiting(tell_now: Tell, patient: Patient, regulator: Person) -> None:
    """A call to make, a message to read, a delivery given up."""
    patient.joins_by_phone, patient.needs_interpreter, patient.carer_name = True, True, "Awa Mélisse"
    patient.save()
    tell_now(patient, not_after=timezone.now() + timedelta(days=1))
    tell_now(regulator, path="/")
    other = make_patient("Frêne", patient.scope.territory)
    other.phone = "+33639980005"
    other.save()
    (row,) = tell_now(other)
    row.state, row.failure, row.detail, row.attempts = "abandoned", "unreachable", "HTTP 503", 12
    row.save()


@pytest.fixture
def tell_now(tell: Tell) -> Tell:
    """Tell in a transaction of its own, as a write would."""

    def told(*arguments: object, **named: object) -> list[Notification]:
        with transaction.atomic():
            return tell(*arguments, **named)

    return told


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (360, "light"), (1440, "dark")])
def test_the_pages_are_accessible_and_fit(
    new_page: NewPage, live_server, regulator: Person, administrator: Person, width: int, theme: str
) -> None:
    for person, path, name in (
        (regulator, "/messages/", "inbox"), (regulator, "/a-traiter/", "waiting"),
        (administrator, "/messages/envois/", "deliveries"),
    ):  # fmt: skip
        page = new_page(live_server.url, width=width, theme=theme)
        enter_at(page, live_server.url, person)
        page.goto(path)
        settle(page)
        assert_axe_clean(page)
        screenshot(page, f"exchange-{name}-{width}-{theme}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} px too wide at {width} px"


@pytest.fixture
def by_day() -> Iterator[None]:
    """Ten in the morning: at night a call waits for the day."""
    noon = timezone.localtime().replace(hour=10, minute=0)
    with time_machine.travel(noon, tick=True):
        yield


@pytest.mark.usefixtures("by_day", "waiting")
def test_a_call_is_made_then_put_back_by_keyboard(page: Page, live_server, regulator: Person) -> None:
    enter_at(page, live_server.url, regulator)
    page.goto("/a-traiter/")
    expect(page.locator(".finding")).to_have_text("2 choses vous attendent, aucune en retard.")
    call = page.locator(".message", has_text="Louis TILLEUL")
    call.get_by_role("button", name="Sans réponse").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".finding")).to_have_text("2 choses vous attendent, aucune en retard.")
    expect(call).to_contain_text("Sans réponse · Yanis Fougere")
    call.get_by_role("button", name="Joint au téléphone").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".finding")).to_have_text("1 chose vous attend, aucune en retard.")
    page.goto("/messages/")
    page.get_by_role("button", name="Remettre à faire Louis TILLEUL").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".finding")).to_have_text("2 messages à lire ou appels à passer.")
