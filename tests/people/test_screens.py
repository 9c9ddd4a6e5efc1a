"""The pages about patients in a real browser: axe clean, and they fit 360 px."""

import pytest

from maillage.directory import api as directory
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people import api
from maillage.people.models import ReferringDoctorRequest
from maillage.territory import api as territory
from tests.browser import NewPage, assert_axe_clean, settle
from tests.people.conftest import holder
from tests.web.test_screens import enter_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def peopled(transactional_db, fictional_pack) -> territory.Territory:
    territory.import_pack(by=None, folder=fictional_pack, extra_loaders=[directory.structure_loader])
    place = territory.create_demonstration_territory(by=None)
    directory.create_demonstration_directory(by=None, place=place)
    api.create_demonstration_patients(by=None, place=place)
    return place


@pytest.mark.parametrize("width", [1440, 360])
def test_every_page_is_accessible_and_fits(new_page: NewPage, live_server, peopled, width):
    coordinator = holder(Role.COORDINATOR, peopled.scope)
    requests = ReferringDoctorRequest.objects.in_scope(peopled.scope)
    consented = requests.filter(state="consented").first()
    doctor = directory.Professional.objects.get(referring_doctor_proposals__answer="")
    doctor.account = holder(Role.PHYSICIAN, peopled.scope)
    doctor.save()
    patient = api.Patient.objects.in_scope(peopled.scope).get(pk=consented.patient_id)
    patient.account = holder(Role.PATIENT, None)
    patient.save()
    _check(
        new_page(live_server.url, width=width),
        live_server.url,
        coordinator,
        "?q=a",
        "nouveau/",
        f"{consented.patient_id}/",
        f"{consented.patient_id}/modifier/",
        f"attente/{peopled.slug}/",
        f"demandes/{consented.pk}/",
    )
    _check(new_page(live_server.url, width=width), live_server.url, doctor.account, "propositions/")
    own = new_page(live_server.url, width=width)
    _check(own, live_server.url, patient.account, f"{patient.pk}/acces/")


def _check(page, url: str, person: Person, *paths: str) -> None:
    enter_at(page, url, person)
    for path in paths:
        page.goto(f"/patients/{path}")
        settle(page)
        assert_axe_clean(page)
        overflow = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert overflow <= 0, f"{path} is {overflow} px too wide"
