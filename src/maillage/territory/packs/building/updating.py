"""What changed in the published files since a pack was made, source by source."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from maillage.kernel.downloads import Patience
from maillage.territory.packs.building.making import MANIFEST, BuildError, Built, build, read_state
from maillage.territory.packs.contract import PackLoader, Progress, silent


@dataclass(frozen=True, slots=True)
class SourceChange:
    """What became of a source: « same », « changed », « new » or « gone ».

    `rows` and `vintages` are before and after (None, or empty, where not known); `added` and `removed` are
    names of columns as published.
    """

    source: str
    title: str
    status: str
    rows: tuple[int | None, int | None] = (None, None)
    vintages: tuple[str, str] = ("", "")
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Updated:
    """A pack made again, and what changed in each of its sources."""

    built: Built
    changes: Sequence[SourceChange]


def update(
    folder: Path,
    *,
    given: Sequence[str] = (),
    only_public: bool = False,
    patience: Patience | None = None,
    loaders: Sequence[PackLoader] = (),
    progress: Progress = silent,
) -> Updated:
    """Make the pack in `folder` again from what is published now; the old one stays beside where it differs.

    `given` are added to the sources given when it was built. Raises BuildError where the folder holds no
    pack made by `build`, and as `build` does; the pack in place is then untouched.
    """
    folder = folder.expanduser().resolve()
    state = read_state(folder)
    # Killed between the two names of the old and the new pack, the folder is lost: the state knows.
    lost = not folder.exists() and bool(state.get("territory"))
    before = {"territory": {"asked": state["territory"]}} if lost else _manifest(folder)
    kept = [
        one
        for one in state.get("given", ())
        if one.partition("=")[0] not in {g.partition("=")[0] for g in given}
    ]
    built = build(
        folder,
        territory=str(before["territory"]["asked"]),
        given=[*kept, *given],
        again=True,
        only_public=only_public,
        patience=patience,
        loaders=loaders,
        progress=progress,
    )
    return Updated(built, changes(before, built.manifest))


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        asked = manifest["territory"]["asked"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BuildError(
            _(
                "%s n’est pas un jeu fait par « maillage data build » : rien à mettre à jour. Faites-le par "
                "« maillage "
                "data build --territory … --out … »."
            )
            % folder
        ) from error
    return dict(manifest) | {"territory": {**manifest["territory"], "asked": asked}}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[SourceChange]:
    """Return what became of each source between two manifests, by key."""
    old = {one["source"]: one for one in before.get("sources", ())}
    new = {one["source"]: one for one in after.get("sources", ())}
    return [_change(key, old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys())]


def _change(key: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> SourceChange:
    said = new or old or {}
    if old is None or new is None:
        return SourceChange(key, said["title"], "new" if old is None else "gone")
    if old["sha256"] == new["sha256"]:
        return SourceChange(key, new["title"], "same")
    had, has = old.get("columns", ()), new.get("columns", ())
    return SourceChange(
        key,
        new["title"],
        "changed",
        (old.get("rows"), new.get("rows")),
        (old["vintage"], new["vintage"]),
        tuple(one for one in has if one not in had),
        tuple(one for one in had if one not in has),
    )
