"""Situation reports, the return to normal, and the names erased some days after it."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from maillage.crisis.actions.calls import erase
from maillage.crisis.actions.cells import told, writable, write_line
from maillage.crisis.computations.situations import content_of
from maillage.crisis.models import Cell, Duty, FragilePerson, SituationReport, StructureState, Volunteer
from maillage.crisis.queries.cells import cell_now
from maillage.crisis.rules.vocabulary import Blocker, Note, Post
from maillage.kernel import journal, outbox
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule

#: Handed out when the names of a closed cell are to be erased: `{cell}`.
NAMES_OVER = "crisis.names_over"


@transaction.atomic
def make_report(*, by: Person, cell: Cell, words: str, after: int) -> SituationReport:
    """Keep what a cell knows now as its next report; `after` is the number of the last one that was seen.

    Sent twice, the same report is returned. Raises PermissionDenied; ValidationError where somebody else has
    just made one.
    """
    row = writable(by, cell, Post.DIRECTOR, Post.LOG)
    last = SituationReport.objects.of(row).order_by("number").last()
    number = last.number if last is not None else 0
    said = words.strip()[:2000]
    if last is not None and last.by_id == by.pk and number == after + 1 and last.content["words"] == said:
        return last
    if number != after:
        raise ValidationError(
            _("Un autre point vient d’être fait (n° {number}) : relisez-le avant d’en faire un.").format(
                number=number
            )
        )
    return _keep(by, row, said, last, is_last=False)


@transaction.atomic
def close_cell(*, by: Person, cell: Cell, closing: str, lessons: str = "", handed_to: str = "") -> Cell:
    """Declare the return to normal, with a last report; again, nothing changes.

    The names of the people called are erased after the days of the rule. Raises PermissionDenied;
    ValidationError without words, or while a visit, a request or a call waits for somebody.
    """
    locked = Cell.objects.in_scope(cell.scope).select_for_update().get(pk=cell.pk)
    if not locked.is_open:
        return locked
    row = writable(by, cell, Post.DIRECTOR)
    if not closing.strip():
        raise ValidationError({"closing": _("Dites ce qui permet le retour à la normale.")})
    found = cell_now(row).blockers(handed_to)
    if found:
        raise ValidationError([said_blocker(one) for one in found])
    now = timezone.now()
    row.handed_to = " ".join(handed_to.split())[:200]
    row.closing, row.lessons = closing.strip()[:2000], lessons.strip()[:4000]

    def text() -> str:
        return _("Retour à la normale : {why}").format(why=row.closing)

    write_line(row, Note.DECISION, text, now, by=by)
    last = SituationReport.objects.of(row).order_by("number").last()
    _keep(by, row, row.closing, last, is_last=True)
    row.closed_at, row.closed_by = now, by
    row.save()
    told(row, by, "crisis.cell_closed", {"closed_at": now})
    days: int = rule("crisis.people.kept_days").value
    outbox.publish(
        NAMES_OVER, {"cell": row.pk}, key=f"crisis-names-{row.pk}", not_before=now + timedelta(days=days)
    )
    return row


def said_blocker(one: Blocker) -> str:
    """Return why a cell does not close yet, and what to do."""
    words = {
        Blocker.VISITS: _("Quelqu’un doit encore être vu : notez chaque visite d’abord."),
        Blocker.SUPPLIES: _("Une demande de matériel attend sa réponse : répondez-y d’abord."),
        Blocker.PEOPLE: _("Des personnes restent à appeler : dites qui continue."),
    }
    return words[one]


def _keep(
    by: Person, row: Cell, words: str, last: SituationReport | None, *, is_last: bool
) -> SituationReport:
    with override("fr"):  # as its paper is
        now = cell_now(row, lines=None)
    made = SituationReport.objects.create(
        cell=row,
        number=(last.number if last is not None else 0) + 1,
        by=by,
        at=now.at,
        is_last=is_last,
        # The last report tells the whole story; the others what came since the one before.
        content=content_of(now, last.at if last is not None and not is_last else None, words),
    )
    told(row, by, "crisis.report_made", {"number": made.number})
    return made


@outbox.handles(NAMES_OVER, by_worker=True)
def erase_names(event: outbox.Event) -> None:
    """Erase who was called in a closed cell, who offered to help, and numbers: counts stay in its reports."""
    cell = Cell._base_manager.select_for_update().get(pk=event.payload["cell"])
    keys = list(FragilePerson.objects.of(cell).values_list("pk", flat=True))
    erase(keys)
    volunteers, _kinds = Volunteer.objects.of(cell).delete()
    # Numbers given for the time of the crisis: who held what, and who answered, is kept without them.
    Duty.objects.of(cell).exclude(phone="").update(phone="")
    StructureState._base_manager.filter(asked__cell=cell).exclude(phone="").update(phone="")
    if keys or volunteers:
        changes = {"people": len(keys), "volunteers": volunteers}
        journal.record(
            by=None,
            verb="crisis.names_erased",
            target=journal.target_of(cell),
            changes=changes,
            scope=cell.scope_id,
        )
