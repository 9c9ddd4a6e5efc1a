"""Fields of the forms of a project: amounts in €, values, who carries something."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from maillage.kernel import fields
from maillage.kernel.typed import plain_digits

_SPACES = re.compile(r"[\s\u00a0\u202f]")
_NUMBER = re.compile(r"-?\d{1,12}(?:[.,]\d{1,6})?")


class ValueField(forms.CharField):
    """A number as people write it (« 1 234,5 »), kept exact; `decimals` at most after the comma."""

    decimals = 4
    most = Decimal(10) ** 9

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=40, **options)

    def prepare_value(self, value: Any) -> Any:
        """Show a number as people write it."""
        if isinstance(value, Decimal):
            text = f"{value:f}"
            return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")
        return value

    def clean(self, value: Any) -> Decimal | None:
        """Return the number, None for an empty field. Raises ValidationError."""
        text = super().clean(value)
        if not text:
            return None
        kept = _SPACES.sub("", plain_digits(text)).rstrip("€%")
        if not _NUMBER.fullmatch(kept):
            raise ValidationError(_("Écrivez un nombre, par exemple 1 234,50."))
        number = Decimal(kept.replace(",", "."))
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > self.decimals:
            raise ValidationError(_("{count} chiffres au plus après la virgule.").format(count=self.decimals))
        if abs(number) >= self.most:
            raise ValidationError(_("Ce nombre est trop grand."))
        return number


class AmountField(fields.AmountField):
    """An amount in €, read as everywhere else, kept as exact euros; nothing is an amount too."""

    def __init__(self, **options: Any) -> None:
        super().__init__(least=0, **options)

    def prepare_value(self, value: Any) -> Any:
        """Show an amount to the cent."""
        return f"{value:.2f}".replace(".", ",") if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        """Return the amount (Decimal), None for an empty field. Raises ValidationError."""
        cents = super().clean(value)
        return None if cents is None else Decimal(cents) / 100
