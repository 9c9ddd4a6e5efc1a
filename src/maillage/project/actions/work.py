"""Actions of a project: who leads them, their steps, their money, their proofs, their meetings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.care import api as care
from maillage.directory import api as directory
from maillage.exchange import api as exchange
from maillage.kernel import access, clock
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Permission
from maillage.kernel.writes import made_before, same_write
from maillage.project.actions.writing import (
    edited,
    edited_action,
    edited_project,
    locked_action,
    record,
    required,
)
from maillage.project.models import (
    Action,
    ActionEvidence,
    ActionFile,
    ActionMeeting,
    BudgetLine,
    Objective,
    Step,
)
from maillage.project.queries.spending import keeps_accounts
from maillage.project.rules.actions import ActionState, MoneySource
from maillage.project.rules.missions import Mission

Lead = Person | directory.Professional | None
_https = URLValidator(schemes=["https", "http"])
#: The length of the topic that an action puts on the agenda, in minutes.
TOPIC_MINUTES = 15
#: How long before its day a step waits in the inbox of who carries it.
AHEAD = timedelta(days=14)


def lead_columns(lead: Lead) -> dict[str, Any]:
    """Return the columns of a row of `Led` that name who carries it."""
    return {
        "professional": lead if isinstance(lead, directory.Professional) else None,
        "person": lead if isinstance(lead, Person) else None,
    }


@transaction.atomic
def add_action(
    *,
    by: Person,
    objective: Objective,
    title: str,
    starts_on: date,
    key: str,
    mission: Mission | None = None,
    lead: Lead = None,
    **values: Any,
) -> Action:
    """Add an action to an objective, of its mission unless another is said; `values` as `change_action`.

    The same `key` is the same one. Raises PermissionDenied, ValidationError.
    """
    project = edited_project(by, objective.project)
    known = made_before(Action, by=by, key=key)
    if known is not None:
        typed = {
            **_values(title=title, starts_on=starts_on, **values), **lead_columns(lead),
            "mission": (mission or objective.of_mission).value,
        }  # fmt: skip
        is_same = all(getattr(known, name) == one for name, one in typed.items())
        return same_write(known, is_same=is_same and known.objective_id == objective.pk)
    own = Objective.objects.of(project).filter(pk=objective.pk, withdrawn_at=None).first()
    if own is None:
        raise ValidationError({"objective": _("Cet objectif a été retiré du projet.")})
    said = _values(title=title, starts_on=starts_on, **values)
    made = Action.objects.create(
        project=project, objective=own, mission=(mission or own.of_mission).value, by=by, key=key,
        **lead_columns(lead), **said,
    )  # fmt: skip
    record(by, "action_added", made, {"title": [None, made.title]}, project.territory.scope)
    return made


@transaction.atomic
def change_action(
    *,
    by: Person,
    action: Action,
    base: int,
    title: str,
    starts_on: date,
    mission: Mission | None = None,
    objective: Objective | None = None,
    **values: Any,
) -> Action:
    """Change an action read as version `base`: texts, days, effect expected. Raises as `add_action`."""
    row = edited_action(by, action)
    said = _values(title=title, starts_on=starts_on, **values)
    if mission is not None:
        said["mission"] = mission.value
    if objective is not None:
        if objective.project_id != row.project_id:
            raise ValidationError({"objective": _("Cet objectif est d’un autre projet.")})
        said["objective"] = objective
    if changes := edited(row, base, said):
        record(by, "action_changed", row, changes, row.project.territory.scope)
    return row


def _values(
    *,
    title: str,
    starts_on: date,
    ends_on: date | None = None,
    said: str = "",
    partners: str = "",
    indicator: str = "",
    indicator_unit: str = "",
    reference: Decimal | None = None,
    target: Decimal | None = None,
    target_on: date | None = None,
) -> dict[str, Any]:
    """Return the columns of an action. Raises ValidationError, field by field."""
    if ends_on is not None and ends_on < starts_on:
        raise ValidationError({"ends_on": _("L’action finit après avoir commencé.")})
    if not indicator.strip() and (target is not None or reference is not None):
        raise ValidationError({"indicator": _("Dites de quel indicateur ces valeurs sont.")})
    if target is not None and target_on is None:
        raise ValidationError({"target_on": _("Dites pour quel jour cette cible est fixée.")})
    return {
        "title": required(title, "title"), "starts_on": starts_on, "ends_on": ends_on, "said": said.strip(),
        "partners": partners.strip(), "indicator": indicator.strip(),
        "indicator_unit": indicator_unit.strip(), "reference": reference, "target": target,
        "target_on": target_on,
    }  # fmt: skip


@transaction.atomic
def give_action(*, by: Person, action: Action, lead: Lead) -> Action:
    """Say who leads an action; the same again changes nothing. Raises PermissionDenied, ValidationError."""
    edited_project(by, action.project)
    row = locked_action(action)
    before = row.lead
    if before == lead:
        return row
    for name, value in lead_columns(lead).items():
        setattr(row, name, value)
    row.version += 1
    row.save(update_fields=["professional", "person", "version"])
    record(by, "action_given", row, {"version": [row.version - 1, row.version]}, row.project.territory.scope)
    return row


@transaction.atomic
def move_action(*, by: Person, action: Action, base: int, state: ActionState, outcome: str = "") -> Action:
    """Say where an action stands and what was done. Raises as `change_action`."""
    row = edited_action(by, action)
    if state in {ActionState.DONE, ActionState.DROPPED} and not outcome.strip():
        raise ValidationError({"outcome": _("Dites ce qui a été fait, ou pourquoi l’action s’arrête.")})
    if changes := edited(row, base, {"state": state.value, "outcome": outcome.strip()}):
        record(by, "action_moved", row, changes, row.project.territory.scope)
    return row


@transaction.atomic
def add_step(*, by: Person, action: Action, title: str, due_on: date, key: str, lead: Lead = None) -> Step:
    """Add a step to an action. Raises PermissionDenied, ValidationError."""
    row = edited_action(by, action)
    known = made_before(Step, by=by, key=key)
    if known is not None:
        typed = {"action_id": row.pk, "title": title.strip(), "due_on": due_on, **lead_columns(lead)}
        return same_write(known, is_same=all(getattr(known, name) == one for name, one in typed.items()))
    made = Step.objects.create(
        action=row, title=required(title, "title"), due_on=due_on, shows_on=due_on - AHEAD, by=by, key=key,
        **lead_columns(lead),
    )  # fmt: skip
    record(by, "step_added", made, {"due_on": [None, due_on]}, row.project.territory.scope)
    return made


@transaction.atomic
def note_step(*, by: Person, step: Step, done_on: date | None) -> Step:
    """Note that a step is done on a day, or not done after all (None); again, nothing changes.

    By whoever writes the project, who leads the action, or whose step it is. Raises PermissionDenied,
    ValidationError.
    """
    row = _locked_step(by, step)
    if row.done_on == done_on:
        return row
    if done_on is not None and done_on > clock.today(row.action.project.territory.scope):
        raise ValidationError({"done_on": _("Ce jour est à venir : notez l’étape quand elle sera faite.")})
    before = row.done_on
    row.done_on, row.done_by = done_on, by if done_on is not None else None
    row.save(update_fields=["done_on", "done_by"])
    record(by, "step_noted", row, {"done_on": [before, done_on]}, row.action.project.territory.scope)
    return row


@transaction.atomic
def move_step(*, by: Person, step: Step, due_on: date) -> Step:
    """Give a step another day; the same changes nothing. Raises as `note_step`."""
    row = _locked_step(by, step)
    before = row.due_on
    if before != due_on:
        row.due_on, row.shows_on = due_on, due_on - AHEAD
        row.save(update_fields=["due_on", "shows_on"])
        record(by, "step_moved", row, {"due_on": [before, due_on]}, row.action.project.territory.scope)
    return row


@transaction.atomic
def withdraw_step(*, by: Person, step: Step) -> Step:
    """Take a step out of an action; again, nothing changes. Raises as `note_step`."""
    row = _locked_step(by, step)
    if row.withdrawn_at is None:
        row.withdrawn_at = timezone.now()
        row.save(update_fields=["withdrawn_at"])
        record(by, "step_withdrawn", row, {}, row.action.project.territory.scope)
    return row


def _locked_step(by: Person, step: Step) -> Step:
    action = locked_action(step.action)
    row = (
        Step.objects.of_action(action)
        .select_related("action__project__territory__scope", "professional")
        .select_for_update(of=("self",))
        .get(pk=step.pk)
    )
    scope = action.project.territory.scope
    if not access.may(by, Permission.EDIT_PROJECT, scope):
        access.require(by, Permission.VIEW_PROJECT, scope)
        if not action.is_of(by) and not row.is_of(by):
            raise PermissionDenied(
                _("Seules la coordination et la personne qui pilote cette action peuvent le faire.")
            )
    return row


@transaction.atomic
def add_money(
    *,
    by: Person,
    action: Action,
    source: MoneySource,
    label: str,
    asked: Decimal,
    key: str,
    granted: Decimal | None = None,
    spent: Decimal = Decimal(0),
) -> BudgetLine:
    """Add a line to the budget of an action, in €, for whoever writes the project. Raises as `add_action`."""
    project = edited_project(by, action.project)
    known = made_before(BudgetLine, by=by, key=key)
    if known is not None:
        kept = (known.action_id, known.source, known.label, known.asked, known.granted, known.spent)
        typed = (action.pk, source.value, label.strip(), asked, granted, spent)
        return same_write(known, is_same=kept == typed)
    _require_positive(asked=asked, granted=granted, spent=spent)
    _require_declared(project.territory.scope, Decimal(0), spent)
    made = BudgetLine.objects.create(
        action=locked_action(action), source=source.value, label=required(label, "label"), asked=asked,
        granted=granted, spent=spent, by=by, key=key,
    )  # fmt: skip
    changes = {"asked": [None, asked], "granted": [None, granted], "spent": [None, spent]}
    record(by, "money_added", made, changes, project.territory.scope)
    return made


@transaction.atomic
def change_money(
    *, by: Person, line: BudgetLine, base: int, asked: Decimal, granted: Decimal | None, spent: Decimal
) -> BudgetLine:
    """Change the amounts of a line read as version `base`. Raises as `change_action`."""
    project = edited_project(by, line.action.project)
    _require_positive(asked=asked, granted=granted, spent=spent)
    row = BudgetLine.objects.of(project).select_for_update(of=("self",)).get(pk=line.pk)
    _require_declared(project.territory.scope, row.spent, spent)
    if changes := edited(row, base, {"asked": asked, "granted": granted, "spent": spent}):
        record(by, "money_changed", row, changes, project.territory.scope)
    return row


def _require_declared(place: Scope, before: Decimal, spent: Decimal) -> None:
    """Raise ValidationError where what is spent is declared, and the accounts of the territory have it."""
    if spent != before and keeps_accounts(place):
        raise ValidationError(
            {"spent": _("Les dépenses se lisent dans les comptes : passez-y l’écriture, au nom de l’action.")}
        )


def _require_positive(**amounts: Decimal | None) -> None:
    wrong = {name: _("Ce montant est négatif.") for name, one in amounts.items() if one and one < 0}
    if wrong:
        raise ValidationError(wrong)


@transaction.atomic
def add_evidence(
    *,
    by: Person,
    action: Action,
    on: date,
    label: str,
    key: str,
    url: str = "",
    files: Sequence[exchange.TakenFile] = (),
) -> ActionEvidence:
    """Keep a dated proof of what an action did: documents, or an address. Raises as `change_action`."""
    row = edited_action(by, action)
    known = made_before(ActionEvidence, by=by, key=key)
    if known is not None:
        kept = (known.action_id, known.on, known.label, known.url)
        is_same = kept == (row.pk, on, label.strip(), url.strip())
        documents = ActionFile.objects.of_action(row).filter(evidence=known)
        return same_write(known, is_same=is_same and exchange.are_files_kept(documents, files))
    if on > clock.today(row.project.territory.scope):
        raise ValidationError({"on": _("Ce jour est à venir : une preuve est datée de ce qui a eu lieu.")})
    if not url.strip() and not files:
        raise ValidationError({"url": _("Donnez une adresse, ou joignez un document.")})
    if url.strip():
        try:
            _https(url.strip())
        except ValidationError as error:
            raise ValidationError(
                {"url": _("Cette adresse commence par https:// et mène à une page.")}
            ) from error
    made = ActionEvidence.objects.create(
        action=row, on=on, label=required(label, "label"), url=url.strip(), by=by, key=key
    )
    ActionFile.objects.bulk_create(
        ActionFile(evidence=made, position=place, **one.columns) for place, one in enumerate(files, start=1)
    )
    record(by, "evidence_added", made, {"on": [None, on]}, row.project.territory.scope)
    return made


@transaction.atomic
def call_meeting_for(
    *,
    by: Person,
    action: Action,
    starts_at: datetime,
    length: int,
    key: str,
    place: str = "",
    video_url: str = "",
) -> care.Meeting:
    """Call a meeting of coordination about an action: its title on the agenda, who carries it invited.

    The same `key` is the same meeting. Raises PermissionDenied, ValidationError as `care.call_meeting`.
    """
    row = edited_action(by, action)
    scope = row.project.territory.scope
    meeting = care.call_meeting(
        by=by, scope=scope, kind=care.MeetingKind.COORDINATION, starts_at=starts_at, length=length, key=key,
        place=place, video_url=video_url,
    )  # fmt: skip
    if ActionMeeting.objects.of_action(row).filter(meeting=meeting).exists():
        return meeting
    subject = _("Projet de santé : {title}").format(title=row.title)
    care.add_topic(
        by=by,
        meeting=meeting,
        subject=subject[:300],
        length=min(TOPIC_MINUTES, length),
        key=f"{key[:56]}-topic",
    )
    for who in _carriers(row):
        if who != by and getattr(who, "account", None) != by:
            care.invite_to_meeting(by=by, meeting=meeting, who=who)
    made = ActionMeeting.objects.create(action=row, meeting=meeting, by=by)
    record(by, "meeting_called", made, {}, scope)
    return meeting


def _carriers(action: Action) -> list[Person | directory.Professional]:
    """Return who leads an action and whose its steps are, each once."""
    steps = (
        Step.objects.of_action(action)
        .filter(withdrawn_at=None)
        .select_related("person", "professional__account")
    )
    found = [action.lead, *(one.lead for one in steps)]
    return list(dict.fromkeys(one for one in found if one is not None))
