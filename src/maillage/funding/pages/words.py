"""How funding says its figures: payments, formulas, amounts asked, in the reader's language."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from maillage.funding.computations.schedules import Expected, Plan
from maillage.funding.models import MISSION_LABELS
from maillage.funding.rules.schedule import Part, Payment, Step
from maillage.funding.rules.vocabulary import MissionCode
from maillage.kernel import formats


def amount_words(name: str) -> str:
    """Return what an amount asked once is: « part fixe de M1 · Accès aux soins »."""
    part, _dot, mission = name.partition(".")
    if part == "grant":
        return _("aide au fonctionnement d’une année")
    label = MISSION_LABELS[MissionCode(mission)]
    if part == "fixed":
        return _("part fixe de {mission}").format(mission=label)
    return _("part variable de {mission}").format(mission=label)


def payment_words(one: Expected) -> str:
    """Return what a payment is."""
    if one.payment is not None:
        return _cpts_words(one.payment)
    if one.quarter:
        return _("trimestre {quarter} de {year}").format(quarter=one.quarter, year=one.year)
    if one.year:
        words = _("avance de {year}") if one.label == "advance" else _("solde de {year}")
        return words.format(year=one.year)
    return one.label


def _cpts_words(one: Payment) -> str:
    number = {"exercise": one.exercise}
    if one.part is Part.GRANT:
        words = {
            Step.FULL: _("aide au fonctionnement, à la signature"),
            Step.ADVANCE: _("aide au fonctionnement, avance de l’année {exercise}"),
            Step.BALANCE: _("aide au fonctionnement, solde de l’année {exercise}"),
        }[one.step]
        return words.format(**number)
    mission = {"mission": one.mission, **number}
    if one.part is Part.VARIABLE:
        return _("{mission} : part variable de l’année {exercise}").format(**mission)
    if one.step is Step.BALANCE:
        return _("{mission} : part fixe, solde de l’année {exercise}").format(**mission)
    return _("{mission} : part fixe, avance de l’année {exercise}").format(**mission)


def formula_words(one: Payment, advance: int) -> str:
    """Return how a payment of an ACI of a CPTS is reckoned, with its numbers; what is missing is said."""
    if one.yearly is None:
        return _("montant à renseigner")
    year = formats.euros(one.yearly)
    ratio = "" if one.days == one.whole_days else f" × {one.days}/{one.whole_days} {_('jours')}"
    if one.part is Part.VARIABLE:
        if one.attained is None:
            return _("{year} × atteinte des indicateurs, à établir").format(year=year)
        share = formats.percent(float(one.attained), 1)
        return _("{year} × {share} d’atteinte").format(year=year, share=share)
    if one.step is Step.FULL:
        return _("{year}, en entier").format(year=year)
    if one.step is Step.ADVANCE:
        return f"{formats.percent(advance / 100)} × {year}{ratio}"
    return _("{year}{ratio} − {before} déjà prévus").format(
        year=year, ratio=ratio, before=formats.euros(one.before)
    )


def plan_finding(plan: Plan, today: date) -> str:
    """Return the sentence of a contract: what has come, what comes next, what is late."""
    late = plan.late(today)
    said = [_("{received} reçus").format(received=formats.euros(plan.received, whole=True))]
    coming = next((one for one in plan.payments if one.on >= today and one.left), None)
    if coming is not None:
        cents = sum(one.left for one in plan.payments if one.on == coming.on)
        said.append(
            _("{cents} attendus le {day}").format(
                cents=formats.euros(cents, whole=True), day=formats.date_short(coming.on)
            )
        )
    if late:
        said.append(
            _("{cents} en retard").format(cents=formats.euros(sum(one.left for one in late), whole=True))
        )
    return f"{formats.listed(said)}."
