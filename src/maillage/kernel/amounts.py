"""Amounts of money as people type them in France, read to the cent. No framework.

Everywhere an amount is a whole number of cents: no sum of ours is ever rounded twice.
"""

from __future__ import annotations

import re
from fractions import Fraction

from maillage.kernel.identifiers.errors import IdentifierError, gettext_noop
from maillage.kernel.typed import plain_digits

#: The most that one amount may be, in cents: what is larger was typed by mistake.
MOST = 100_000_000_00
_LONGEST = 40
_CURRENCY = re.compile(r"(€|EUR|EUROS?)$", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}([ .,'’])\d{3}(?:\1\d{3})*")
_SIGNS = ("-", "−", "–")


class AmountError(IdentifierError):
    """A text that is no amount; the sentence says how to mend it."""


def read_cents(text: str) -> int:
    """Return the amount that `text` writes, in cents: from 0 to `MOST`. Raises AmountError.

    >>> read_cents("1 250,50"), read_cents("1250.5"), read_cents("1.250,50 €"), read_cents("0")
    (125050, 125050, 125050, 0)
    """
    given = " ".join(plain_digits(text).split())
    if len(given) > _LONGEST:
        raise AmountError(
            gettext_noop("Ce texte est trop long pour un montant : écrivez par exemple 1250,50.")
        )
    bare = _CURRENCY.sub("", given).strip()
    if bare.startswith(_SIGNS):
        raise AmountError(
            gettext_noop("Un montant ne s’écrit pas en négatif : pour corriger, passez une écriture inverse.")
        )
    whole, decimals = _parted(bare, given)
    if not whole.isdigit() or not (decimals == "" or decimals.isdigit()):
        raise _unread(given)
    if len(decimals) > 2:
        raise AmountError(
            gettext_noop("« %(given)s » a plus de deux décimales : un montant s’arrête au centime."),
            given=given,
        )
    cents = int(whole) * 100 + int(decimals.ljust(2, "0"))
    if cents > MOST:
        raise AmountError(
            gettext_noop("« %(given)s » dépasse 100 millions d’euros : vérifiez les zéros."), given=given
        )
    return cents


def _parted(bare: str, given: str) -> tuple[str, str]:
    """Return the digits before and after the decimal mark: the last comma, or point, that parts no
    thousands.
    """
    place = max(bare.rfind(","), bare.rfind("."))
    if place < 0:
        return _joined(bare, given), ""
    whole, decimals = bare[:place], bare[place + 1 :]
    if not whole or not decimals:
        raise _unread(given)
    if bare[place] in whole:  # 1.250.000: the same mark twice parts thousands
        return _joined(bare, given), ""
    return _joined(whole, given), decimals


def _joined(text: str, given: str) -> str:
    if text.isdigit():
        return text
    if _GROUPED.fullmatch(text) is None:
        raise _unread(given)
    return re.sub(r"\D", "", text)


def _unread(given: str) -> AmountError:
    return AmountError(
        gettext_noop("« %(given)s » n’est pas un montant : écrivez par exemple 1250,50."), given=given
    )


def rounded(exact: Fraction) -> int:
    """Return a number of cents, half a cent away from zero, as people round."""
    sign = -1 if exact < 0 else 1
    return sign * ((2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator))
