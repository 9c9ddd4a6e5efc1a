"""Telephone numbers: read as people type or paste them, stored in one form, written as people read them.

Stored form: `+` and the country code (E.164), `3114` for a short code. The plans of numbers are those of the
`phonenumbers` library; what the library does not know is in `kernel/sourced/phones.toml`: which beginnings of
a French number are overseas, and the ranges that the ARCEP keeps for fiction.
"""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from phonenumbers.shortnumberinfo import is_valid_short_number_for_region

from maillage.kernel.identifiers.errors import IdentifierError, gettext_noop
from maillage.kernel.sourced_rules import rule
from maillage.kernel.typed import plain_digits

#: Of a stored number: a plus and fifteen digits.
STORED_LENGTH = 16
#: What people may paste around the digits.
TYPED_LENGTH = 40
_SEPARATORS = re.compile(r"[\s.\-/()_,·•⋅∙]+")
_NATIONAL = re.compile(r"0?[1-9]\d{8}")
_NO_BREAK = "\N{NO-BREAK SPACE}"
_SPACES = re.compile(r"[ .\-]+")


class PhoneError(IdentifierError):
    """A text that is no telephone number; the sentence says why and how to mend it."""


def read_phone(text: str, *, short_codes: bool = False) -> str:
    """Return the number that `text` writes as it is stored, empty where nothing is written.

    With `short_codes` (a structure's number), 15 or 3114 is one too. Raises PhoneError.

    >>> read_phone("06 39 98 00 01"), read_phone("+33 (0)6.39.98.00.01"), read_phone("0692 12 34 56")
    ('+33639980001', '+33639980001', '+262692123456')
    """
    digits = _compact(text)
    if not digits:
        if text.strip():
            raise _unreadable(text)
        return ""
    if not re.fullmatch(r"\+?\d+", digits):
        raise _unreadable(text)
    if short_codes and is_short_code(digits):
        return digits
    number = _in_a_plan(digits)
    if number is None:
        raise _wrong(text, digits)
    return number


def stored_phone(text: str) -> str:
    """Return a number in the form that is stored and compared; one that no plan has keeps its digits.

    For what is searched, or published by a register that cannot be asked again; what somebody types goes
    through `read_phone`.

    >>> stored_phone("06-39-98-00-01"), stored_phone("0033 6 39 98 00 01"), stored_phone("12 34")
    ('+33639980001', '+33639980001', '1234')
    """
    try:
        return read_phone(text, short_codes=True)
    except PhoneError:
        digits = re.sub(r"[^\d+]", "", _compact(text))
        kept = "" if digits == "+" else digits[:1] + digits[1:].replace("+", "")
        kept = _compact(kept)[:STORED_LENGTH]
        return kept if not kept or is_short_code(kept) else _in_a_plan(kept) or kept


def is_short_code(digits: str) -> bool:
    """Return whether `digits` is a short code that France dials: 15, 114, 3114, 116117…"""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 6) or digits[0] == "0":
        return False
    number = phonenumbers.PhoneNumber(country_code=33, national_number=int(digits))
    return is_valid_short_number_for_region(number, "FR")


def is_mobile(stored: str) -> bool:
    """Return whether a stored number is a mobile's, which an SMS reaches.

    >>> is_mobile("+33639980001"), is_mobile("+262692123456"), is_mobile("+33199000001")
    (True, True, False)
    """
    if _is_fictional(stored):
        return stored.startswith(("+336", "+337"))
    if not stored.startswith("+"):
        return False
    try:
        number = phonenumbers.parse(stored, None)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.number_type(number) in {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }


def written_phone(stored: str) -> str:
    """Return a stored number as people read and dial it in France.

    >>> written_phone("+33639980001"), written_phone("+262692123456")
    ('06\\xa039\\xa098\\xa000\\xa001', '0692\\xa012\\xa034\\xa056')
    >>> written_phone("3114"), written_phone("116117")
    ('3114', '116\\xa0117')
    """
    if not stored.startswith("+"):
        long = len(stored) == 6 and is_short_code(stored)
        return f"{stored[:3]}{_NO_BREAK}{stored[3:]}" if long else stored
    if stored.startswith("+33") and len(stored) == 12:
        return _grouped(f"0{stored[3:]}", 2)
    for code, ten in _overseas_written(stored):
        return _grouped(ten, 4) if code else ten
    try:
        number = phonenumbers.parse(stored, None)
    except phonenumbers.NumberParseException:
        return stored
    return _SPACES.sub(_NO_BREAK, phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL))


