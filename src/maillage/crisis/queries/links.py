"""Secret addresses of a cell, for structures and volunteers; the communes of its territory."""

from __future__ import annotations

from django.urls import reverse

from maillage.crisis.models import AskedStructure, Cell
from maillage.exchange import api as exchange
from maillage.territory import api as territory

#: Pages that a secret address opens, by name.
STATE, VOLUNTEER = "crisis:state", "crisis:volunteer"


def path_of(page: str, pk: int) -> str:
    """Return the secret address of a row, on this site."""
    return reverse(page, args=[exchange.Link(page, pk).token])


def asked_behind(token: str) -> AskedStructure | None:
    """Return the structure whose address it is, None for an address never made."""
    key = exchange.opened(STATE, token)
    rows = AskedStructure._base_manager.select_related("cell__scope", "structure")
    return rows.filter(pk=key).first() if key is not None else None


def cell_behind(token: str) -> Cell | None:
    """Return the cell whose address for volunteers it is, None for an address never made."""
    key = exchange.opened(VOLUNTEER, token)
    return Cell._base_manager.select_related("scope").filter(pk=key).first() if key is not None else None


def places(cell: Cell) -> list[str]:
    """Return the codes of the communes of the territory of a cell."""
    found = territory.Territory.objects.filter(scope=cell.scope).first()
    return territory.member_codes(found) if found is not None else []
