"""What an import found, in words: the same on the page, in the error file and on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.directory.rules.extractions import Defect, Fault, Format, Reading
from maillage.directory.rules.seeming import NothingToTakeError, Seems, WrongFileError
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
    Fault.UNKNOWN_SECTION: (
        gettext_lazy("Cette ligne n’est ni un établissement, ni une position."),
        gettext_lazy("Elle devrait commencer par « structureet » ou « geolocalisation »."),
    ),
    Fault.TWICE: (
        gettext_lazy("Ce numéro FINESS est déjà décrit plus haut dans le fichier."),
        gettext_lazy("La première ligne est gardée : retirez celle-ci si elle est de trop."),
    ),
    Fault.UNKNOWN_STATE: (
        gettext_lazy("Le fichier ne dit pas si l’établissement est ouvert ou fermé."),
        gettext_lazy("L’état attendu est « A » (actif) ou « I » (inactif)."),
    ),
    Fault.NO_PLACE: (
        gettext_lazy("Rien ne dit où est l’établissement : ni commune connue, ni position."),
        gettext_lazy("Complétez le code INSEE de la commune, ou le code postal et la ville."),
    ),
    Fault.UNKNOWN_COMMUNE: (
        gettext_lazy("Commune inconnue du jeu de données."),
        gettext_lazy(
            "L’établissement est placé par ses coordonnées, sans commune : aucun territoire ne le compte."
        ),
    ),
    Fault.UNKNOWN_SITE: (
        gettext_lazy(
            "Commune inconnue du jeu de données, et le code postal et la ville n’en désignent aucune."
        ),
        gettext_lazy(
            "Le professionnel est pris, sans ce lieu d’exercice : complétez le code INSEE de la commune."
        ),
    ),
    Fault.DEDUCED_COMMUNE: (
        gettext_lazy("Code de commune absent ou inconnu."),
        gettext_lazy("La commune a été trouvée par le code postal et la ville : vérifiez-la."),
    ),
    Fault.WRONG_COORDINATES: (
        gettext_lazy("Coordonnées illisibles, ou hors de la projection que nomme le fichier."),
        gettext_lazy("L’établissement est placé au centre de sa commune."),
    ),
    Fault.SWAPPED_COORDINATES: (
        gettext_lazy("Coordonnées inversées, ou écrites à la place l’une de l’autre."),
        gettext_lazy("Elles ont été remises dans l’ordre : l’établissement est placé dans sa commune."),
    ),
    Fault.MISNAMED_PROJECTION: (
        gettext_lazy("Les coordonnées ne sont pas dans la projection que nomme le fichier."),
        gettext_lazy(
            "Elles ont été lues dans celle qui tombe près de la commune : l’établissement est placé."
        ),
    ),
    Fault.UNKNOWN_PROJECTION: (
        gettext_lazy("Projection inconnue : la position n’est pas prise."),
        gettext_lazy("L’établissement est placé au centre de sa commune. Signalez ce nom de projection."),
    ),
    Fault.FAR_FROM_COMMUNE: (
        gettext_lazy("Position trop loin de la commune : l’une des deux est fausse."),
        gettext_lazy("La position n’est pas prise ; l’établissement est placé au centre de sa commune."),
    ),
    Fault.ORPHAN_POSITION: (
        gettext_lazy("Position d’un établissement que le fichier ne décrit pas."),
        gettext_lazy("Elle n’est pas prise : vérifiez que le fichier est entier."),
    ),
    Fault.OTHER_ADDRESSES: (
        gettext_lazy("L’établissement a plusieurs adresses."),
        gettext_lazy("Son adresse principale est gardée ; les autres ne sont pas importées."),
    ),
    Fault.WRONG_ENCODING: (
        gettext_lazy("Des caractères de cette ligne ne sont pas dans l’encodage du fichier."),
        gettext_lazy("Ils ont été lus dans l’ancien encodage : relisez les accents de cette ligne."),
    ),
    Fault.WRONG_QUOTES: (
        gettext_lazy("Guillemets mal fermés sur cette ligne."),
        gettext_lazy("La ligne a été lue telle qu’elle est écrite : relisez les noms."),
    ),
    Fault.CONTROL_CHARACTER: (
        gettext_lazy("Caractère invisible ou saut de ligne au milieu d’une cellule."),
        gettext_lazy("Il a été remplacé par une espace."),
    ),
}
SEEMS: dict[Seems, str | Promise] = {
    Seems.EMPTY: gettext_lazy("un fichier vide"),
    Seems.ANNUAIRE: gettext_lazy("l’extraction des activités de l’Annuaire Santé"),
    Seems.ANNUAIRE_DIPLOMAS: gettext_lazy(
        "l’extraction des diplômes de l’Annuaire Santé, sans les lieux d’exercice"
    ),
    Seems.ANNUAIRE_SKILLS: gettext_lazy(
        "l’extraction des savoir-faire de l’Annuaire Santé, sans les lieux d’exercice"
    ),
    Seems.ANNUAIRE_OTHER: gettext_lazy("une autre extraction de l’Annuaire Santé, sans les lieux d’exercice"),
    Seems.FINESS: gettext_lazy("l’extraction FINESS des établissements"),
    Seems.FINESS_LEGAL: gettext_lazy("l’extraction FINESS des entités juridiques, sans les établissements"),
    Seems.FINESS_OTHER: gettext_lazy("une autre extraction FINESS, sans les établissements"),
    Seems.FINESS_HEADING: gettext_lazy("une extraction FINESS sans aucune ligne d’établissement"),
    Seems.FINESS_TITLED: gettext_lazy(
        "un tableau FINESS avec une ligne de titres, dans une autre disposition"
    ),
    Seems.FINESS_PLUS: gettext_lazy("le fichier des structures de FINESS+ (JSON)"),
    Seems.FINESS_PLUS_ACTIVITIES: gettext_lazy("le fichier des activités de FINESS+, sans les adresses"),
    Seems.JSON: gettext_lazy("un fichier JSON qui n’est pas de FINESS+"),
    Seems.BROKEN_JSON: gettext_lazy("un fichier JSON incomplet ou abîmé"),
    Seems.WEB_PAGE: gettext_lazy("une page web, enregistrée à la place du fichier"),
    Seems.SPREADSHEET: gettext_lazy("un classeur de tableur (XLSX)"),
    Seems.ARCHIVE: gettext_lazy("une archive où aucun fichier, ou plus d’un, n’est celui qui est attendu"),
    Seems.BROKEN_ARCHIVE: gettext_lazy("une archive incomplète ou abîmée"),
    Seems.TOO_LARGE: gettext_lazy("une archive trop grande pour être lue d’un coup"),
    Seems.TABLE: gettext_lazy("un tableau d’une autre disposition"),
    Seems.TEXT: gettext_lazy("un texte sans colonnes"),
    Seems.BINARY: gettext_lazy("un fichier qui n’est pas du texte"),
}
EXPECTED: dict[Format, str | Promise] = {
    Format.ANNUAIRE: gettext_lazy(
        "l’extraction des activités de l’Annuaire Santé : « PS_LibreAcces_Personne_activite… », texte ou ZIP"
    ),
    Format.FINESS: gettext_lazy(
        "l’extraction FINESS des établissements : « etalab-cs1100507… » ou « etalab-cs1100502… » (CSV), "
        "ou « finess-structures… » de FINESS+ (JSON), telle quelle, en GZ ou en ZIP"
    ),
}


def refusal(error: WrongFileError | NothingToTakeError) -> str:
    """Return why a file is refused: what it seems to be and what was expected, or that nothing is left."""
    if isinstance(error, WrongFileError):
        text = _("Ce fichier semble être {seems}. Fichier attendu : {expected}. Rien n’a été importé.")
        return text.format(seems=SEEMS[error.seems], expected=EXPECTED[error.format])
    text = _(
        "Aucune ligne de ce fichier ne peut être importée. Lignes lues : {lines} ; "
        "hors de la demande : {passed_over} ; écartées : {left_out}. Rien n’a changé."
    )
    return text.format(lines=error.lines, passed_over=error.passed_over, left_out=error.left_out)


def outcome(reading: Reading, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return what came of a file, in order: label and count. Places are told of establishments only."""
    remarks = sum(not defect.leaves_out for defect in reading.defects)
    rows = [
        (_("Lignes lues"), reading.lines),
        (_("Ajoutés"), counts["added"]),
        (_("Modifiés"), counts["changed"]),
        (_("Inchangés"), counts["unchanged"]),
        (_("Fermés ou partis : le fichier ne les a plus"), counts["closed"]),
    ]
    if counts["missing"]:
        rows.append(
            (_("Absents du fichier, laissés ouverts : trop nombreux, il semble incomplet"), counts["missing"])
        )
    if reading.format is Format.FINESS:
        rows += [
            (_("Placés par les coordonnées du fichier"), reading.placed),
            (_("Placés au centre de leur commune, faute de position"), reading.at_centre),
        ]
    else:
        rows.append(
            (
                _("Remplacements, études ou activités sans soin : pas un professionnel de plus"),
                counts["passing"],
            )
        )
    return [
        *rows,
        (_("Hors de la demande"), reading.passed_over),
        (_("Lignes écartées"), reading.left_out),
        (_("Remarques sur des lignes prises"), remarks),
    ]


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
