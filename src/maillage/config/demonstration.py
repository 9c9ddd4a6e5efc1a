"""A territory to try everything on: migrated, imported, computed, with one account per role."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from maillage.config import installation
from maillage.config.environment import home
from maillage.config.packs import default_pack
from maillage.config.progress import Report
from maillage.kernel import api as kernel
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

    Uses the data pack of `default_pack`, else writes and imports the fictional one. Raises
    `territory.PackRefusedError` where the pack has defects; nothing is then imported.
    """
    installation.prepare(progress)
    installation.import_pack(_pack(progress), by=None, progress=progress)
    place = territory.create_demonstration_territory(by=None)
    accounts = kernel.create_demonstration_accounts(by=None, scope=place.scope)
    territory.warm(progress=progress)
    labels = [str(ROLES[role]) for role in Role]
    return Demonstration(place, list(zip(labels, accounts, strict=True)))


def _pack(progress: Report) -> Path:
    national = default_pack()
    if national is not None:
        return national
    folder = home() / "fictional-pack"
    if not (folder / "manifest.json").is_file():
        progress("Territoire fictif", 0, 1)
        territory.write_fictional_pack(folder)
        progress("Territoire fictif", 1, 1)
    return folder
