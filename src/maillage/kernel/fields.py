"""Form fields for what people type in many ways: a telephone number, a birth date, a birthplace.

Each says in French what is wrong and how to mend it; the actions check the same rules again.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maillage.kernel import formats
from maillage.kernel.amounts import read_cents
from maillage.kernel.dates import check_birth_date, read_birth_date
from maillage.kernel.identifiers import IdentifierError, parse_birthplace
from maillage.kernel.parameters import FIRST_DAY, LAST_DAY, is_in_reach
from maillage.kernel.phones import TYPED_LENGTH, read_phone, written_phone


def refused(error: IdentifierError, field: str = "") -> ValidationError:
    """Return what a form or an action raises for an error of the kernel, in the reader's language."""
    sentence = gettext(error.template) % error.values
    return ValidationError({field: sentence} if field else sentence)


#: Marks of direction that come with what is pasted and change nothing here; what turns the reading round.
_MARKS = re.compile("[\u200e\u200f\u061c]")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f]")


def readable(text: str, field: str = "") -> str:
    """Return a text that people read as it is written.

    Raises ValidationError, on `field` where one is named, for a character that nobody sees and that turns
    the reading round: it says which.
    """
    if found := _TURNING.search(text):
        sentence = gettext(
            "Ce texte contient un caractère invisible (U+%(code)s) qui en change la lecture : "
            "effacez le champ et retapez-le."
        ) % {"code": f"{ord(found[0]):04X}"}
        raise ValidationError({field: sentence} if field else sentence)
    return text


class NameField(forms.CharField):
    """A name that people read: what nobody sees and that turns the reading round is refused.

    A mark of direction alone, which telephones add to what is copied, is left out.
    """

    def to_python(self, value: Any) -> str:
        """Return the name without marks. Raises ValidationError, which says which character it is."""
        return readable(_MARKS.sub("", str(super().to_python(value))))


class Textarea(forms.Textarea):
    """Lines of text, each end of line one character: so a browser counts them, and sends two."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return what was typed, as long as the browser let it be."""
        sent = super().value_from_datadict(data, files, name)
        return sent.replace("\r\n", "\n") if isinstance(sent, str) else sent


class PhoneField(forms.CharField):
    """A telephone number, cleaned to the form that is stored; `short_codes` for the number of an office.

    `kept` is the number already stored: one that no plan of numbers has is not refused while unchanged.
    """

    def __init__(self, *, short_codes: bool = False, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"type": "tel"}))
        super().__init__(max_length=TYPED_LENGTH, **options)
        self.short_codes = short_codes
        self.kept = ""

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number as people read it."""
        return written_phone(value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        """Return the number as it is stored. Raises ValidationError."""
        text: str = super().clean(value)
        if text and text.strip() in {self.kept, written_phone(self.kept)}:
            return self.kept
        try:
            return read_phone(text, short_codes=self.short_codes)
        except IdentifierError as error:
            raise refused(error) from error


class AmountField(forms.CharField):
    """An amount in euros typed in any of the ways people write one, cleaned to whole cents.

    `least` in cents: 1 unless 0 means something.
    """

    def __init__(self, *, least: int = 1, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=60, **options)
        self.least = least

    def prepare_value(self, value: Any) -> Any:
        """Show stored cents as people write them."""
        return formats.number(Decimal(value) / 100, 2) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Return the amount in cents, None for an empty field. Raises ValidationError."""
        text: str = super().clean(value)
        if not text:
            return None
        try:
            cents = read_cents(text)
        except IdentifierError as error:
            raise refused(error) from error
        if cents < self.least:
            raise ValidationError(gettext("Ce montant est nul : donnez-en un d’au moins un centime."))
        return cents


class BirthDateField(forms.Field):
    """A birth date in any of the ways people write one, neither to come nor older than anyone."""

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}))
        options.setdefault(
            "help_text",
            _(
                "Par exemple 31/12/1950. Une année à deux chiffres est la plus récente "
                "qui ne soit pas à venir."
            ),
        )
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        """Show a day as people write it."""
        return f"{value.day:02d}/{value.month:02d}/{value.year:04d}" if isinstance(value, date) else value

    def to_python(self, value: Any) -> date | None:
        """Return the day, None for an empty field. Raises ValidationError."""
        try:
            if isinstance(value, date):
                check_birth_date(value, timezone.localdate())
                return value
            return read_birth_date(str(value or ""), timezone.localdate())
        except IdentifierError as error:
            raise refused(error) from error


class BirthplaceField(forms.CharField):
    """The INSEE code of a birthplace, in capitals."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=12, **options)

    def clean(self, value: Any) -> str:
        """Return the code. Raises ValidationError."""
        text: str = super().clean(value)
        try:
            return parse_birthplace(text) if text else ""
        except IdentifierError as error:
            raise refused(error) from error


def _check_reach(day: date) -> None:
    if not is_in_reach(day):
        raise ValidationError(
            gettext("Cette date est hors d’atteinte : donnez un jour entre {first} et {last}.").format(
                first=f"{FIRST_DAY:%d/%m/%Y}", last=f"{LAST_DAY:%d/%m/%Y}"
            ),
            code="out_of_reach",
        )


class DayField(forms.DateField):
    """A day chosen in a calendar, from which weeks and deadlines may be counted."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**options)

    def to_python(self, value: Any) -> date | None:
        """Return the day, None for an empty field. Raises ValidationError."""
        day = super().to_python(value)
        if day is not None:
            _check_reach(day)
        return day


class MomentField(forms.DateTimeField):
    """A day and an hour, within the same reach; one that the clock skips or shows twice is refused."""

    def to_python(self, value: Any) -> datetime | None:
        """Return the instant, None for an empty field. Raises ValidationError."""
        try:
            moment = super().to_python(value)
        except OverflowError as error:  # the edge of the calendar, once brought to another time zone
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            text = gettext(
                "L’horloge change cette nuit-là : cette heure n’existe pas, ou existe deux fois. "
                "Donnez-en une autre."
            )
            raise ValidationError(text, code=error.code) from error
        if moment is not None:
            _check_reach(moment.date())
        return moment
