"""The words of a project: its sentence, its clocks, what is late, who carries what."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.indicators import api as indicators
from maillage.kernel import access, formats
from maillage.kernel.models import Scope
from maillage.kernel.rules import Permission
from maillage.people import api as people
from maillage.project.actions.work import Lead
from maillage.project.models import AGREEMENT_STATE_LABELS, MISSION_LABELS, Action, Agreement, Step
from maillage.project.queries.projects import Whole
from maillage.project.rules.actions import Money
from maillage.project.rules.missions import Clock, ClockState

CHAPTER_LABELS: dict[str, str | Promise] = {
    "summary_of_project": lazy("Le projet en une page"),
    "perimeter_and_neighbours": lazy("Périmètre et cohérence avec les territoires voisins"),
    "diagnosis_said": lazy("Ce que dit le diagnostic"),
    "needs_said": lazy("Besoins retenus"),
    "organisation_of_members": lazy("Organisation, membres et décisions"),
    "information_system": lazy("Système d’information et partage"),
    "evaluation_said": lazy("Suivi et évaluation"),
    "letter_of_intent": lazy("Lettre d’intention"),
}

NONE = Money()


def finding(whole: Whole) -> str:
    """Return the sentence of a project: « 2 actions en retard sur 14 et 41 % du budget accordé dépensé. »."""
    is_declared = whole.spending is None
    return f"{board_sentence(len(whole.late), len(whole.actions), whole.money, is_declared=is_declared)}."


def board_sentence(late: int, total: int, money: Money = NONE, *, is_declared: bool = True) -> str:
    """Return what the board reads first, without a full stop; `is_declared`: no accounts say the spending."""
    if not total:
        return _("Aucune action encore")
    if late:
        said = ngettext("{late} action en retard sur {total}", "{late} actions en retard sur {total}", late)
    else:
        said = ngettext("{total} action, rien en retard", "{total} actions, aucune en retard", total)
    parts = [said.format(late=formats.number(late), total=formats.number(total))]
    if money.share_spent is not None:
        parts.append(share_said(money, is_declared=is_declared))
    elif money.asked:
        parts.append(_("budget demandé : {amount}").format(amount=euros(money.asked)))
    return formats.listed(parts)


def share_said(money: Money, *, is_declared: bool) -> str:
    """Return the share of a budget that is spent, declared or as the accounts have it."""
    assert money.share_spent is not None
    said = _("{share} du budget déclaré dépensé") if is_declared else _("{share} du budget accordé dépensé")
    return said.format(share=formats.percent(float(money.share_spent)))


def euros(amount: Decimal | None) -> str:
    """Return an amount to the cent, without cents where there are none."""
    if amount is None:
        return formats.UNKNOWN
    return formats.quantity(amount, "€", 0 if amount == amount.to_integral_value() else 2)


def clock_said(clock: Clock, today: date) -> str:
    """Return where a mission stands on its clock, in words."""
    if clock.state is ClockState.DEPLOYED:
        return _("déployée le {day}").format(day=formats.date_short(clock.deployed_on))
    if clock.state is ClockState.FREE:
        return _("sans délai")
    if clock.state is ClockState.NOT_RUNNING:
        assert clock.months is not None
        return _("à démarrer en {start} mois, à déployer en {deployed} mois après la signature").format(
            start=clock.months.start, deployed=clock.months.deployed
        )
    if clock.next_day is None:
        return _("démarrée le {day}, sans délai").format(day=formats.date_short(clock.started_on))
    day = formats.date_short(clock.next_day)
    if clock.state is ClockState.START_LATE:
        return _("devait démarrer avant le {day} : {late}").format(day=day, late=_late(clock.next_day, today))
    if clock.state is ClockState.DEPLOY_LATE:
        return _("devait être déployée avant le {day} : {late}").format(
            day=day, late=_late(clock.next_day, today)
        )
    if clock.state is ClockState.STARTED:
        return _("démarrée le {start}, à déployer avant le {day}").format(
            start=formats.date_short(clock.started_on), day=day
        )
    return _("à démarrer avant le {day}").format(day=day)


def _late(due: date, today: date) -> str:
    days = (today - due).days
    return ngettext("{count} jour de retard", "{count} jours de retard", days).format(
        count=formats.number(days)
    )


def late_said(due: date, today: date) -> str:
    """Return since how long a day has passed: « 12 jours de retard »."""
    return _late(due, today)


def mission_name(clock: Clock) -> str:
    """Return the name of the mission of a clock."""
    return str(MISSION_LABELS[clock.mission])


def lead_name(row: Action | Step) -> str:
    """Return who carries a row, « à désigner » where nobody does."""
    return str(row.lead) if row.lead is not None else _("à désigner")


def step_lead_name(step: Step) -> str:
    """Return whose a step is: its own, or the lead of the action."""
    return str(step.lead) if step.lead is not None else lead_name(step.action)


def leads_of(scope: Scope, *rows: Action | Step) -> list[tuple[str, str]]:
    """Return who may carry something in a territory, as choices: those who read its project, and who does."""
    found = {f"a{one.pk}": str(one) for one in access.people_with(Permission.VIEW_PROJECT, scope)}
    for row in rows:
        if row.lead is not None:
            found.setdefault(row.lead_key, str(row.lead))
    return sorted(found.items(), key=lambda one: one[1])


def lead_of(key: str) -> Lead:
    """Return whom a key names, None for nobody."""
    return people.holder_of(key) if key else None


def effect_said(action: Action) -> str:
    """Return the effect expected of an action: « de 12 % à 8 % pour le 31/12/2027 », what is known of it."""
    said = []
    if action.reference is not None:
        said.append(_("de {value}").format(value=value_said(action.reference, action.indicator_unit)))
    if action.target is not None:
        said.append(_("à {value}").format(value=value_said(action.target, action.indicator_unit)))
    if action.target_on is not None:
        said.append(_("pour le {day}").format(day=formats.date_short(action.target_on)))
    return " ".join(said) or _("valeurs à renseigner")


def indicator_said(key: str) -> str:
    """Return the name of an indicator of the catalogue, or as an action names its own."""
    known = indicators.INDICATORS.get(key)
    return key if known is None else str(known.label)


def indicator_key(said: str) -> str:
    """Return the key of the indicator of the catalogue that has that name or that key, else what was said."""
    asked = " ".join(said.split())
    found = (one.key for one in indicators.CATALOGUE if asked.casefold() == str(one.label).casefold())
    return next(found, asked)


def value_said(value: Decimal | None, unit: str) -> str:
    """Return a value with its unit, with the decimals that it has; a dash for none."""
    if value is None:
        return formats.UNKNOWN
    exponent = value.normalize().as_tuple().exponent
    decimals = max(-exponent, 0) if isinstance(exponent, int) else 0
    text = formats.number(value, decimals)
    return f"{text}{formats.NBSP}{unit}" if unit else text


def agreement_state(one: Agreement, today: date) -> str:
    """Return where an agreement stands on a day."""
    return str(AGREEMENT_STATE_LABELS[one.state_on(today)])
