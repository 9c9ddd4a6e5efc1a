"""Sentences of prevention: where a campaign stands, why somebody is or is not invited, where to go next."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.sourced_rules import rule
from maillage.prevention.computations.places import Proposal
from maillage.prevention.queries.campaigns import DayNow
from maillage.prevention.queries.situations import SECRECY, Counted, Situation
from maillage.prevention.rules.secrecy import rounded
from maillage.prevention.rules.targets import Band, Reason, Repeat, Target

REASON_LABELS = {
    Reason.DUE: lazy("à proposer"),
    Reason.UP_TO_DATE: lazy("à jour"),
    Reason.AGE: lazy("hors de l’âge"),
    Reason.SEX: lazy("non concernée"),
    Reason.EXCLUDED: lazy("écartée par un professionnel"),
    Reason.NO_BIRTH: lazy("date de naissance à demander"),
    Reason.NO_SEX: lazy("sexe à demander"),
}


def finding(now: Situation) -> str:
    """Return the sentence of a campaign: the coverage against the goal, then what waits."""
    if not now.concerned:
        return _("Personne de connu n’est concerné aujourd’hui par cette campagne.")
    if now.is_secret:
        return _(
            "Moins de {count} personnes dans un des groupes : la couverture est tenue au secret."
        ).format(count=formats.number(rule(SECRECY).value))
    said = ngettext(
        "{share} de {count} personne concernée est à jour, pour un objectif de {goal}.",
        "{share} des {count} personnes concernées sont à jour, pour un objectif de {goal}.",
        now.concerned,
    )
    return said.format(
        share=formats.percent(now.share),
        count=formats.number(now.concerned),
        goal=formats.percent(now.goal_share),
    )


def projected(now: Situation) -> str:
    """Return where the coverage goes if the pace stays, or why nothing is said of it."""
    if not now.campaign.is_open or now.day >= now.campaign.last_day:
        return _("La campagne est finie : il n’y a plus de rythme à prolonger.")
    found = now.projection
    if found is None:
        return _("Trop peu de jours ou d’actes encore pour dire où mène le rythme.")
    said = _("Si le rythme se maintient : {share} à jour le {day}.").format(
        share=formats.percent(found.share), day=formats.date_short(now.campaign.last_day)
    )
    if found.is_enough:
        return f"{said} {_('L’objectif serait atteint.')}"
    wanted = _("L’objectif demande {count} actes par mois.").format(count=formats.number(found.acts_a_month))
    return f"{said} {wanted}"


def count_shown(count: int, *, is_open: bool) -> str:
    """Return a count, hidden under the threshold for who does not run the campaign; zero included."""
    least: int = rule(SECRECY).value
    if is_open or count >= least:
        return formats.number(count)
    return _("moins de {count}").format(count=formats.number(least))


def count_hidden(count: int) -> str:
    """Return what is said in place of a count that is hidden: under the threshold, or what would tell one."""
    return count_shown(count, is_open=False) if count < rule(SECRECY).value else _("tenu au secret")


def to_ask_words(count: int) -> str:
    """Return how many people are to be invited today."""
    said = ngettext("{count} personne à inviter", "{count} personnes à inviter", count)
    return said.format(count=formats.number(count))


def reason_words(counted: Counted) -> str:
    """Return why somebody is, or is not, invited."""
    said = str(REASON_LABELS[counted.answer.reason])
    if counted.last_done is None:
        return said
    done = _("dernier acte le {day}").format(day=formats.date_short(counted.last_done))
    return f"{said} · {done}"


#: The difference between two places that reach many of the same people tells nobody.
_ROUND = 10


def place_words(one: Proposal, *, is_open: bool) -> str:
    """Return why a commune is a good place for the next day; rounded for who does not run the campaign."""
    reach = one.reach
    said = ngettext(
        "{count} personne à moins de {bound} minutes, {mean} en moyenne",
        "{count} personnes à moins de {bound} minutes, {mean} en moyenne",
        reach.people,
    ).format(
        count=_reached(reach.people, is_open=is_open),
        bound=formats.number(rule("prevention.days.reach").value["minutes"]),
        mean=formats.minutes(reach.mean_minutes),
    )
    if not reach.beyond:
        return _("{said} ; personne au-delà").format(said=said)
    beyond = ngettext("{count} personne au-delà", "{count} personnes au-delà", reach.beyond)
    beyond = beyond.format(count=_reached(reach.beyond, is_open=is_open))
    return _("{said} ; {beyond}").format(said=said, beyond=beyond)


def _reached(count: int, *, is_open: bool) -> str:
    if is_open:
        return formats.number(count)
    return _("environ {count}").format(count=formats.number(rounded(count, _ROUND)))


def day_words(one: DayNow) -> str:
    """Return how many places are left on a day."""
    if one.is_over:
        said = ngettext("{count} personne venue", "{count} personnes venues", one.came)
        return said.format(count=formats.number(one.came))
    said = ngettext("{left} place libre sur {all}", "{left} places libres sur {all}", one.left)
    return said.format(left=formats.number(one.left), all=formats.number(one.day.places))


def ages_words(bands: tuple[Band, ...]) -> str:
    """Return the ages of a target in words."""
    found = [
        _("{first} ans et plus").format(first=one.first)
        if one.last is None
        else _("{first}–{last} ans").format(first=one.first, last=one.last)
        for one in bands
    ]
    return ", ".join(found)


def repeat_words(target: Target) -> str:
    """Return how often an act is due, in words."""
    if target.repeat is Repeat.INTERVAL:
        return _("tous les {count} mois").format(count=target.months)
    if target.repeat is Repeat.SEASON:
        return _("chaque saison")
    if target.repeat is Repeat.BAND:
        return _("une fois par tranche d’âge")
    said = ngettext("une fois, {count} dose", "une fois, {count} doses", target.doses)
    return said.format(count=target.doses) if target.is_vaccine else _("une fois")


def sexes_words(target: Target) -> str:
    """Return whom a target is for, by sex."""
    if len(target.sexes) > 1:
        return _("toutes et tous")
    return _("femmes") if "female" in target.sexes else _("hommes")
