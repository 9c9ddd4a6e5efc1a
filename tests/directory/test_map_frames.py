"""A frame of a map that is none never breaks a page; every other parameter: the sweep of the site."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from maillage.directory import api as directory
from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.rules import Role
from maillage.territory import api as territory
from tests.packs import fictional_pack

__all__ = ["fictional_pack"]

#: Frames of a map that are none.
FRAMES = (
    "1,2,3,4", "4,3,2,1", "nan,nan,nan,nan", "inf,-inf,1e400,0", "1,2,3", "1,2,3,4,5", "x,1,2,3", "²,1,2,3",
    "9" * 5_000,
)  # fmt: skip
ADDRESSES = ("directory:structures", "directory:structures_csv", "directory:structures_geojson")


@pytest.fixture
def valley(db: None, fictional_pack: Path) -> territory.Territory:
    """A territory whose coordinator asks."""
    territory.import_pack(by=None, folder=fictional_pack, extra_loaders=[directory.structure_loader])
    return territory.create_demonstration_territory(by=None)


@pytest.fixture
def visitor(valley: territory.Territory) -> Client:
    """Somebody who may see all that is asked for; a fault of ours is an answer to read."""
    somebody = Person.objects.create_user("coord@exemple.fr")
    for role in (Role.COORDINATOR, Role.REGULATOR):
        RoleAssignment.objects.create(
            person=somebody, role=role.value, scope=valley.scope, starts_on="2020-01-01"
        )
    client = Client(raise_request_exception=False)
    client.force_login(somebody)
    return client


@pytest.mark.parametrize("name", ADDRESSES)
def test_no_frame_of_a_map_breaks_a_page(visitor: Client, name: str) -> None:
    answers = {frame[:20]: visitor.get(reverse(name), {"bbox": frame}).status_code for frame in FRAMES}
    assert {frame for frame, status in answers.items() if status >= 500} == set()
