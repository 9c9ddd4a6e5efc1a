"""What an evaluation says, in words: never a cause without a comparator."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.steering.computations.evaluations import Result
from maillage.steering.models import Evaluation
from maillage.steering.rules.designs import Design, Doubt
from maillage.steering.rules.directions import Better, is_better
from maillage.steering.rules.panels import Defect, Found, Measures, period_parts


def said_of(found: Found) -> str:
    """Say one defect of a table: where, what, how to mend it."""
    said = {
        Defect.EMPTY: _("Aucune mesure : collez un tableau ou envoyez un fichier."),
        Defect.TOO_LARGE: _("Ce tableau est trop grand : 2 millions de signes au plus."),
        Defect.COLUMNS: _(
            "La première ligne doit nommer les colonnes unité, période, valeur et début ; lu : {given}."
        ),
        Defect.CELLS: _("Trop de mesures : 2 000 unités, 600 périodes et 50 000 cases au plus."),
        Defect.UNIT: _("Le nom de l’unité manque, ou dépasse 120 signes."),
        Defect.PERIOD: _("« {given} » n’est pas une période : écrivez 2024, 2024-T1 ou 2024-03."),
        Defect.KIND: _(
            "« {given} » n’est pas du même pas que les lignes d’avant : années, trimestres ou mois."
        ),
        Defect.VALUE: _("« {given} » n’est pas un nombre ; laissez la case vide si rien n’a été mesuré."),
        Defect.TWICE: _("Cette unité a deux valeurs pour une période : {given}."),
        Defect.START: _("Début « {given} » : écrivez une période, ou laissez la case vide."),
        Defect.STARTS: _("{given} a deux débuts différents : un seul par unité."),
        Defect.NO_BEFORE: _(
            "{given} commence dès la première période : sans mesure d’avant, rien ne se compare."
        ),
        Defect.UNTREATED: _(
            "Aucune unité n’a de début : dites au moins pour une quand la mesure y commence."
        ),
    }[found.defect].format(given=found.given)
    return (
        _("Ligne {line} : {said}").format(line=formats.number(found.line), said=said) if found.line else said
    )


def period_name(measures: Measures, place: int) -> str:
    """Return a period as people write it: « 2024 », « T1 2024 », « 03/2024 »."""
    year, within = period_parts(measures.first_period + place, measures.a_year)
    if measures.a_year == 1:
        return str(year)
    return f"T{within} {year}" if measures.a_year == 4 else f"{within:02d}/{year}"


def design_words(design: Design) -> str:
    """Return the name of a way of comparing."""
    return {
        Design.STAGGERED: _("Différence de différences, débuts échelonnés"),
        Design.DIFFERENCES: _("Différence de différences"),
        Design.SYNTHETIC: _("Témoin synthétique"),
        Design.SERIES: _("Série interrompue"),
        Design.BEFORE_AFTER: _("Avant et après, sans comparateur"),
        Design.PLANNED: _("Mesure à venir"),
    }[design]


def doubt_words(doubt: Doubt) -> str:
    """Say why a result is not graded higher."""
    return {
        Doubt.NO_COMPARATOR: _("Aucune unité de comparaison : autre chose a pu changer au même moment."),
        Doubt.FEW_UNITS: _("Peu d’unités d’un côté : l’intervalle est approximatif."),
        Doubt.ONE_TREATED: _("Une seule unité d’un côté : aucun intervalle ne peut être donné."),
        Doubt.DIVERGING: _("Les deux côtés n’évoluaient déjà pas de la même façon avant la mesure."),
        Doubt.SHORT_BEFORE: _(
            "Une seule période avant la mesure : rien ne dit que les évolutions étaient parallèles."
        ),
        Doubt.POOR_FIT: _("Le témoin synthétique ne suit pas l’unité avant la mesure."),
        Doubt.HOLES: _("Des mesures manquent : elles ne comptent ni d’un côté ni de l’autre."),
    }[doubt]


def finding(one: Evaluation, result: Result) -> str:
    """Say what was found in one sentence."""
    if result.design is Design.PLANNED:
        return _("La mesure n’a pas commencé : voici ce que ces données pourront montrer.")
    if result.effect is None:
        return _("Ces mesures ne suffisent pas : aucune unité n’est mesurée avant et après.")
    amount = amount_of(one, abs(result.effect.effect))
    if result.design is Design.BEFORE_AFTER:
        said = {
            True: _("Depuis la mesure, {outcome} : +{amount}. Sans comparaison, aucune conclusion causale."),
            False: _("Depuis la mesure, {outcome} : −{amount}. Sans comparaison, aucune conclusion causale."),
        }[result.effect.effect > 0]
        return said.format(outcome=_quoted(one), amount=amount)
    if not _is_told(result):
        return _("Aucun effet ne se distingue du hasard sur {outcome} ({effect}).").format(
            outcome=_quoted(one), effect=signed_amount(one, result.effect.effect)
        )
    said = {
        True: _("Par rapport à ce qui était attendu, {outcome} est plus haut de {amount} depuis la mesure."),
        False: _("Par rapport à ce qui était attendu, {outcome} est plus bas de {amount} depuis la mesure."),
    }[result.effect.effect > 0]
    return said.format(outcome=_quoted(one), amount=amount)


def _quoted(one: Evaluation) -> str:
    return f"«\N{NO-BREAK SPACE}{one.outcome}\N{NO-BREAK SPACE}»"


def _is_told(result: Result) -> bool:
    """Return whether chance alone would hardly give this effect."""
    if result.chance is not None:
        return result.chance <= 0.05 or result.chance * (result.facts.compared + 1) <= 1 + 1e-9
    return result.effect is not None and result.is_certain and result.effect.p < 0.05


def amount_of(one: Evaluation, value: float) -> str:
    """Return a value with the unit of the evaluation."""
    return formats.quantity(value, one.unit, decimals_for(value))


def signed_amount(one: Evaluation, value: float) -> str:
    """Return a change with its sign and the unit of the evaluation."""
    sign = "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else ""
    return f"{sign}{amount_of(one, abs(value))}"


def decimals_for(value: float) -> int:
    """Return how many decimals tell three figures of a value."""
    size = abs(value)
    return 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 or size == 0 else 4


def interval_words(one: Evaluation, result: Result) -> str:
    """Say how uncertain the effect is."""
    if result.effect is None:
        return ""
    if result.chance is not None:
        units = result.facts.compared + 1
        rank = round(result.chance * units)
        return ngettext(
            "{rank} unité sur {units}, celle de la mesure comprise, montre un écart aussi grand.",
            "{rank} unités sur {units}, celle de la mesure comprise, montrent un écart aussi grand.",
            rank,
        ).format(rank=formats.number(rank), units=formats.number(units))
    if not result.is_certain:
        return _("Aucun intervalle ne peut être donné avec si peu d’unités.")
    return _("Intervalle à 95 % : de {low} à {high}.").format(
        low=signed_amount(one, result.effect.low), high=signed_amount(one, result.effect.high)
    )


def direction_words(one: Evaluation, result: Result) -> str:
    """Say whether the effect goes the way that was hoped for, where that is known and told."""
    if result.effect is None or result.design is Design.BEFORE_AFTER or not _is_told(result):
        return ""
    good = is_better(result.effect.effect, Better(one.better))
    return {True: _("C’est le sens espéré."), False: _("C’est l’inverse du sens espéré."), None: ""}[good]


def power_words(one: Evaluation, result: Result) -> str:
    """Say what the data could have shown, or could show."""
    if result.detectable is None:
        return _(
            "Sans unité de comparaison mesurée avant, ce que ces données peuvent montrer ne se calcule pas."
        )
    share = ""
    if result.level:
        share = _(" ({share} du niveau d’avant)").format(
            share=formats.percent(result.detectable / abs(result.level))
        )
    return _(
        "Avec ces données, un effet de moins de {amount}{share} ne peut pas être vu (puissance 80 %)."
    ).format(amount=amount_of(one, result.detectable), share=share)


def sides_words(result: Result) -> str:
    """Say how many units are on each side, and how many periods."""
    facts = result.facts
    if result.design is Design.PLANNED:
        announced = ngettext("{count} période mesurée avant", "{count} périodes mesurées avant", facts.before)
        return announced.format(count=formats.number(facts.before))
    treated = ngettext("{count} unité avec la mesure", "{count} unités avec la mesure", facts.treated)
    compared = ngettext("{count} de comparaison", "{count} de comparaison", facts.compared)
    before = ngettext("{count} période avant", "{count} périodes avant", facts.before)
    after = ngettext("{count} après", "{count} après", facts.after)
    pairs = (
        (treated, facts.treated),
        (compared, facts.compared),
        (before, facts.before),
        (after, facts.after),
    )
    return " · ".join(words.format(count=formats.number(count)) for words, count in pairs)
