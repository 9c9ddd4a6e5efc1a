"""Writing what was said and what was done, publishing it, taking it back."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import access, journal
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.writes import same_write
from maillage.listening.models import HeardLine, Survey
from maillage.listening.queries import surveys as queries
from maillage.listening.rules.vocabulary import Progress, Topic

_LENGTHS = {"said": 300, "said_en": 300, "done": 500, "done_en": 500}


@transaction.atomic
def write_line(
    *,
    by: Person,
    scope: Scope,
    topic: Topic,
    said: str,
    done: str,
    done_on: date,
    key: str,
    said_en: str = "",
    done_en: str = "",
    progress: Progress | None = None,
    survey: Survey | None = None,
    question: str = "",
) -> HeardLine:
    """Write a line, which nobody reads before it is published; the same `key` again is the same line.

    `survey` and `question` are the figure that goes with it. Raises PermissionDenied; ValidationError where
    words are missing, or the figure is of a survey that is not over or of another territory.
    """
    access.require(by, Permission.MANAGE_LISTENING, scope)
    values = _values(
        scope, topic=topic, said=said, done=done, done_on=done_on, said_en=said_en, done_en=done_en,
        progress=progress, survey=survey, question=question,
    )  # fmt: skip
    known = HeardLine._base_manager.filter(by=by, key=key).first()
    if known is not None:
        same = known.scope_id == scope.pk and all(getattr(known, one) == new for one, new in values.items())
        return same_write(known, is_same=same)
    made = HeardLine.objects.create(by=by, key=key, scope=scope, **values)
    _told(made, by, "listening.line_written", {"topic": topic.value})
    return made


@transaction.atomic
def change_line(
    *,
    by: Person,
    line: HeardLine,
    read: str,
    topic: Topic,
    said: str,
    done: str,
    done_on: date,
    said_en: str = "",
    done_en: str = "",
    progress: Progress | None = None,
    survey: Survey | None = None,
    question: str = "",
) -> HeardLine:
    """Change a line, published or not; `read` is the `version_of` the line that was read.

    Raises PermissionDenied; ValidationError as `write_line` does, and where somebody changed it meanwhile.
    """
    access.require(by, Permission.MANAGE_LISTENING, line.scope)
    row = _locked(line)
    values = _values(
        row.scope, topic=topic, said=said, done=done, done_on=done_on, said_en=said_en, done_en=done_en,
        progress=progress, survey=survey, question=question,
    )  # fmt: skip
    before = {name: getattr(row, name) for name in values}
    if before == values:
        return row
    if version_of(row) != read:
        raise ValidationError(_("Quelqu’un a changé cette ligne entre-temps : relisez-la, puis recommencez."))
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=list(values))
    changes = {
        name: [before[name], value]
        for name, value in values.items()
        if value != before[name] and name != "survey"
    }
    _told(row, by, "listening.line_changed", changes)
    return row


def version_of(line: HeardLine) -> str:
    """Return the digest of what a line says, for the form that changes it."""
    said = [
        line.topic, line.said, line.said_en, line.done, line.done_en, line.done_on.isoformat(), line.progress,
        line.survey_id, line.question,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


@transaction.atomic
def publish_line(*, by: Person, line: HeardLine) -> HeardLine:
    """Let everybody read a line; published already, nothing changes. Raises PermissionDenied."""
    access.require(by, Permission.MANAGE_LISTENING, line.scope)
    row = _locked(line)
    if row.published_at is None:
        row.published_at, row.published_by = timezone.now(), by
        row.save(update_fields=["published_at", "published_by"])
        _told(row, by, "listening.line_published", {})
    return row


@transaction.atomic
def unpublish_line(*, by: Person, line: HeardLine) -> HeardLine:
    """Take a line off the public page; off already, nothing changes. Raises PermissionDenied."""
    access.require(by, Permission.MANAGE_LISTENING, line.scope)
    row = _locked(line)
    if row.published_at is not None:
        row.published_at = row.published_by = None
        row.save(update_fields=["published_at", "published_by"])
        _told(row, by, "listening.line_unpublished", {})
    return row


def _values(scope: Scope, **given: Any) -> dict[str, Any]:
    survey: Survey | None = given["survey"]
    texts = {name: " ".join(given[name].split())[:most] for name, most in _LENGTHS.items()}
    errors = {}
    if not texts["said"]:
        errors["said"] = _("Écrivez ce qui a été dit.")
    if not texts["done"]:
        errors["done"] = _("Écrivez ce qui a été fait, ou pourquoi rien ne l’est.")
    if errors:
        raise ValidationError(errors)
    if survey is not None and (survey.scope_id != scope.pk or not survey.is_closed(queries.today_of(scope))):
        raise ValidationError({"figure": _("Choisissez une question d’une enquête close de ce territoire.")})
    if (survey is None) != (not given["question"]) or (survey and given["question"] not in survey.questions):
        raise ValidationError({"figure": _("Choisissez une question d’une enquête close de ce territoire.")})
    progress: Progress | None = given["progress"]
    return {
        **texts,
        "topic": given["topic"].value,
        "done_on": given["done_on"],
        "progress": progress.value if progress else "",
        "survey": survey,
        "question": given["question"],
    }


def _locked(line: HeardLine) -> HeardLine:
    rows = HeardLine.objects.in_scope(line.scope).select_for_update(of=("self",))
    return rows.select_related("scope", "survey").get(pk=line.pk)


def _told(line: HeardLine, by: Person, verb: str, changes: dict[str, Any]) -> None:
    journal.record(by=by, verb=verb, target=journal.target_of(line), changes=changes, scope=line.scope)
