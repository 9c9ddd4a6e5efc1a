"""What a notification may say: a closed list of typed values, kept as references, never a typed sentence."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from maillage.directory.api import Professional
from maillage.exchange.models.links import Link
from maillage.exchange.rules.vocabulary import Parameter
from maillage.kernel.phones import is_short_code, stored_phone
from maillage.territory.api import Commune

_LONGEST_SECTOR = 40
_SECTOR = re.compile(rf"[\w’' .\-–]{{1,{_LONGEST_SECTOR}}}")


@dataclass(frozen=True, slots=True)
class Parameters:
    """The values of a notification's text; each text asks for some of them, and takes no other.

    A person is a row of the directory and a place a commune, so that neither a specialty nor the name of a
    ward can slip in. `sector` is the short name of an on-call sector, `phone` the number to call back, `link`
    the page that answers, written as a secret address when the message leaves, `reference` the number
    under which the desk and whoever receives find the request again, `count` and `late` how many things wait
    in an inbox and how many of them are late.
    """

    when: datetime | None = None
    previous: datetime | None = None
    until: datetime | None = None
    day: date | None = None
    professional: Professional | None = None
    commune: Commune | None = None
    sector: str = ""
    phone: str = ""
    link: Link | None = None
    reference: int | None = None
    count: int = 0
    late: int = 0

    def given(self) -> frozenset[Parameter]:
        """Return which of the closed list have a value."""
        return frozenset(Parameter(one.name) for one in fields(self) if getattr(self, one.name))

    def only(self, asked: Collection[Parameter]) -> Parameters:
        """Return these values without those that a text does not ask for."""
        nothing: dict[str, Any] = {one.value: _NOTHING[one.value] for one in self.given() - set(asked)}
        return replace(self, **nothing)

    def stored(self) -> dict[str, Any]:
        """Return JSON values: dates in ISO 8601, rows by key. Raises ValidationError."""
        if self.sector and not _SECTOR.fullmatch(self.sector):
            raise ValidationError(_("Le nom du secteur est trop long ou contient un signe inattendu."))
        if self.phone and not _is_number(self.phone):
            raise ValidationError(_("Le numéro à rappeler n’est pas un numéro de téléphone."))
        return {one.value: self._written(one) for one in sorted(self.given())}

    def _written(self, parameter: Parameter) -> Any:
        value = getattr(self, parameter.value)
        if isinstance(value, datetime | date):
            if isinstance(value, datetime) and value.utcoffset() is None:
                raise ValidationError(_("Une heure sans fuseau ne peut pas être annoncée."))
            return value.isoformat()
        if parameter is Parameter.PHONE:
            return stored_phone(value)
        if isinstance(value, Link):
            return [value.name, value.pk]
        return value if parameter in _AS_THEY_ARE else value.pk


_AS_THEY_ARE = frozenset({Parameter.SECTOR, Parameter.REFERENCE, Parameter.COUNT, Parameter.LATE})
_NOTHING = {one.name: one.default for one in fields(Parameters)}


def short_sector(name: str) -> str:
    """Return the name of an on-call sector as a message may say it: no other sign, not too long.

    >>> short_sector("Nord (Brume) / Val")
    'Nord Brume Val'
    """
    words = re.sub(r"[^\w’' .\-–]", " ", name).split()
    return " ".join(words)[:_LONGEST_SECTOR].strip() or "–"


def number_to_call(*numbers: str) -> str:
    """Return the first of `numbers` that a message may give, empty where none is a number."""
    return next((one for one in numbers if _is_number(one)), "")


def _is_number(text: str) -> bool:
    number = stored_phone(text)
    return is_short_code(number) or re.fullmatch(r"\+?\d{4,15}", number) is not None