def _overseas_written(stored: str) -> list[tuple[str, str]]:
    """Return the code of a French overseas plan and the ten digits that France dials, if it is one."""
    for code in sorted(set(_overseas().values())):
        rest = stored.removeprefix(f"+{code}")
        if rest != stored and len(rest) == 9:
            return [(code, f"0{rest}")]
        if rest != stored and len(rest) == 6:
            return [(code, f"0{code}{rest}")]
    return []


def _grouped(ten: str, first: int) -> str:
    pairs = [ten[start : start + 2] for start in range(first, len(ten), 2)]
    return _NO_BREAK.join([ten[:first], *pairs])


def _compact(text: str) -> str:
    """Return the digits of every script as ASCII, with a plus where one begins, and what is neither."""
    kept = []
    for character in plain_digits(text[: 4 * TYPED_LENGTH]):
        category = unicodedata.category(character)
        if category == "Pd" or character == "\N{MINUS SIGN}":
            kept.append("-")
        elif category not in {"Cc", "Mn"}:
            kept.append(character)
        elif character.isspace():
            kept.append(" ")
    written = re.sub(r"^\s*(tel|tél)\.?\s*:\s*", "", "".join(kept), flags=re.IGNORECASE)
    written = re.sub(r"(?<=\d)\s*\(\s*0\s*\)", "", written)
    digits = _SEPARATORS.sub("", written)
    return f"+{digits[2:]}" if digits.startswith("00") and len(digits) > 10 else digits


def _in_a_plan(digits: str) -> str | None:
    """Return the number in E.164 if a plan of numbers has it, None else."""
    if not digits.startswith("+"):
        if _NATIONAL.fullmatch(digits):
            return _of_france(digits[-9:])
        digits = f"+{digits}" if _code_of(f"+{digits}") and len(digits) > 10 else digits
    if not digits.startswith("+"):
        return None
    code = _code_of(digits)
    if code:
        nine = digits[1 + len(code) :].removeprefix("0")
        return _of_france(nine, code) if len(nine) == 9 else _valid(f"+{code}{nine}")
    return _valid(digits)


def _code_of(digits: str) -> str:
    """Return the code of France or of one of its overseas plans with which `digits` begins, else empty."""
    codes = ("33", *sorted(set(_overseas().values())))
    return next((code for code in codes if digits.startswith(f"+{code}")), "")


def _of_france(nine: str, code: str = "33") -> str | None:
    """Return the number of which France dials 0 and `nine`, in the plan of its beginning.

    What was stored or typed as +33 692… is a number of La Réunion all the same.
    """
    if _is_fictional(f"+33{nine}"):
        return f"+33{nine}"
    overseas = next((plan for start, plan in _overseas().items() if nine.startswith(start)), None)
    if overseas is None:
        return _valid(f"+{code}{nine}")
    return _valid(f"+{overseas}{nine}") or _valid(f"+{overseas}{nine.removeprefix(overseas)}")


def _valid(number: str) -> str | None:
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return phonenumbers.format_number(parsed, PhoneNumberFormat.E164)


def _is_fictional(stored: str) -> bool:
    return len(stored) == 12 and stored.startswith(tuple(rule("kernel.phones.fictional").value))


def _overseas() -> dict[str, str]:
    """Return the country code of each beginning of a French number that is overseas, the longest first."""
    found: dict[str, str] = rule("kernel.phones.overseas").value
    return dict(sorted(found.items(), key=lambda one: -len(one[0])))


def _unreadable(text: str) -> PhoneError:
    return PhoneError(
        gettext_noop(
            "« %(given)s » n’est pas un numéro de téléphone : écrivez un seul numéro, avec ses chiffres, "
            "par exemple 06 39 98 00 01."
        ),
        given=" ".join(text.split())[:TYPED_LENGTH],
    )


def _wrong(text: str, digits: str) -> PhoneError:
    given = " ".join(text.split())[:TYPED_LENGTH]
    if digits.startswith("+"):
        return PhoneError(
            gettext_noop(
                "« %(given)s » n’existe pas dans le plan de numérotation de ce pays : "
                "relisez l’indicatif et les chiffres qui le suivent."
            ),
            given=given,
        )
    if len(digits) == 10 and digits[0] == "0":
        return PhoneError(
            gettext_noop(
                "« %(given)s » n’existe pas dans le plan de numérotation français : "
                "relisez les premiers chiffres."
            ),
            given=given,
        )
    return PhoneError(
        gettext_noop(
            "« %(given)s » compte %(count)d chiffres : un numéro français en a 10 ; pour un autre pays, la "
            "Polynésie ou la Nouvelle-Calédonie, commencez par l’indicatif (+32, +689, +687)."
        ),
        given=given,
        count=len(digits),
    )
