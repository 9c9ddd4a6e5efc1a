"""Professionals written by hand: created where no register has them yet, corrected where it is wrong.

Who wins: an identity written by hand stays; an import of a register leaves it as it is, and goes on updating
places and memberships. It is undone by writing it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory.actions.policy import require_keeper
from maillage.directory.actions.sheets import office_phone, stamp
from maillage.directory.models import HAND_SOURCE, Membership, Professional, Structure
from maillage.directory.queries import professionals_alike
from maillage.directory.rules.freshness import Fact
from maillage.directory.rules.professionals import Function, Profession
from maillage.kernel import access, journal
from maillage.kernel.fields import refused
from maillage.kernel.identifiers import IdentifierError, parse_rpps
from maillage.kernel.models import Person
from maillage.kernel.names import search_key
from maillage.kernel.rules import Permission
from maillage.kernel.sounds import name_sound
from maillage.territory import api as territory

IDENTITY_FIELDS = ("last_name", "first_name", "rpps", "profession", "specialty")


class SheetsAlike(ValidationError):  # noqa: N818 - a warning to the one who types, who may insist
    """Sheets may be of the professional being written; `sheets` lists them."""

    def __init__(self, sheets: list[Professional]) -> None:
        super().__init__(
            _(
                "Une fiche semble être celle de la même personne : "
                "ouvrez-la, ou dites que c’est une autre personne."
            )
        )
        self.sheets = sheets


@transaction.atomic
def create_professional(
    *,
    by: Person,
    place: territory.Territory,
    values: Mapping[str, Any],
    structure: Structure,
    function: Function = Function.CARE,
    is_another: bool = False,
) -> Professional:
    """Write the sheet of somebody whom no register brought, member of a structure of the territory.

    `values` are of `IDENTITY_FIELDS` and `phone`. Raises PermissionDenied, ValidationError, SheetsAlike
    where a sheet may be the same person's, unless `is_another`.
    """
    access.require(by, Permission.EDIT_DIRECTORY, place.scope)
    if structure.commune_id not in territory.member_codes(place):
        raise ValidationError({"structure": _("Choisissez une structure de ce territoire.")})
    one = Professional(source=HAND_SOURCE, phone=office_phone(str(values.get("phone", ""))))
    _write(one, values)
    if function is Function.CARE and not one.profession:
        raise ValidationError({"profession": _("Dites la profession de qui soigne.")})
    alike = [] if is_another else professionals_alike(one)
    if alike:
        raise SheetsAlike(alike)
    one.save()
    membership = Membership.objects.create(
        professional=one, structure=structure, function=function.value, source=HAND_SOURCE,
        starts_on=timezone.localdate(),
    )  # fmt: skip
    for fact in (Fact.IDENTITY, Fact.CONTACT, Fact.PLACES):
        stamp(one, fact, timezone.localdate(), HAND_SOURCE)
    changes = {"structure": membership.structure_id, "insisted": is_another}
    journal.record(
        by=by,
        verb="directory.professional_created",
        target=journal.target_of(one),
        changes=changes,
        scope=None,
    )
    return one


@transaction.atomic
def correct_professional(
    *, by: Person, professional: Professional, values: Mapping[str, Any], reason: str
) -> Professional:
    """Correct who a professional is; no import writes over it. `reason` is kept in the journal.

    Raises PermissionDenied, ValidationError.
    """
    require_keeper(by, professional)
    if not reason.strip():
        raise ValidationError(
            {"reason": _("Dites d’où vient la correction : le motif est gardé au journal.")}
        )
    one = Professional.objects.select_for_update().get(pk=professional.pk)
    before = {name: getattr(one, name) for name in IDENTITY_FIELDS}
    _write(one, values)
    changes = {name: [was, getattr(one, name)] for name, was in before.items() if getattr(one, name) != was}
    if not changes:
        return one
    one.save()
    stamp(one, Fact.IDENTITY, timezone.localdate(), HAND_SOURCE)
    journal.record(
        by=by, verb="directory.professional_corrected", target=journal.target_of(one), changes=changes,
        reason=reason.strip(), scope=None,
    )  # fmt: skip
    return one


def _write(one: Professional, values: Mapping[str, Any]) -> None:
    """Set who somebody is, checked, and what follows from it. Raises ValidationError."""
    for name in IDENTITY_FIELDS:
        if name in values:
            setattr(one, name, " ".join(str(values[name] or "").split()))
    one.rpps = _rpps(one)
    if not one.last_name:
        raise ValidationError({"last_name": _("Donnez le nom.")})
    if one.profession and one.profession not in {profession.value for profession in Profession}:
        raise ValidationError({"profession": _("Cette profession n’est pas dans la liste.")})
    one.search_name = search_key(one.first_name, one.last_name)
    one.sound = name_sound(one.last_name, one.first_name)
    one.full_clean(exclude=["search_name", "sound"], validate_unique=False)


def _rpps(one: Professional) -> str | None:
    """Return the number, None where there is none. Raises ValidationError for a wrong one, or another's."""
    if not one.rpps:
        return None
    try:
        number = parse_rpps(one.rpps).number
    except IdentifierError as error:
        raise refused(error, "rpps") from error
    other = Professional.objects.filter(rpps=number).exclude(pk=one.pk).first()
    if other is not None:
        text = _("Ce numéro RPPS est celui de {name}, déjà dans l’annuaire.").format(name=other.name)
        raise ValidationError({"rpps": text})
    return number
