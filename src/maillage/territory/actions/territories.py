"""Creates and changes territories."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from maillage.kernel import access, journal
from maillage.kernel.actions import open_to_creator
from maillage.kernel.models import Person, Scope
from maillage.kernel.names import place_key
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.territory.models import Commune, DataPack, Territory, TerritoryCommune
from maillage.territory.queries import codes_of_group, current_pack
from maillage.territory.rules.hours import time_zone_of
from maillage.territory.rules.kinds import (
    FICTIONAL,
    FICTIONAL_EPCIS,
    RESERVED_SLUGS,
    Group,
    TerritoryKind,
)
from maillage.territory.rules.naming import EVERYWHERE, named

_SLUG_LENGTH = 80


class PerimeterError(ValueError):
    """The perimeter or the identity of a territory is not acceptable; the message (French) says why."""


@transaction.atomic
def create_territory(
    *,
    by: Person | None,
    kind: TerritoryKind,
    name: str,
    codes: Collection[str],
    parent: Territory | None = None,
    slug: str = "",
    is_constructed: bool = False,
    note: str = "",
) -> Territory:
    """Create a territory from the codes of its communes, with a scope for the roles that people hold in it.

    Its hour is that of its communes, which must have one and the same.

    Whoever creates it may open it, by a role of its own where none of theirs holds there. `slug` is made from
    the name, and made unique, where it is not given. `by` is None for the operator at
    the command line. Raises PerimeterError, PermissionDenied.
    """
    if by is not None:
        access.require(by, Permission.EDIT_TERRITORY)
    name = _checked_name(name)
    communes = _checked_codes(codes)
    time_zone = _one_time_zone(communes)
    territory = Territory.objects.create(
        kind=kind.value,
        name=name,
        search_name=place_key(name),
        slug=_free_slug(slug or slugify(name), exact=bool(slug)),
        scope=Scope.objects.create(kind="territory", label=name, time_zone=time_zone),
        parent=parent,
        is_constructed=is_constructed,
        note=note.strip(),
    )
    _add(territory, communes)
    if by is not None:
        open_to_creator(by=by, scope=territory.scope)
    changes = {"name": [None, name], "kind": [None, kind.value], "communes": [[], communes]}
    journal.record(
        by=by,
        verb="territory.created",
        target=journal.target_of(territory),
        changes=changes,
        scope=territory.scope_id,
    )
    return territory


@transaction.atomic
def rename(*, by: Person, territory: Territory, name: str, note: str | None = None) -> Territory:
    """Give a territory another name (its address stays) and, unless None, another note.

    Raises PerimeterError, PermissionDenied.
    """
    access.require(by, Permission.EDIT_TERRITORY, territory.scope)
    before = (territory.name, territory.note)
    territory.name = _checked_name(name)
    territory.search_name = place_key(territory.name)
    territory.note = territory.note if note is None else note.strip()
    if (territory.name, territory.note) == before:
        return territory
    territory.save(update_fields=["name", "search_name", "note"])
    Scope.objects.filter(pk=territory.scope_id).update(label=territory.name)
    changes = {"name": [before[0], territory.name], "note": [before[1], territory.note]}
    journal.record(
        by=by,
        verb="territory.renamed",
        target=journal.target_of(territory),
        changes=changes,
        scope=territory.scope_id,
    )
    return territory


@transaction.atomic
def change_perimeter(
    *, by: Person, territory: Territory, codes: Collection[str], reason: str = ""
) -> Territory:
    """Make `codes` the communes of a territory; communes no longer in the current pack stay unless left out.

    Raises PerimeterError, PermissionDenied.
    """
    access.require(by, Permission.EDIT_TERRITORY, territory.scope)
    Territory.objects.select_for_update().get(pk=territory.pk)
    wanted = set(_checked_codes(codes))
    members = TerritoryCommune.objects.filter(territory=territory)
    present = set(members.values_list("commune_id", flat=True))
    added, removed = sorted(wanted - present), sorted(present - wanted)
    if not added and not removed:
        return territory
    if added and _one_time_zone(added) != territory.scope.time_zone:
        raise PerimeterError(
            _("Ces communes n’ont pas l’heure du territoire : faites-en un autre. La première : %s.")
            % added[0]
        )
    members.filter(commune__in=removed).delete()
    _add(territory, added)
    changes = {"added": added, "removed": removed}
    target = journal.target_of(territory)
    journal.record(
        by=by,
        verb="territory.perimeter_changed",
        target=target,
        changes=changes,
        reason=reason,
        scope=territory.scope_id,
    )
    return territory


def create_demonstration_territory(*, by: Person | None, where: str = "") -> Territory:
    """Return the demonstration territory of the current pack, created if absent.

    `where` names it (« 71,03 », EPCI, « region:27 »); else the territory that the pack was built for, else
    Charolais-Brionnais with the national pack, Val-de-Brume with the fictional one. Raises PerimeterError
    where the pack has none of them.
    """
    pack = current_pack()
    asked = where or _built_for(pack)
    if asked:
        return _demonstration_at(asked, by)
    fictional = pack is not None and pack.geography == FICTIONAL
    slug = "val-de-brume" if fictional else "charolais-brionnais"
    existing = Territory.objects.filter(slug=slug).first()
    if existing:
        return existing
    if fictional:
        name, epcis = "Val-de-Brume", FICTIONAL_EPCIS
        note = _("Territoire fictif, engendré par le programme : aucun de ces lieux n’existe.")
    else:
        name, epcis = "Charolais-Brionnais", rule("territory.perimeter.demonstration").value
        note = _("Périmètre construit à partir de ses quatre EPCI, ce n’est pas une CPTS officielle.")
    codes = [code for epci in epcis for code in codes_of_group(Group.EPCI, epci)]
    return create_territory(
        by=by, kind=TerritoryKind.CPTS, name=name, codes=codes, slug=slug, is_constructed=True, note=note
    )


def _built_for(pack: DataPack | None) -> str:
    """Return the territory that a pack was built for, empty where it was for all of France or is not said."""
    said = pack.manifest.get("territory") if pack else None
    asked = str(said.get("asked", "")) if isinstance(said, dict) else ""
    return "" if asked.lower() == EVERYWHERE else asked


def _demonstration_at(asked: str, by: Person | None) -> Territory:
    words = named(asked)
    codes = {code for group, word in words if group for code in codes_of_group(group, word)}
    if not codes or any(group is None for group, _word in words):
        raise PerimeterError(
            _("« %s » ne désigne aucune commune du jeu de données : écrivez des départements (71,03), des "
              "EPCI par leur SIREN ou des régions (region:27).") % asked
        )  # fmt: skip
    name = _("Territoire %s") % asked
    if len(words) == 1 and words[0][0] is not None:
        field = f"{words[0][0].value}_name"
        found = (
            Commune.objects.filter(code__in=codes)
            .exclude(**{field: ""})
            .values_list(field, flat=True)
            .first()
        )
        name = found or name
    existing = Territory.objects.filter(slug=slugify(name)).first()
    return existing or create_territory(
        by=by, kind=TerritoryKind.CPTS, name=name[:120], codes=sorted(codes), is_constructed=True,
        note=_("Périmètre construit pour la démonstration, ce n’est pas une CPTS officielle."),
    )  # fmt: skip


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not slugify(name):
        raise PerimeterError(_("Donnez un nom au territoire."))
    if len(name) > 120:
        raise PerimeterError(_("Le nom dépasse 120 caractères."))
    return name


def _checked_codes(codes: Collection[str]) -> list[str]:
    wanted = sorted(set(codes))
    if not wanted:
        raise PerimeterError(_("Un territoire a au moins une commune."))
    known = set(Commune.objects.values_list("code", flat=True)) if len(wanted) > 500 else _known(wanted)
    unknown = [code for code in wanted if code not in known]
    if unknown:
        raise PerimeterError(_("Communes inconnues du jeu de données : %s.") % ", ".join(unknown[:10]))
    return wanted


def _one_time_zone(codes: Collection[str]) -> str:
    """Return the time zone of some communes. Raises PerimeterError where they have several."""
    zones: dict[str, str] = {}
    table = rule("territory.perimeter.time_zones").value
    for code in sorted(codes):
        zones.setdefault(time_zone_of(code, table), code)
    if len(zones) > 1:
        raise PerimeterError(
            _("Les communes %s n’ont pas la même heure : faites-en plusieurs territoires.")
            % ", ".join(zones.values())
        )
    return next(iter(zones))


def _known(codes: Collection[str]) -> set[str]:
    return set(Commune.objects.filter(code__in=codes).values_list("code", flat=True))


def _free_slug(slug: str, *, exact: bool) -> str:
    base = slug[:_SLUG_LENGTH]
    taken = RESERVED_SLUGS | set(
        Territory.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    )
    if base not in taken:
        return base
    if exact:
        raise PerimeterError(_("L’adresse « %s » est déjà prise par un autre territoire.") % base)
    number = next(number for number in range(2, len(taken) + 3) if f"{base[:75]}-{number}" not in taken)
    return f"{base[:75]}-{number}"


def _add(territory: Territory, codes: Iterable[str]) -> None:
    TerritoryCommune.objects.bulk_create(
        [TerritoryCommune(territory=territory, commune_id=code) for code in codes], batch_size=400
    )
