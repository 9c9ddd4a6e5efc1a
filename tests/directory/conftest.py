"""Fixtures of the directory context."""

from pathlib import Path

import pytest
from django.db.models import Count

from maillage.directory import api
from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.rules import Role
from maillage.territory import api as territory
from tests.packs import coordinator, fictional_country, fictional_pack, national_pack, pack_copy, patient

__all__ = ["coordinator", "fictional_country", "fictional_pack", "national_pack", "pack_copy", "patient"]


@pytest.fixture
def staffed_valley(db: None, fictional_pack: Path) -> territory.Territory:
    """The fictional territory with its structures and its invented professionals."""
    territory.import_pack(by=None, folder=fictional_pack, extra_loaders=[api.structure_loader])
    place = territory.create_demonstration_territory(by=None)
    api.create_demonstration_directory(by=None, place=place)
    return place


@pytest.fixture
def doctor(staffed_valley: territory.Territory) -> api.Professional:
    """An invented general practitioner who has an account and the role of a physician there."""
    # The first physicians also keep the duty house of the demonstration: this one practises in one place.
    physicians = api.Professional.objects.filter(profession="10").annotate(places=Count("memberships"))
    sheet = physicians.filter(places=1).order_by("pk")[0]
    account = Person.objects.create_user("medecin@exemple.fr", first_name="Ada", last_name="Loriot")
    RoleAssignment.objects.create(
        person=account, role=Role.PHYSICIAN.value, scope=staffed_valley.scope, starts_on="2020-01-01"
    )
    sheet.account = account
    sheet.save()
    return sheet
