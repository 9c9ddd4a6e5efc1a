"""Why somebody is proposed, why another is not: the sentences of the codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillage.engines.booking import Reason
from maillage.orientation.rules.vocabulary import DecisionKind, Why

WHY: dict[str, str | Promise] = {
    Why.OWN_DOCTOR.value: _("son médecin traitant"),
    Why.BEST_SCORE.value: _("le meilleur compromis entre attente et trajet"),
    Why.EARLIEST.value: _("le plus tôt"),
    Why.NEAREST.value: _("le plus proche"),
    Why.ACCEPTABLE.value: _("répond à tout ce qui est demandé"),
    Why.ON_CALL.value: _("inscrit au tableau de garde pour cette commune"),
    Why.PROTOCOL.value: _("dit le pratiquer : vérifiez que la personne remplit les conditions"),
    Why.CHECK_AGE.value: _("à vérifier : l’âge"),
    Why.CHECK_SEX.value: _("à vérifier : le sexe"),
    Why.CHECK_FEVER.value: _("à vérifier : pas de fièvre"),
    Why.CHECK_PREGNANCY.value: _("à vérifier : pas de grossesse"),
    Why.NOT_ESTABLISHED.value: _("à vérifier : les conditions du protocole, que nos sources ne donnent pas"),
    Why.OPEN_NOW.value: _("ouvert en ce moment, d’après l’annuaire"),
    Why.ASKED_BY_PROFESSIONAL.value: _("un professionnel demande"),
    Why.AT_THE_EHPAD.value: _("pour une personne qui vit en EHPAD"),
}
EXCLUSIONS: dict[str, str | Promise] = {
    Reason.REFUSED.value: _("déjà refusé pour cette demande"),
    Reason.PROFESSION.value: _("n’exerce pas la profession demandée"),
    Reason.ABILITY.value: _("n’offre pas ce qui est demandé : langue, accès en fauteuil ou secteur"),
    Reason.MOTIVE.value: _("ne reçoit pas pour ce motif"),
    Reason.AGE.value: _("ne reçoit pas à cet âge"),
    Reason.NEW_PATIENTS.value: _("ne prend pas de nouveaux patients"),
    Reason.TOO_FAR.value: _("trop loin"),
    Reason.NO_SLOT.value: _("aucun créneau ouvert au bureau"),
    Reason.TOO_LATE.value: _("premier créneau trop tard"),
    "language": _("personne ne parle cette langue"),
}
DECISIONS: list[tuple[str, str | Promise]] = [
    (DecisionKind.ON_CALL.value, _("Médecin de garde")),
    (DecisionKind.ADVICE.value, _("Conseil donné au téléphone")),
    (DecisionKind.PROTOCOL.value, _("Protocole de coopération")),
]


def reasons_of(codes: Iterable[str]) -> list[str]:
    """Return why a proposal is there."""
    return [str(WHY[code]) for code in codes if code != Why.ALWAYS.value]


def left_out(row: dict[str, Any], moment: Any) -> tuple[str, str]:
    """Return who was left out and why; `moment` writes the first free hour where lateness is the reason."""
    said = [str(EXCLUSIONS[code]) for code in row["reasons"]]
    if row["reasons"] == ["too_late"] and row.get("first_start"):
        said = [f"{said[0]} ({moment(datetime.fromisoformat(row['first_start']))})"]
    return row["name"], ", ".join(said)
