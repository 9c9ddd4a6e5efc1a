"""Making a survey, counting who was told, closing it, reading its free texts and hiding one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access, formats, journal
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.writes import same_write
from maillage.listening.models import InvitedCount, Survey, SurveyRemark
from maillage.listening.queries import items as wording
from maillage.listening.queries import surveys as queries
from maillage.listening.rules.surveys import ALPHABET, LONGEST_DAYS, TOKEN
from maillage.listening.rules.vocabulary import Audience, Channel

#: People told by one channel, at the most.
MOST_TOLD = 1_000_000


@transaction.atomic
def make_survey(
    *,
    by: Person,
    scope: Scope,
    audience: Audience,
    title: str,
    starts_on: date,
    ends_on: date,
    key: str,
    title_en: str = "",
    is_demonstration: bool = False,
) -> Survey:
    """Make a survey of an audience, with the questions of the rule of today; the same `key` is the same one.

    Raises PermissionDenied; ValidationError without a title, or for days that cannot be.
    """
    access.require(by, Permission.MANAGE_LISTENING, scope)
    said = (" ".join(title.split())[:120], " ".join(title_en.split())[:120])
    known = Survey._base_manager.filter(by=by, key=key).first()
    if known is not None:
        kept = (known.scope_id, known.audience, known.title, known.title_en, known.starts_on, known.ends_on)
        return same_write(known, is_same=kept == (scope.pk, audience, *said, starts_on, ends_on))
    if not said[0]:
        raise ValidationError({"title": _("Donnez un titre : chacun le lira en haut de la page.")})
    _check_days(starts_on, ends_on, queries.today_of(scope))
    made = Survey.objects.create(
        by=by,
        key=key,
        scope=scope,
        audience=audience,
        title=said[0],
        title_en=said[1],
        questions=[one.code for one in wording.questionnaire(audience).items],
        starts_on=starts_on,
        ends_on=ends_on,
        token=new_token(),
        is_demonstration=is_demonstration,
    )
    _told(made, by, "listening.survey_made", {"audience": audience.value})
    return made


def new_token() -> str:
    """Return a public address that no survey has: short enough to be copied from paper."""
    while True:
        token = "".join(secrets.choice(ALPHABET) for _letter in range(TOKEN))
        if not Survey._base_manager.filter(token=token).exists():
            return token


def _check_days(starts_on: date, ends_on: date, today: date) -> None:
    if ends_on < starts_on:
        raise ValidationError({"ends_on": _("Le dernier jour est avant le premier : inversez-les.")})
    if ends_on < today:
        raise ValidationError({"ends_on": _("Ce dernier jour est passé : donnez-en un à venir.")})
    if ends_on - starts_on > timedelta(days=LONGEST_DAYS):
        raise ValidationError({"ends_on": _("Une enquête dure un an au plus : rapprochez le dernier jour.")})


@transaction.atomic
def change_end(*, by: Person, survey: Survey, ends_on: date) -> Survey:
    """Move the last day of a survey that is not over. Raises PermissionDenied, ValidationError."""
    row = _writable(by, survey)
    _check_days(row.starts_on, ends_on, queries.today_of(row.scope))
    before = row.ends_on
    if before != ends_on:
        row.ends_on = ends_on
        row.save(update_fields=["ends_on"])
        _told(row, by, "listening.end_changed", {"ends_on": [before, ends_on]})
    return row


@transaction.atomic
def close_survey(*, by: Person, survey: Survey) -> Survey:
    """Close a survey before its last day, for good; closed already, nothing changes.

    Raises PermissionDenied; ValidationError where it has not begun.
    """
    access.require(by, Permission.MANAGE_LISTENING, survey.scope)
    row = _locked(survey)
    today = queries.today_of(row.scope)
    if row.is_closed(today):
        return row
    if today < row.starts_on:
        raise ValidationError(_("Cette enquête n’a pas commencé : changez plutôt son dernier jour."))
    row.closed_at, row.closed_by = timezone.now(), by
    row.save(update_fields=["closed_at", "closed_by"])
    _told(row, by, "listening.survey_closed", {})
    return row


@transaction.atomic
def count_invited(*, by: Person, survey: Survey, counts: Mapping[Channel, int]) -> None:
    """Note how many people were told by each channel, in place of what was noted before; 0 forgets one.

    Told people are counted late too: a survey that is over takes them. Raises PermissionDenied,
    ValidationError.
    """
    access.require(by, Permission.MANAGE_LISTENING, survey.scope)
    row = _locked(survey)
    wrong = {
        channel.value: _("Donnez un nombre entre 0 et {most}.").format(most=formats.number(MOST_TOLD))
        for channel, count in counts.items()
        if not 0 <= count <= MOST_TOLD
    }
    if wrong:
        raise ValidationError(wrong)
    before = queries.invited_to(row)
    changed: dict[str, list[int]] = {}
    for channel, count in counts.items():
        known = before.get(channel.value, 0)
        if count == known:
            continue
        rows = InvitedCount.objects.of(row).filter(channel=channel)
        if not count:
            rows.delete()
        elif not rows.update(count=count, by=by, at=timezone.now()):
            InvitedCount.objects.create(survey=row, channel=channel, count=count, by=by)
        changed[channel.value] = [known, count]
    if changed:
        _told(row, by, "listening.invited_counted", changed)


def read_remarks(*, by: Person, survey: Survey) -> list[SurveyRemark]:
    """Return the free texts of a survey that is over and has enough answers; the reading is recorded.

    None where it is not over, or has too few answers: a way of writing tells who writes. Raises
    PermissionDenied.
    """
    access.require(by, Permission.MANAGE_LISTENING, survey.scope)
    if not may_show_remarks(survey):
        return []
    found = queries.remarks_of(survey)
    _told(survey, by, "listening.remarks_read", {"remarks": len(found)})
    return found


def may_show_remarks(survey: Survey) -> bool:
    """Return whether the free texts of a survey may be read by those who may."""
    enough = wording.limits(survey.at.date()).answers
    over = survey.is_closed(queries.today_of(survey.scope))
    return over and queries.answers_counted([survey]).get(survey.pk, 0) >= enough


@transaction.atomic
def hide_remark(*, by: Person, remark: SurveyRemark, why: str) -> SurveyRemark:
    """Hide a free text from its page, where it names somebody; hidden already, nothing changes.

    Raises PermissionDenied; ValidationError without a reason, or where texts are not shown yet.
    """
    access.require(by, Permission.MANAGE_LISTENING, remark.survey.scope)
    row = SurveyRemark.objects.of(remark.survey).select_for_update().get(pk=remark.pk)
    if row.hidden_at is not None:
        return row
    if not may_show_remarks(remark.survey):
        raise ValidationError(_("Ces textes ne se lisent pas encore."))
    said = " ".join(why.split())[:200]
    if not said:
        raise ValidationError({"why": _("Dites pourquoi : par exemple « un nom y est écrit ».")})
    row.hidden_why, row.hidden_at, row.hidden_by = said, timezone.now(), by
    row.save(update_fields=["hidden_why", "hidden_at", "hidden_by"])
    _told(remark.survey, by, "listening.remark_hidden", {"why": said})
    return row


def _locked(survey: Survey) -> Survey:
    return Survey.objects.in_scope(survey.scope).select_for_update().select_related("scope").get(pk=survey.pk)


def _writable(by: Person, survey: Survey) -> Survey:
    access.require(by, Permission.MANAGE_LISTENING, survey.scope)
    row = _locked(survey)
    if row.is_closed(queries.today_of(row.scope)):
        raise ValidationError(_("Cette enquête est close, pour de bon : faites-en une autre."))
    return row


def _told(survey: Survey, by: Person, verb: str, changes: dict[str, Any]) -> None:
    journal.record(by=by, verb=verb, target=journal.target_of(survey), changes=changes, scope=survey.scope)
