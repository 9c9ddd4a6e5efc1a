"""A territory to try everything on: migrated, imported, computed, with one account per role."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from maillage.config import environment, installation
from maillage.config.environment import home
from maillage.config.packs import default_pack
from maillage.config.progress import Report
from maillage.kernel import api as kernel
from maillage.kernel.contributions import contributions
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.kernel.wording import ROLES
from maillage.territory import api as territory


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What `prepare` leaves: the territory's address name and the accounts, one per role."""

    territory: territory.Territory
    accounts: list[tuple[str, Person]]


def prepare(progress: Report) -> Demonstration:
    """Bring the installation to a populated territory; do again nothing that is already done.

    Raises `territory.PackRefusedError` where the pack has defects; nothing is then imported.
    """
    place = prepare_territory(progress)
    accounts = populate(place)
    territory.warm(progress=progress)
    labels = [str(ROLES[role]) for role in Role]
    return Demonstration(place, list(zip(labels, accounts, strict=True)))


def populate(place: territory.Territory) -> list[Person]:
    """Give a territory its people and their work; return the accounts, one per role."""
    accounts = kernel.create_demonstration_accounts(by=None, scope=place.scope)
    for one in contributions():
        if one.demonstrate is not None:
            one.demonstrate(place, timezone.now())
    return accounts


def prepare_territory(progress: Report) -> territory.Territory:
    """Return the demonstration territory, its data imported; without any account.

    An installation that has data keeps them, unless they are fictional and a real pack is now at hand. An
    empty one gets the pack of `default_pack`, else the fictional one.
    """
    installation.prepare(progress)
    current = territory.current_pack()
    if current is None or (current.geography == territory.FICTIONAL and default_pack() is not None):
        installation.import_pack(pack(progress), by=None, progress=progress)
    return territory.create_demonstration_territory(
        by=None, where=environment.read("MAILLAGE_TERRITORY", default="")
    )


def pack(progress: Report) -> Path:
    """Return the folder of the demonstration's pack; the fictional one is written where absent."""
    national = default_pack()
    if national is not None:
        return national
    folder = home() / "fictional-pack"
    if not (folder / "manifest.json").is_file():
        progress("Territoire fictif", 0, 1)
        territory.write_fictional_pack(folder)
        progress("Territoire fictif", 1, 1)
    return folder
