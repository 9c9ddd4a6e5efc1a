"""Answering a survey: counted once, tied to nobody; the journal hears of paper forms alone."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from random import SystemRandom
from typing import Any

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.kernel import access, journal, pacing
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.listening.models import SpentForm, Survey, SurveyAnswer, SurveyRemark
from maillage.listening.queries import items as wording
from maillage.listening.queries import surveys as queries
from maillage.listening.rules.surveys import marks_of

#: Texts written anew with each that comes: among them, nobody tells which is the last.
REWRITTEN = 50
_random = SystemRandom()


class ClosedError(Exception):
    """The survey does not take answers today."""


class FloodedError(Exception):
    """Too many answers came by the public address in an hour: a machine fills it in."""


class ForgedFormError(Exception):
    """The form was not drawn here, or not for this survey."""


def draw_form(survey: Survey) -> str:
    """Return what a form carries to be counted once: drawn, sealed for this survey, kept nowhere."""
    return _signer(survey).sign(secrets.token_hex(12))


@transaction.atomic
def answer(
    *,
    survey: Survey,
    form: str,
    marks: Mapping[str, Any],
    group: str = "",
    text: str = "",
    by: Person | None = None,
) -> bool:
    """Count an answer; return False where the same `form` was counted before, and nothing is written.

    `by` is who enters an answer received on paper, None for who answers by the public address. Raises
    ClosedError; FloodedError; ForgedFormError; PermissionDenied; ValidationError for an empty answer, marks
    that are none, or once there are too many.
    """
    if by is not None:
        access.require(by, Permission.MANAGE_LISTENING, survey.scope)
    digest = _digest(survey, form)
    # The row of the survey is the lock: of two who send the same form, one is counted.
    row = Survey._base_manager.select_related("scope").select_for_update(of=("self",)).get(pk=survey.pk)
    if SpentForm.objects.of(row).filter(digest=digest).exists():
        return False
    if not row.is_open(queries.today_of(row.scope)):
        raise ClosedError
    given = marks_of(marks, row.questions)
    said = text.strip()
    if given is None or group not in {"", *wording.asked(row).groups}:
        raise ValidationError(_("Cette réponse n’est pas de ce questionnaire : rechargez la page."))
    if not given and not said:
        raise ValidationError(_("Rien n’est rempli : répondez à une question au moins."))
    if queries.answers_counted([row]).get(row.pk, 0) >= rule("listening.answers.most").value:
        raise ValidationError(_("Cette enquête a reçu toutes les réponses qu’elle pouvait : merci."))
    if by is None and pacing.is_too_often(f"listening:{row.token}", rule("listening.answers.an_hour").value):
        raise FloodedError
    SpentForm.objects.create(survey=row, digest=digest)
    SurveyAnswer.objects.create(survey=row, marks=given, group=group, on_paper=by is not None)
    if said:
        _put_apart(row, said[:1000])
    if by is not None:
        journal.record(
            by=by, verb="listening.paper_entered", target=journal.target_of(row), changes={}, scope=row.scope
        )
    return True


def _put_apart(survey: Survey, said: str) -> None:
    """Write a text together with some of those that are there, drawn and written anew, under new keys.

    PostgreSQL notes beside each row which transaction wrote it: alone, a text would so be tied to the marks
    that came with it.
    """
    rows = SurveyRemark.objects.of(survey).filter(hidden_at=None)
    keys = list(rows.order_by().values_list("pk", flat=True))
    drawn = rows.filter(pk__in=_random.sample(keys, min(len(keys), REWRITTEN)))
    texts = [*drawn.order_by().values_list("text", flat=True), said]
    _random.shuffle(texts)
    drawn.delete()
    SurveyRemark.objects.bulk_create([SurveyRemark(survey=survey, text=one) for one in texts])


def was_counted(survey: Survey, form: str) -> bool:
    """Return whether a form was counted already. Raises ForgedFormError."""
    return SpentForm.objects.of(survey).filter(digest=_digest(survey, form)).exists()


def _signer(survey: Survey) -> Signer:
    return Signer(salt=f"maillage.listening.{survey.pk}")


def _digest(survey: Survey, form: str) -> str:
    try:
        drawn = _signer(survey).unsign(form)
    except BadSignature as error:
        raise ForgedFormError from error
    return hashlib.sha256(drawn.encode()).hexdigest()
