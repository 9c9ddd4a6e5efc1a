"""Beginning a project, its steps towards the contract, its chapters, the clocks of its missions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from maillage.exchange import api as exchange
from maillage.kernel import clock, formats
from maillage.kernel.models import Person
from maillage.kernel.writes import StaleError, made_before, same_write
from maillage.project.actions.writing import (
    edited,
    edited_project,
    record,
    require_editor,
    required,
)
from maillage.project.models import Chapter, MissionMark, Passage, PassageFile, Project
from maillage.project.rules.chapters import CHAPTERS
from maillage.project.rules.missions import Mission
from maillage.project.rules.states import ProjectKind, ProjectState, Refusal, refusal
from maillage.territory import api as territory


@transaction.atomic
def begin_project(
    *,
    by: Person,
    place: territory.Territory,
    kind: ProjectKind,
    title: str,
    starts_on: date,
    ends_on: date,
    key: str,
    is_demonstration: bool = False,
) -> Project:
    """Begin the project of a territory; the same `key` of `by` again returns the first.

    Raises PermissionDenied, ValidationError (its days; another of the same kind begins that day).
    """
    require_editor(by, place.scope)
    known = made_before(Project, by=by, key=key)
    if known is not None:
        return same_write(known, is_same=_is_begun(known, place, kind, title, starts_on, ends_on))
    if ends_on <= starts_on:
        raise ValidationError({"ends_on": _("Le projet finit après avoir commencé.")})
    made = Project(
        territory=place, kind=kind.value, title=required(title, "title"), starts_on=starts_on,
        ends_on=ends_on, by=by, key=key, is_demonstration=is_demonstration,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        known = made_before(Project, by=by, key=key)
        if known is not None:  # the same, at the same moment
            return known
        raise ValidationError(
            {"starts_on": _("Un projet de cette nature commence déjà ce jour-là sur ce territoire.")}
        ) from error
    record(by, "begun", made, {"kind": [None, kind.value], "starts_on": [None, starts_on]}, place.scope)
    return made


def _is_begun(
    known: Project, place: territory.Territory, kind: ProjectKind, title: str, starts_on: date, ends_on: date
) -> bool:
    kept = (known.territory_id, known.kind, known.title, known.starts_on, known.ends_on)
    return kept == (place.pk, kind.value, title.strip(), starts_on, ends_on)


@transaction.atomic
def change_project(
    *, by: Person, project: Project, base: int, title: str, starts_on: date, ends_on: date
) -> Project:
    """Change the title and the years of a project read as version `base`. Raises as `begin_project`."""
    row = edited_project(by, project)
    if ends_on <= starts_on:
        raise ValidationError({"ends_on": _("Le projet finit après avoir commencé.")})
    values = {"title": required(title, "title"), "starts_on": starts_on, "ends_on": ends_on}
    others = Project.objects.in_scope(row.territory.scope).filter(kind=row.kind, starts_on=starts_on)
    if others.exclude(pk=row.pk).exists():
        raise ValidationError(
            {"starts_on": _("Un projet de cette nature commence déjà ce jour-là sur ce territoire.")}
        )
    if said := edited(row, base, values):
        record(by, "changed", row, said, row.territory.scope)
    return row


@transaction.atomic
def take_step(
    *,
    by: Person,
    project: Project,
    to: ProjectState,
    on: date,
    key: str,
    reference: str = "",
    reason: str = "",
    files: Sequence[exchange.TakenFile] = (),
) -> Passage:
    """Note that a project passed to a state on a day, with its documents; the same `key` is the same step.

    The clocks of the missions run from the day of the contract. Raises PermissionDenied, ValidationError.
    """
    require_editor(by, project.territory.scope)
    known = _step_made(by, project, (to.value, on, reference.strip(), reason.strip()), key, files)
    if known is not None:  # before anything is asked of the project: its last step ended it
        return known
    row = edited_project(by, project)
    known = _step_made(by, project, (to.value, on, reference.strip(), reason.strip()), key, files)
    if known is not None:  # the same, at the same moment
        return known
    last = Passage.objects.of(row).order_by("-on", "-pk").first()
    why = refusal(
        row.stands, to, ProjectKind(row.kind), on=on, last=last.on if last else None,
        today=clock.today(row.territory.scope), reason=reason,
    )  # fmt: skip
    if why is not None:
        raise ValidationError(_refused(why, last))
    made = Passage.objects.create(
        project=row, to=to.value, on=on, reference=reference.strip(), reason=reason.strip(), by=by, key=key
    )
    PassageFile.objects.bulk_create(
        PassageFile(passage=made, position=place, **one.columns) for place, one in enumerate(files, start=1)
    )
    before = row.state
    row.state = to.value
    row.version += 1
    if to is ProjectState.SIGNED:
        row.signed_on = on
    row.save(update_fields=["state", "signed_on", "version"])
    record(by, "passed", row, {"state": [before, to.value]}, row.territory.scope)
    return made


def _step_made(
    by: Person, project: Project, typed: tuple[str, date, str, str], key: str,
    files: Sequence[exchange.TakenFile],
) -> Passage | None:  # fmt: skip
    known = made_before(Passage, by=by, key=key)
    if known is None:
        return None
    kept = (known.project_id, known.to, known.on, known.reference, known.reason)
    documents = PassageFile.objects.of(project).filter(passage=known)
    is_same = kept == (project.pk, *typed) and exchange.are_files_kept(documents, files)
    return same_write(known, is_same=is_same)


def _refused(why: Refusal, last: Passage | None) -> dict[str, str]:

    if why is Refusal.NOT_NEXT:
        return {"to": _("Le projet n’en est plus là : rechargez la page, ses étapes ont changé.")}
    if why is Refusal.TO_COME:
        return {"on": _("Ce jour est à venir : notez l’étape quand elle sera franchie.")}
    if why is Refusal.NO_REASON:
        return {"reason": _("Dites pourquoi : le motif est gardé avec l’étape.")}
    assert last is not None
    return {
        "on": _("L’étape précédente est du {day} : celle-ci ne peut pas la précéder.").format(
            day=formats.date_short(last.on)
        )
    }


@transaction.atomic
def write_chapter(*, by: Person, project: Project, name: str, base: int, text: str) -> Chapter:
    """Write a chapter read as version `base` (0: not yet written). Raises PermissionDenied, ValidationError.

    Raises StaleError, which holds the text that stands, where somebody wrote it meanwhile.
    """
    row = edited_project(by, project)
    if name not in CHAPTERS:
        raise ValidationError(_("Ce chapitre n’est pas connu : rechargez la page."))
    kept = text.strip()
    one = Chapter.objects.of(row).filter(name=name).first()
    if one is None:
        if not kept:
            raise ValidationError({"text": _("Ce texte manque.")})
        one = Chapter.objects.create(project=row, name=name, text=kept, by=by)
    elif one.text == kept:
        return one
    elif one.version != base:
        raise StaleError(one)
    else:
        one.text, one.by, one.version = kept, by, one.version + 1
        one.save(update_fields=["text", "by", "version"])
    record(by, "chapter_written", one, {"version": [base, one.version]}, row.territory.scope)
    return one


@transaction.atomic
def mark_mission(
    *, by: Person, project: Project, mission: Mission, started_on: date | None, deployed_on: date | None
) -> MissionMark:
    """Note when a mission started and was fully deployed; unchanged, nothing is written.

    Raises PermissionDenied, ValidationError (days to come, or in the wrong order).
    """
    row = edited_project(by, project)
    today = clock.today(row.territory.scope)
    if any(day is not None and day > today for day in (started_on, deployed_on)):
        raise ValidationError(_("Ce jour est à venir : notez-le quand ce sera fait."))
    if deployed_on is not None and (started_on is None or deployed_on < started_on):
        raise ValidationError(_("Une mission est déployée après avoir démarré : donnez les deux jours."))
    one = MissionMark.objects.of(row).filter(mission=mission.value).first()
    before = one.days if one is not None else (None, None)
    if before == (started_on, deployed_on):
        return one or MissionMark(project=row, mission=mission.value, by=by)
    one = one or MissionMark(project=row, mission=mission.value)
    one.started_on, one.deployed_on, one.by = started_on, deployed_on, by
    one.save()
    changes = {"started_on": [before[0], started_on], "deployed_on": [before[1], deployed_on]}
    record(by, "mission_marked", one, changes, row.territory.scope)
    return one
