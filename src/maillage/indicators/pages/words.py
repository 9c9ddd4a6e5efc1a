"""Values, periods, changes and signals in words."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.crisis.api import CrisisDay
from maillage.engines import indicators as engine
from maillage.indicators.computations.catalogue import Indicator
from maillage.indicators.computations.values import Result, Value, hidden_keys
from maillage.indicators.models import FileImport, PublishedValue
from maillage.indicators.rules.changes import Change
from maillage.indicators.rules.periods import Period
from maillage.indicators.rules.vocabulary import Better, Family, Flaw, Measure, Ranking, Unit
from maillage.kernel import formats

FAMILIES = {
    Family.ACCESS: lazy("Accès aux soins"),
    Family.QUALITY: lazy("Qualité perçue"),
    Family.SAFETY: lazy("Sécurité et efficience"),
    Family.COORDINATION: lazy("Coordination"),
    Family.EQUITY: lazy("Inclusion et équité"),
}
UNITS = {
    Unit.PERCENT: "%",
    Unit.PER_100000: lazy("pour 100 000 habitants"),
    Unit.DAYS: lazy("jours"),
    Unit.MINUTES: lazy("minutes"),
}
BETTER = {
    Better.LOWER: lazy("plus bas, c’est mieux"),
    Better.HIGHER: lazy("plus haut, c’est mieux"),
    Better.NEITHER: lazy("ni plus haut ni plus bas n’est mieux"),
}
_DECIMALS = {Unit.PERCENT: 1, Unit.PER_100000: 0, Unit.DAYS: 0, Unit.MINUTES: 1}


def decimals_of(one: Indicator) -> int:
    """Return how many decimals the value of an indicator is written with."""
    return _DECIMALS[one.unit]


def unit_of(one: Indicator) -> str:
    """Return the unit of an indicator in words."""
    return str(UNITS[one.unit])


def amount(one: Indicator, value: float | None) -> str:
    """Return a value as it is written, with its unit."""
    if one.unit is Unit.PERCENT:
        return formats.percent(value, decimals_of(one))
    return formats.quantity(value, unit_of(one), decimals_of(one))


def bare(one: Indicator, value: float | None) -> str:
    """Return a value as it is written beside its unit said once."""
    if one.unit is Unit.PERCENT:
        return formats.percent(value, decimals_of(one))
    return formats.number(value, decimals_of(one))


def interval(one: Indicator, value: Value) -> str:
    """Return the 95 % interval in words, empty where there is none."""
    if not value.is_known:
        return ""
    return _("intervalle à 95 % : {low} à {high}").format(
        low=bare(one, value.low), high=bare(one, value.high)
    )


def month_words(month: int) -> str:
    """Return a month as people write it: « 03/2026 »."""
    return f"{month % 12 + 1:02d}/{month // 12}"


def period_words(period: Period) -> str:
    """Return a period as people write it: « 2026 », « T3 2026 », « de 11/2025 à 10/2026 »."""
    year, month = divmod(period.first, 12)
    if period.months == 12 and month == 0:
        return str(year)
    if period.months == 3 and month % 3 == 0:
        return f"T{month // 3 + 1} {year}"
    if period.months == 1:
        return month_words(period.first)
    return _("de {start} à {end}").format(
        start=month_words(period.first), end=month_words(period.first + period.months - 1)
    )


def counts_words(one: Indicator, value: Value) -> str:
    """Return what a value was made of: « 412 sur 580 », « 37 événements pour 4 120 personnes »."""
    numerator, denominator = formats.number(value.numerator), formats.number(value.denominator)
    if one.measure is Measure.SHARE:
        return _("{numerator} sur {denominator}").format(numerator=numerator, denominator=denominator)
    if one.measure is Measure.RATE:
        return _("{numerator} pour {denominator} personnes").format(
            numerator=numerator, denominator=denominator
        )
    return ngettext("{count} mesure", "{count} mesures", value.denominator).format(count=denominator)


def finding(result: Result, *, shows_small: bool) -> str:
    """Return the sentence of an indicator: its value, its interval, from how many rows."""
    one, whole = result.indicator, result.whole
    if not whole.is_known:
        return flaw_words(result.flaws)
    if whole.is_secret and not shows_small:
        return _("Trop peu de personnes pour montrer ce chiffre.")
    said = _("{value} ({interval}), {counts}.").format(
        value=amount(one, whole.value), interval=interval(one, whole), counts=counts_words(one, whole)
    )
    if result.ninth is not None:
        said += " " + _("Neuf fois sur dix, {value} au plus.").format(value=amount(one, result.ninth))
    return said


def crisis_words(result: Result, days: Sequence[CrisisDay], *, shows_small: bool) -> str:
    """Say the days of crisis of the period, and the value with them and without; empty where there is none.

    A rate is not told of some days alone: its people are those of the whole period, only events are counted.
    """
    if not days:
        return ""
    one, apart = result.indicator, result.apart
    titles = dict.fromkeys(title for day in days for title in day.titles)
    said = ngettext(
        "{count} jour de crise dans la période ({titles}).",
        "{count} jours de crise dans la période ({titles}).",
        len(days),
    ).format(count=formats.number(len(days)), titles=", ".join(titles))
    if apart is None:
        return said
    others, aside = apart
    is_hidden = result.whole.is_secret or hidden_keys(one, {"others": others, "aside": aside})
    if is_hidden and not shows_small:
        return f"{said} {_('Trop peu de personnes pour les montrer à part.')}"
    if one.measure is Measure.RATE:
        more = ngettext(
            "{count} événement est de ces jours-là.",
            "{count} événements sont de ces jours-là.",
            aside.numerator,
        ).format(count=formats.number(aside.numerator))
    elif others.is_known:
        more = _("Sans ces jours : {value} ({interval}).").format(
            value=amount(one, others.value), interval=interval(one, others)
        )
        if aside.is_known:
            more += " " + _("Ces jours-là : {value} ({interval}).").format(
                value=amount(one, aside.value), interval=interval(one, aside)
            )
    else:
        more = _("Sans ces jours, trop peu de lignes pour une valeur.")
    return f"{said} {more}"


def flaw_words(flaws: tuple[Flaw, ...]) -> str:
    """Say why there is no value, or why it is given with a reserve."""
    words = {
        Flaw.NO_ROWS: _(
            "Aucune ligne dans cette période : choisissez-en une autre, ou importez des données."
        ),
        Flaw.NOTHING_TO_DIVIDE: _(
            "Aucune ligne ne compte dans cette période : toutes sont exclues ou non renseignées."
        ),
        Flaw.TOO_MANY: _("Le numérateur dépasse le dénominateur : des lignes sont en double, ou manquent."),
        Flaw.TOO_FEW: _("Trop peu de réponses pour donner un score."),
        Flaw.FEW_KNOWN: _("Trop de lignes ne sont pas renseignées : à lire avec réserve."),
    }
    return " ".join(words[flaw] for flaw in flaws)


def signals(result: Result) -> list[str]:
    """Say what the months show beyond chance (run chart), one sentence each; empty without a month."""
    values = [value.value for value in result.months.values()]
    known = [value for value in values if value == value]
    if not known:
        return []
    run = engine.run_chart(values)
    said = []
    if run.shift.any():
        said.append(_("Six mois ou plus de suite du même côté de la médiane : le niveau a changé."))
    if run.trend.any():
        said.append(_("Cinq mois ou plus de suite dans le même sens : une tendance."))
    if run.expected is not None and not run.expected[0] <= run.runs <= run.expected[1]:
        said.append(
            _("Les mois passent d’un côté à l’autre de la médiane plus ou moins souvent que par hasard.")
        )
    if said:
        return said
    if len(known) < 10:
        return [_("Moins de dix mois connus : aucun signal ne peut encore être lu.")]
    return [_("Rien de plus que le hasard d’un mois à l’autre.")]


def change_words(one: Indicator, published: PublishedValue, now: Result, found: Change) -> str:
    """Say what changed since a value was published."""
    head = _("La valeur a changé depuis le {day}").format(day=formats.date_short(published.at))
    if found.is_redefined:
        head = _("La définition a changé depuis le {day}").format(day=formats.date_short(published.at))
    elif found.is_silent:
        head = _("Des lignes ont changé depuis le {day}, la valeur non").format(
            day=formats.date_short(published.at)
        )
    return _("{head} : {then} publié, {now} aujourd’hui ; {rows}.").format(
        head=head,
        then=amount(one, published.value),
        now=amount(one, now.whole.value if now.whole.is_known else None),
        rows=_rows_words(found.rows),
    )


def _rows_words(rows: int) -> str:
    if rows > 0:
        return ngettext("{count} ligne de plus", "{count} lignes de plus", rows).format(
            count=formats.number(rows)
        )
    if rows < 0:
        return ngettext("{count} ligne de moins", "{count} lignes de moins", -rows).format(
            count=formats.number(-rows)
        )
    return _("autant de lignes, dont certaines modifiées")


def move_words(one: Indicator, then: float, now: float) -> str:
    """Return a change between two values: « + 3,2 points », « − 1 jour »."""
    if one.unit is Unit.PERCENT:
        return _("{change} points").format(change=formats.signed(100 * (now - then), decimals_of(one)))
    return f"{formats.signed(now - then, decimals_of(one))} {unit_of(one)}"


def source_words(source: FileImport | None) -> str:
    """Say where the rows come from."""
    if source is None:
        return _("Lignes de Maillage, telles qu’elles sont aujourd’hui")
    return _("{title}, importé le {day}").format(title=source.title, day=formats.date_short(source.at))


def changed_files_words(names: Sequence[str]) -> str:
    """Say that files are no longer those that were checked."""
    return _(
        "Des fichiers ont changé depuis leur contrôle et ne sont plus lus ({names}) : importez-les de "
        "nouveau."
    ).format(names=", ".join(names))


def slope_words(one: Indicator, ranking: Ranking, slope: engine.Slope) -> str:
    """Say how an indicator changes from the least to the most favoured communes (slope index)."""
    ends = {
        Ranking.INCOME: _("du niveau de vie le plus bas au plus haut"),
        Ranking.DENSITY: _("des communes les moins denses aux plus denses"),
    }[ranking]
    return _("{ends} : de {bottom} à {top}, soit {change} ({low} à {high}).").format(
        ends=ends, bottom=bare(one, slope.bottom), top=bare(one, slope.top),
        change=move_words(one, slope.bottom, slope.top), low=_signed(one, slope.index.low),
        high=_signed(one, slope.index.high),
    )  # fmt: skip


def _signed(one: Indicator, value: float) -> str:
    return formats.signed(100 * value if one.unit is Unit.PERCENT else value, decimals_of(one))
