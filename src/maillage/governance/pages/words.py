"""The sentences of governance: what a body lacks, the quorum of a meeting, where a decision stands."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.governance.models import MotionResult, Resolution, Sitting
from maillage.governance.queries.bodies import BodySeen, Gap
from maillage.governance.queries.sittings import SittingSeen, convened_on, may_vote_without
from maillage.governance.rules.quorum import Quorum
from maillage.governance.rules.sittings import days_of_notice, is_notice_short
from maillage.governance.rules.vocabulary import Reply
from maillage.kernel import formats
from maillage.project import api as project


def gap_words(gap: Gap, about: str) -> str:
    """Return what a body lacks, in a sentence."""
    said = {
        Gap.NO_COLLEGE: _("Aucun collège : dites d’où viennent ses membres."),
        Gap.NO_USERS: _("Aucun représentant des usagers n’y siège."),
        Gap.EMPTY_COLLEGE: _("Le collège « {about} » est vide."),
        Gap.TERM_ENDED: _("Le mandat de {about} est fini : renouvelez-le, ou dites qui a quitté son siège."),
        Gap.TERM_ENDING: _("Le mandat de {about} finit bientôt."),
    }
    return said[gap].format(about=about)


def body_finding(seen: BodySeen) -> str:
    """Return the sentence of a body: how many voices, of how many colleges, what is amber."""
    if seen.body.closed_on is not None:
        return _("Cette instance ne se réunit plus depuis le {day}.").format(
            day=formats.date_short(seen.body.closed_on)
        )
    said = [
        ngettext("{count} voix sur {places}", "{count} voix sur {places}", seen.members).format(
            count=formats.number(seen.members), places=formats.number(seen.places)
        ),
        ngettext("{count} collège", "{count} collèges", len(seen.colleges)).format(
            count=formats.number(len(seen.colleges))
        ),
    ]
    if seen.gaps:
        said.append(
            ngettext("{count} point à voir", "{count} points à voir", len(seen.gaps)).format(
                count=formats.number(len(seen.gaps))
            )
        )
    return f"{formats.listed(said)}."


def rules_words(ruled: Sitting | BodySeen) -> list[str]:
    """Return the rules of a body, or those that a meeting was called by, one sentence each."""
    row = ruled.body if isinstance(ruled, BodySeen) else ruled
    quorum = _("Aucun quorum n’est demandé.")
    if row.quorum_percent:
        text = (
            _("Quorum : {share} des voix de chaque collège, présentes ou représentées.")
            if row.quorum_by_college
            else _("Quorum : {share} des voix, présentes ou représentées.")
        )
        quorum = text.format(share=formats.percent(row.quorum_percent / 100))
    second = (
        _("Faute de quorum, une seconde convocation vote quel que soit le nombre.")
        if row.second_without_quorum
        else _("Une seconde convocation demande le même quorum.")
    )
    return [
        quorum,
        *([second] if row.quorum_percent else []),
        ngettext(
            "Convocation {count} jour avant au moins.", "Convocation {count} jours avant au moins.",
            row.notice_days,
        ).format(count=formats.number(row.notice_days)),
        ngettext(
            "{count} pouvoir par personne au plus.", "{count} pouvoirs par personne au plus.",
            row.most_proxies,
        ).format(count=formats.number(row.most_proxies)),
    ]  # fmt: skip


def quorum_words(quorum: Quorum, sitting: Sitting, colleges: dict[int, str]) -> str:
    """Return the quorum in a sentence: reached or not, who is there, how many it takes, who is missing."""
    if not quorum.here:
        return _("Personne n’est encore noté présent.")
    values = {
        "here": formats.number(quorum.here),
        "voices": formats.number(quorum.voices),
        "represented": formats.number(quorum.represented),
        "needed": formats.number(quorum.needed),
    }
    if quorum.is_reached:
        text = _(
            "Quorum atteint : {here} voix sur {voices}, dont {represented} par pouvoir ; il en fallait "
            "{needed}."
        )
        return text.format(**values)
    if quorum.lacking and quorum.here >= quorum.needed:
        names = formats.listed(colleges.get(one.college, "") for one in quorum.lacking)
        text = _("Quorum non atteint : il manque des voix dans {colleges}.").format(colleges=names)
    else:
        text = _(
            "Quorum non atteint : {here} voix sur {voices}, dont {represented} par pouvoir ; il en faut "
            "{needed}."
        ).format(**values)
    if may_vote_without(sitting):
        more = _("Seconde convocation : on peut voter quel que soit le nombre.")
        return f"{text} {more}"
    return text


def sitting_finding(found: SittingSeen) -> str:
    """Return the sentence of a meeting, by where it stands."""
    sitting = found.sitting
    if sitting.is_cancelled:
        return _("Séance annulée : {why}").format(why=sitting.why_cancelled)
    names = {one.seat.college_id: one.seat.college.name for one in found.summons}
    if sitting.has_begun or sitting.is_closed or found.quorum.here:
        return quorum_words(found.quorum, sitting, names)
    if sitting.convened_at is None:
        return _("Séance en préparation : personne n’est encore convoqué.")
    members = sum(one.seat.deputises_id is None for one in found.summons)
    counts = [
        ngettext("{count} membre convoqué", "{count} membres convoqués", members),
        ngettext("{count} vient", "{count} viennent", found.counted(Reply.COMES)),
        ngettext("{count} donne pouvoir", "{count} donnent pouvoir", found.counted(Reply.PROXY)),
        ngettext("{count} sans réponse", "{count} sans réponse", found.counted(Reply.NONE)),
    ]
    numbers = (members, found.counted(Reply.COMES), found.counted(Reply.PROXY), found.counted(Reply.NONE))
    said = [text.format(count=formats.number(one)) for text, one in zip(counts, numbers, strict=True) if one]
    return f"{formats.listed(said)}."


def notice_words(sitting: Sitting) -> str:
    """Return what is said of a convening that leaves too few days, empty where there are enough."""
    day = convened_on(sitting)
    if sitting.is_cancelled or not is_notice_short(day, sitting.held_on, sitting.notice_days):
        return ""
    days = days_of_notice(day, sitting.held_on)
    text = (
        ngettext(
            "Convoquée {count} jour avant, la règle de l’instance en demande {least} : une décision prise "
            "ce jour-là peut être contestée.",
            "Convoquée {count} jours avant, la règle de l’instance en demande {least} : une décision prise "
            "ce jour-là peut être contestée.",
            days,
        )
        if sitting.convened_at is not None
        else ngettext(
            "Convoquée aujourd’hui, elle le serait {count} jour avant : la règle de l’instance en demande "
            "{least}.",
            "Convoquée aujourd’hui, elle le serait {count} jours avant : la règle de l’instance en demande "
            "{least}.",
            days,
        )
    )
    return text.format(count=formats.number(days), least=formats.number(sitting.notice_days))


def result_words(result: MotionResult) -> str:
    """Return the result of a vote in a sentence."""
    if result.content.get("is_void"):
        return _("Retiré sans être compté : trop peu de bulletins pour rester secret.")
    text = (
        _("Adopté : {yes} pour, {no} contre, abstention ou blanc : {blank}.")
        if result.is_carried
        else _("Rejeté : {yes} pour, {no} contre, abstention ou blanc : {blank}.")
    )
    return text.format(
        yes=formats.number(result.yes), no=formats.number(result.no), blank=formats.number(result.blank)
    )


def decision_state(one: Resolution, today: date) -> tuple[str, str]:
    """Return where a decision stands, read from its action, and the colour of its tag."""
    action = one.action
    if action is None:
        return _("sans action"), ""
    if action.is_overdue(today):
        return _("en retard"), "attention"
    if action.stands is project.ActionState.DONE:
        return _("faite"), "good"
    if action.stands is project.ActionState.DROPPED:
        return _("abandonnée"), ""
    if action.ends_on is not None:
        return _("pour le {day}").format(day=formats.date_short(action.ends_on)), ""
    return _("en cours"), ""
