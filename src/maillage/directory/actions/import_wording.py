"""What an import found wrong, in words: the same on the page, in the error file and on the command line."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.directory.rules.extractions import Defect, Fault
from maillage.kernel.tables import Column, Row, Table

FAULTS: dict[Fault, tuple[str | Promise, str | Promise]] = {
    Fault.MISSING_COLUMN: (
        gettext_lazy("Colonne absente."),
        gettext_lazy(
            "Reprenez le fichier d’origine : sa première ligne porte les titres, séparés par « | »."
        ),
    ),
    Fault.WRONG_WIDTH: (
        gettext_lazy("La ligne n’a pas le nombre de colonnes attendu."),
        gettext_lazy("Cherchez un séparateur en trop ou manquant sur cette ligne."),
    ),
    Fault.MISSING_VALUE: (gettext_lazy("Valeur absente."), gettext_lazy("Complétez cette cellule.")),
    Fault.WRONG_RPPS: (
        gettext_lazy("Numéro RPPS faux : sa clé ne correspond pas."),
        gettext_lazy("Relisez le numéro sur la carte CPS : 11 chiffres, clé comprise."),
    ),
    Fault.TEST_RPPS: (
        gettext_lazy("Numéro RPPS de la plage inventée pour la démonstration."),
        gettext_lazy("Remplacez-le par le vrai numéro, ou retirez la ligne."),
    ),
    Fault.NO_RPPS: (
        gettext_lazy("Le professionnel n’est pas désigné par un numéro RPPS."),
        gettext_lazy("Seuls les identifiants de type 8 (RPPS) sont pris : ADELI est retiré."),
    ),
    Fault.WRONG_FINESS: (
        gettext_lazy("Numéro FINESS faux : sa clé ne correspond pas."),
        gettext_lazy("Relisez le numéro dans le répertoire FINESS : 9 caractères, clé comprise."),
    ),
    Fault.UNKNOWN_PROFESSION: (
        gettext_lazy("Code de profession inconnu."),
        gettext_lazy("Employez un code de la nomenclature TRE_G15."),
    ),
    Fault.UNKNOWN_COMMUNE: (
        gettext_lazy("Commune inconnue du jeu de données."),
        gettext_lazy("Employez le code INSEE de la commune ; la ligne est prise sans son lieu."),
    ),
    Fault.WRONG_COORDINATES: (
        gettext_lazy("Coordonnées illisibles ou hors de Lambert 93."),
        gettext_lazy("L’établissement est placé au centre de sa commune."),
    ),
}


def defects_table(defects: Iterable[Defect]) -> Table:
    """Return what is wrong with a file: line, column, what, how to mend."""
    columns = [
        Column("line", _("Ligne"), "number"),
        Column("column", _("Colonne")),
        Column("value", _("Valeur lue")),
        Column("what", _("Ce qui ne va pas")),
        Column("how", _("Comment corriger")),
        Column("left_out", _("Ligne écartée")),
    ]
    rows = [
        Row(
            cells={
                "line": one.line,
                "column": one.column or None,
                "value": one.value or None,
                "what": str(FAULTS[one.fault][0]),
                "how": str(FAULTS[one.fault][1]),
                "left_out": _("oui") if one.leaves_out else _("non"),
            }
        )
        for one in defects
    ]
    return Table("erreurs-import", _("Erreurs et remarques"), columns, rows)
