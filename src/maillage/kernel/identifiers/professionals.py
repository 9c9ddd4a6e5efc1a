"""Numbers of health professionals: RPPS, the national identifier made from it, ADELI that is withdrawn.

Sources: ANS, modèle des objets de santé (RPPS: 10 digits and a Luhn key; national identifier: the prefix
8 before an RPPS, 0 before an ADELI). The samples that ANS publishes often have a wrong key, hence
`lenient`, for tests and training platforms only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from maillage.kernel.identifiers.errors import IdentifierError, gettext_noop
from maillage.kernel.identifiers.keys import compact, is_digits, luhn_holds

_WRONG_KEY = gettext_noop(
    "La clé du numéro RPPS %(given)s est fausse : son dernier chiffre ne correspond pas aux dix premiers. "
    "Un chiffre a sans doute été mal recopié : relisez le numéro sur la carte CPS ou dans l’Annuaire Santé."
)
_WITHDRAWN = gettext_noop(
    "%(given)s a la forme d’un numéro ADELI, répertoire retiré au profit du RPPS. "
    "Demandez au professionnel son numéro RPPS (11 chiffres), ou cherchez-le dans l’Annuaire Santé."
)


@dataclass(frozen=True, slots=True)
class Rpps:
    """A number of the Répertoire partagé des professionnels de santé.

    `number` has 11 digits, key included. `warnings` holds what `lenient` let pass, as error sentences.
    """

    number: str
    warnings: tuple[IdentifierError, ...] = field(default=(), compare=False)

    @property
    def national_id(self) -> str:
        """The national identifier (IDNPS, 12 digits) that electronic exchanges carry."""
        return f"8{self.number}"


def parse_rpps(text: str, *, lenient: bool = False) -> Rpps:
    """Read an RPPS number as people write it. Raises IdentifierError.

    With `lenient` (training platforms, whose sample numbers have wrong keys), a wrong key is kept as a
    warning of the result.
    """
    given = compact(text)
    _check_shape(given)
    if luhn_holds(given):
        return Rpps(given)
    error = IdentifierError(_WRONG_KEY, given=given)
    if lenient:
        return Rpps(given, warnings=(error,))
    raise error


def parse_national_id(text: str, *, lenient: bool = False) -> Rpps:
    """Read a national identifier (8 and an RPPS). Raises IdentifierError; `lenient` as in `parse_rpps`."""
    given = compact(text)
    if given[:1] == "0" and looks_like_adeli(given[1:]):
        raise IdentifierError(_WITHDRAWN, given=given)
    if not is_digits(given) or len(given) != 12 or given[0] != "8":
        raise IdentifierError(
            gettext_noop(
                "« %(given)s » n’est pas un identifiant national de professionnel : "
                "il s’écrit avec le chiffre 8 suivi des 11 chiffres du numéro RPPS."
            ),
            given=given,
        )
    return parse_rpps(given[1:], lenient=lenient)


def looks_like_adeli(text: str) -> bool:
    """Return whether `text` has the form of an ADELI number: 9 digits, or 2A / 2B and 7 digits."""
    given = compact(text)
    return len(given) == 9 and (is_digits(given) or (given[:2] in {"2A", "2B"} and is_digits(given[2:])))


def _check_shape(given: str) -> None:
    """Raise IdentifierError unless `given` has 11 digits, guessing what it is instead."""
    if looks_like_adeli(given):
        raise IdentifierError(_WITHDRAWN, given=given)
    if not is_digits(given):
        raise IdentifierError(
            gettext_noop(
                "« %(given)s » n’est pas un numéro RPPS : il ne contient que des chiffres, 11 en tout."
            ),
            given=given,
        )
    if len(given) == 12 and given[0] == "8":
        raise IdentifierError(
            gettext_noop(
                "%(given)s est un identifiant national (12 chiffres) : le numéro RPPS est ce qui suit le "
                "premier 8, soit %(rpps)s."
            ),
            given=given,
            rpps=given[1:],
        )
    if len(given) != 11:
        raise IdentifierError(
            gettext_noop(
                "Le numéro RPPS %(given)s compte %(length)d chiffres : il en faut 11 (10 et la clé). "
                "Vérifiez qu’il n’en manque pas, ou qu’aucun n’est en trop."
            ),
            given=given,
            length=len(given),
        )
