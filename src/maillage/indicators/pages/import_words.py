"""The defects of files in words: where, what, how to mend it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.indicators.rules.files import Defect, Fault
from maillage.kernel import formats


def said_of(defect: Defect) -> str:
    """Say one defect: its file, its line, its column, what was read, how to mend it."""
    said = _SAID[defect.fault]().format(given=defect.given, expected=defect.expected, column=defect.column)
    where = []
    if defect.file:
        where.append(defect.file)
    if defect.line is not None:
        where.append(_("ligne {line}").format(line=formats.number(defect.line)))
    if defect.column and defect.fault not in _OF_COLUMN:
        where.append(_("colonne « {column} »").format(column=defect.column))
    if defect.count > 1:
        said += " " + ngettext(
            "{count} ligne est dans ce cas.", "{count} lignes sont dans ce cas.", defect.count
        ).format(count=formats.number(defect.count))
    return f"{formats.told(', '.join(where), said)}" if where else said


_OF_COLUMN = {Fault.MISSING_COLUMN, Fault.UNKNOWN_COLUMN}
_SAID = {
    Fault.NO_FOLDER: lambda: _("Le dossier « {given} » n’existe plus : déposez-le de nouveau."),
    Fault.NO_FILE: lambda: _("Le dossier « {given} » n’a aucun fichier CSV ou Parquet."),
    Fault.UNKNOWN_FILE: lambda: _("ce fichier n’est pas attendu. Renommez-le, ou retirez-le : {expected}."),
    Fault.MISSING_FILE: lambda: _("il manque le fichier « {given} », dont celui-ci a besoin."),
    Fault.TWO_FILES: lambda: _("cette table vient aussi du fichier « {given} » : gardez-en un."),
    Fault.NAME: lambda: _(
        "« {given} » a un signe que la lecture prend pour un motif (* ? [ ] {{ }}) : renommez-le."
    ),
    Fault.UNREADABLE: lambda: _(
        "ce fichier ne s’ouvre pas : il est coupé, ou n’est pas du Parquet. Renvoyez-le."
    ),
    Fault.EMPTY_FILE: lambda: _("ce fichier est vide : il lui faut une première ligne de titres."),
    Fault.ROW_COUNT: lambda: _(
        "{given} lignes lues, {expected} annoncées par le manifeste : le fichier est coupé, ou a changé."
    ),
    Fault.MISSING_COLUMN: lambda: _("il manque la colonne « {column} »."),
    Fault.UNKNOWN_COLUMN: lambda: _(
        "la colonne « {column} » n’est pas attendue, ou est là deux fois. Colonnes connues : {expected}."
    ),
    Fault.SHAPE: lambda: _(
        "cette ligne n’a pas autant de cases que les titres : le fichier est coupé, ou un texte a un "
        "séparateur "
        "sans guillemets."
    ),
    Fault.ENCODING: lambda: _("ce texte n’est pas en UTF-8 : enregistrez de nouveau le fichier en UTF-8."),
    Fault.EMPTY: lambda: _("la case est vide : cette colonne est toujours remplie."),
    Fault.NOT_A_NUMBER: lambda: _("« {given} » n’est pas un nombre entier."),
    Fault.NOT_A_DATE: lambda: _("« {given} » n’est pas une date : écrivez 2026-03-14 ou 14/03/2026."),
    Fault.NOT_AN_INSTANT: lambda: _(
        "« {given} » n’est pas un instant : écrivez 2026-03-14T14:05:00+01:00, avec l’écart à l’heure "
        "universelle."
    ),
    Fault.NOT_A_FLAG: lambda: _("« {given} » n’est ni oui ni non : écrivez 1 ou 0."),
    Fault.NOT_ALLOWED: lambda: _("« {given} » n’est pas une valeur connue : {expected}."),
    Fault.BIRTH_YEAR: lambda: _("« {given} » ne peut pas être une année de naissance."),
    Fault.FUTURE: lambda: _("« {given} » est dans l’avenir : rien ne peut y avoir été noté."),
    Fault.OUTSIDE: lambda: _(
        "« {given} » est hors de la période de l’import, {expected} : changez l’une ou l’autre."
    ),
    Fault.ORDER: lambda: _("le séjour finit, le {given}, avant d’avoir commencé."),
    Fault.TWICE: lambda: _("« {given} » est déjà plus haut dans le fichier : une ligne par clé."),
    Fault.ORPHAN: lambda: _("la personne « {given} » n’est pas dans {expected}."),
    Fault.OVERLAP: lambda: _(
        "le séjour « {given} » commence avant la fin d’un autre de la même personne : réunissez-les, ou "
        "corrigez "
        "les dates."
    ),
    Fault.CODE: lambda: _("« {given} » n’a pas la forme d’un code CIM-10, comme I50.0."),
}
