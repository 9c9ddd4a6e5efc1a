"""What each step of a question leads to: its row, the link of the expert, who is told, the next deadline."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.kernel import journal, outbox
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, same_write
from maillage.people import api as people
from maillage.telehealth.models import Question, QuestionStep
from maillage.telehealth.queries.questions import accounts_asked
from maillage.telehealth.rules.questions import OPEN, Hurry, State, due_at, may_become

#: Published for the instant before which somebody writes: `{question, due_at}`.
QUESTION_DUE = "telehealth.question_due"
Template = exchange.Template
_VERBS = {
    State.TAKEN: "telehealth.question_taken",
    State.PRECISION: "telehealth.question_precision",
    State.ANSWERED: "telehealth.question_answered",
    State.DECLINED: "telehealth.question_declined",
    State.WITHDRAWN: "telehealth.question_withdrawn",
    State.EXPIRED: "telehealth.question_expired",
}


def locked(question: Question) -> Question:
    """Return the row of a question, locked, with whom it names."""
    rows = Question.objects.keyed(question.pk).select_for_update(of=("self",))
    names = ("patient__scope", "scope", "by", "taken_by__account", "to_professional__account", "to_structure")
    return rows.select_related(*names).get()


def known(by: Person, key: str, question: Question) -> bool:
    """Return whether `by` did this very gesture already. Raises ValidationError where the key did another."""
    step = made_before(QuestionStep, by=by, key=key)
    return step is not None and same_write(True, is_same=step.question_id == question.pk)


def move(
    row: Question, state: State, *, by: Person | None, key: str, text: str = "", **values: Any
) -> Question:
    """Bring a locked question to `state`, with the other columns in `values`, and do all that follows.

    Raises ValidationError where the state cannot follow.
    """
    if not may_become(row.stands, state):
        raise ValidationError(
            _("Cette demande d’avis est {state} : rechargez la page.").format(state=row.get_state_display())
        )
    now, left = timezone.now(), row.state
    for name, value in values.items():
        setattr(row, name, value)
    row.state = state.value
    row.due_at = due_at(state, Hurry(row.hurry), now, rule("telehealth.questions.hours").value)
    if state not in OPEN:
        row.closed_at = now
        row.expert_until = _read_until(state, now)
    row.save()
    note_step(row, by=by, key=key, at=now, text=text)
    record(by, _VERBS[state], row, {"state": [left, state.value]})
    link_expert(by, row)
    plan_deadline(row)
    return row


def note_step(row: Question, *, by: Person | None, key: str, at: datetime, text: str = "") -> None:
    """Keep that a question came to where it stands."""
    QuestionStep.objects.create(question=row, state=row.state, by=by, at=at, key=key, text=text)


def link_expert(by: Person | None, row: Question) -> None:
    """Open, keep or end the link of the expert with the person: the act is the question."""
    expert = row.expert
    people.follow_act(
        by=by,
        act=journal.target_of(row),
        origin=people.Origin.EXPERTISE,
        patient=row.patient,
        who=[(expert, None)] if expert is not None else [],
        until=row.expert_until,
    )


def plan_deadline(row: Question) -> None:
    """Let the worker look at the question again once its hour has passed."""
    if row.due_at is None:
        return
    due = row.due_at.isoformat()
    outbox.publish(
        QUESTION_DUE,
        {"question": row.pk, "due_at": due},
        key=f"question-{row.pk}-{due}",
        not_before=row.due_at,
    )


@outbox.handles(QUESTION_DUE, by_worker=True)
def expire(event: outbox.Event) -> None:
    """Give a question back to whoever asked where nobody wrote in time; once, for the hour that was due."""
    row = locked(Question(pk=event.payload["question"]))
    if row.due_at is None or row.due_at.isoformat() != event.payload["due_at"] or not row.is_late:
        return
    move(row, State.EXPIRED, by=None, key=f"expired-{row.pk}")
    tell_asker(row, Template.ADVICE_RETURNED)


def tell_experts(row: Question, by: Person) -> None:
    """Tell whom it is asked of that an advice is waited for: no word of health, no name of a patient."""
    assert row.due_at is not None
    for one in accounts_asked(row):
        _tell(row, one, Template.ADVICE_ASKED, exchange.Parameters(until=row.due_at), by, "asked")


def tell_expert(row: Question, template: exchange.Template, by: Person) -> None:
    """Tell the one who has it that something came back to them."""
    expert: directory.Professional | None = row.expert
    if expert is not None and expert.account is not None:
        _tell(row, expert.account, template, exchange.Parameters(when=row.at), by, _step_key(row))


def tell_asker(row: Question, template: exchange.Template, by: Person | None = None) -> None:
    """Tell whoever asked that it is theirs again."""
    _tell(row, row.by, template, exchange.Parameters(when=row.at), by, _step_key(row))


def record(by: Person | None, verb: str, row: Question, changes: dict[str, Any]) -> None:
    """Leave a line in the journal about a question."""
    journal.record(by=by, verb=verb, target=journal.target_of(row), changes=changes, scope=row.scope_id)


def _step_key(row: Question) -> str:
    last = QuestionStep.objects.of(row).order_by("pk").last()
    return f"{row.state}-{last.pk if last else 0}"


def _tell(
    row: Question,
    to: Person,
    template: exchange.Template,
    parameters: exchange.Parameters,
    by: Person | None,
    step: str,
) -> None:
    if by is not None and to.pk == by.pk:
        return
    exchange.notify(
        by=by,
        to=to,
        template=template,
        parameters=parameters,
        key=f"question-{row.pk}-{step}-{to.pk}",
        scope=row.scope,
        path=reverse("telehealth:question", args=[row.pk]),
        urgent=row.hurry == Hurry.TODAY.value,
        inbox_only=row.hurry != Hurry.TODAY.value,
        subject=journal.target_of(row),
    )


def _read_until(state: State, now: datetime) -> datetime:
    """Return until when the expert reads what was shared: some days after an answer, else no longer."""
    days = rule("telehealth.questions.read_days").value if state is State.ANSWERED else 0
    return now + timedelta(days=days)
