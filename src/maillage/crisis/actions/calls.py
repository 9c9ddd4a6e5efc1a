"""Calling fragile people: their list, whose turn it is, what each call and each visit gave."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.crisis.actions.cells import told, writable, write_line
from maillage.crisis.models import SEEN_LABELS, WHY_LABELS, Call, Cell, FragilePerson, Visit
from maillage.crisis.queries.templates import limits_of
from maillage.crisis.rules.calls import Next, Outcome, Seen, State, Why, after_call, after_visit
from maillage.crisis.rules.lists import Line
from maillage.crisis.rules.vocabulary import Kind, Note, Post
from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.kernel.sourced_rules import rule
from maillage.kernel.writes import made_before, same_write
from maillage.territory.api import at_place, of_place


@transaction.atomic
def add_people(*, by: Person, cell: Cell, people: Sequence[Line], source: str) -> int:
    """Add people to call; return how many are new: somebody of the same name and number is there once.

    `source` says whose list it is. Raises PermissionDenied, ValidationError.
    """
    row = writable(by, cell, Post.DIRECTOR)
    whose = " ".join(source.split())[:160]
    if not whose:
        raise ValidationError({"source": _("Dites d’où vient cette liste : c’est écrit sur chaque fiche.")})
    here = FragilePerson.objects.of(row)
    known = {Line(one.name, one.phone, one.commune).same for one in here}
    new = [one for one in people if one.same not in known]
    now = timezone.now()
    FragilePerson.objects.bulk_create(
        FragilePerson(
            cell=row,
            by=by,
            at=now,
            key=uuid4().hex,
            name=one.name,
            phone=one.phone,
            commune=one.commune,
            address=one.address,
            note=one.note,
            source=whose,
            state=State.TO_CALL,
            call_at=now,
        )
        for one in new
    )
    if new:

        def text() -> str:
            # Not whose list it is: typed, it may name somebody, and a line of the log is never erased.
            words = ngettext(
                "{count} personne à appeler ajoutée.", "{count} personnes à appeler ajoutées.", len(new)
            )
            return words.format(count=formats.number(len(new)))

        write_line(row, Note.FACT, text, now, by=by)
        told(row, by, "crisis.people_added", {"people": len(new)})
    return len(new)


@transaction.atomic
def claim_next(*, by: Person, cell: Cell) -> FragilePerson | None:
    """Give `by` the next person to call, theirs for some minutes; None where nobody is due now.

    Whom they have already comes back first. The reading is recorded. Raises PermissionDenied,
    ValidationError.
    """
    row = writable(by, cell, Post.CALLS)
    now = timezone.now()
    due = FragilePerson.objects.of(row).filter(state=State.TO_CALL, call_at__lte=now)
    mine = due.filter(claimed_by=by, claimed_until__gt=now).order_by("call_at", "pk").first()
    if mine is not None:
        return mine
    # The row of the cell is locked: two who ask at once are given two people.
    found = due.exclude(Q(claimed_until__gt=now) & ~Q(claimed_by=by)).order_by("call_at", "pk").first()
    if found is None:
        return None
    return claim(by=by, person=found, row=row, now=now)


def claim(*, by: Person, person: FragilePerson, row: Cell, now: datetime) -> FragilePerson:
    """Let `by` have somebody for the minutes of the rule, and record that they read it."""
    minutes: int = rule("crisis.calls.limits").value["claim_minutes"]
    person.claimed_by, person.claimed_until = by, now + timedelta(minutes=minutes)
    person.save(update_fields=["claimed_by", "claimed_until"])
    told(row, by, "crisis.person_read", {"fragile": person.pk})
    return person


@transaction.atomic
def release(*, by: Person, cell: Cell) -> None:
    """Give back whom `by` has on the line, uncalled. Raises PermissionDenied, ValidationError."""
    row = writable(by, cell, Post.CALLS)
    FragilePerson.objects.of(row).filter(claimed_by=by).update(claimed_by=None, claimed_until=None)


@transaction.atomic
def note_call(*, by: Person, person: FragilePerson, outcome: Outcome, key: str, said: str = "") -> Call:
    """Note what a call gave, and what follows it; the same `key` again is the same call.

    Somebody else may have them on the line no more: the call is kept all the same, and what it says goes
    first where it worries. A sign of danger is noted even under a key that noted something else. Raises
    PermissionDenied; ValidationError for help asked without words.
    """
    cell = writable(by, person.cell, Post.CALLS)
    row = FragilePerson.objects.of(cell).select_for_update().get(pk=person.pk)
    words = said.strip()[:500]
    known = made_before(Call, by=by, key=key)
    if known is not None and outcome is Outcome.VITAL and known.outcome != Outcome.VITAL:
        # A sign ticked on a form sent already waits for no other form: a call of its own, once.
        key = hashlib.sha256(f"vital:{key}".encode()).hexdigest()
        known = made_before(Call, by=by, key=key)
    if known is not None:
        is_same = (known.person_id, known.outcome, known.said) == (row.pk, outcome, words)
        return same_write(known, is_same=is_same)
    if outcome is Outcome.HELP and not words:
        raise ValidationError({"said": _("Dites de quelle aide il s’agit : quelqu’un va y aller.")})
    now = timezone.now()
    made = Call.objects.create(person=row, by=by, at=now, key=key, outcome=outcome, said=words)
    was = row.state
    if was == State.VISIT and outcome in {Outcome.NO_ANSWER, Outcome.WRONG_NUMBER}:
        following = Next(State.VISIT, None, Why(row.why), row.unanswered + 1)
    elif was == State.VISIT and row.why == Why.HELP and outcome is Outcome.REFUSED:
        # Whoever asked for help and wants no more calls is still waiting for it.
        following = Next(State.VISIT, None, Why.HELP, row.unanswered)
    elif was == State.VISIT and row.why == Why.VITAL and outcome is not Outcome.VITAL:
        # The 15 was called: a quieter call says nothing of how it ended.
        following = Next(State.VISIT, None, Why.VITAL, row.unanswered)
    else:
        limits = limits_of(Kind(cell.kind), cell.at)
        following = after_call(outcome, unanswered=row.unanswered, at=now, limits=limits)
    _follow(row, following, now)
    if outcome is Outcome.VITAL:
        # A sign was heard: whether the 15 was called, the program does not know.
        write_line(cell, Note.REQUEST, lambda: _danger_words(row), now, by=by)
    elif row.state == State.VISIT and was != State.VISIT:
        write_line(cell, Note.REQUEST, lambda: _visit_words(row), now, by=by)
    told(cell, by, "crisis.called", {"fragile": row.pk, "outcome": outcome.value})
    return made


@transaction.atomic
def send_visitor(*, by: Person, person: FragilePerson, who: str) -> FragilePerson:
    """Note who goes and sees somebody. Raises PermissionDenied, ValidationError."""
    cell = writable(by, person.cell, Post.CALLS)
    row = _to_visit(cell, person)
    said = " ".join(who.split())[:160]
    if not said:
        raise ValidationError({"who": _("Dites qui y va.")})
    if row.visit_by != said:
        row.visit_by = said
        row.save(update_fields=["visit_by"])
        told(cell, by, "crisis.visitor_sent", {"fragile": row.pk})
    return row


@transaction.atomic
def note_visit(*, by: Person, person: FragilePerson, seen: Seen, key: str, said: str = "") -> Visit:
    """Note what a visit found; the same `key` again is the same visit.

    Raises PermissionDenied; ValidationError where nobody is to be visited there, or without words where
    somebody else takes care.
    """
    cell = writable(by, person.cell, Post.CALLS)
    words = said.strip()[:500]
    known = made_before(Visit, by=by, key=key)
    if known is not None:
        is_same = (known.person_id, known.seen, known.said) == (person.pk, seen, words)
        return same_write(known, is_same=is_same)
    row = _to_visit(cell, person)
    if seen in {Seen.CARED_FOR, Seen.AWAY} and not words:
        raise ValidationError({"said": _("Dites qui s’en occupe, ou qui l’a jointe.")})
    now = timezone.now()
    made = Visit.objects.create(person=row, by=by, at=now, key=key, seen=seen, said=words)
    limits = limits_of(Kind(cell.kind), cell.at)
    _follow(row, after_visit(seen, why=Why(row.why), unanswered=row.unanswered, at=now, limits=limits), now)

    def text() -> str:
        found = str(SEEN_LABELS[seen]).lower()
        return _("Visite {at_commune} : {found}.").format(at_commune=at_place(row.commune), found=found)

    write_line(cell, Note.FACT, text, now, by=by)
    told(cell, by, "crisis.visited", {"fragile": row.pk, "seen": seen.value})
    return made


@transaction.atomic
def take_off(*, by: Person, person: FragilePerson) -> None:
    """Take somebody off the list, with all that was noted of them, for a mistake or at their demand.

    Raises PermissionDenied; ValidationError where somebody has to go and see them.
    """
    cell = writable(by, person.cell, Post.DIRECTOR)
    row = FragilePerson.objects.of(cell).select_for_update().filter(pk=person.pk).first()
    if row is None:
        return
    if row.state == State.VISIT:
        raise ValidationError(
            _("Quelqu’un doit aller voir cette personne : dites d’abord ce qui est trouvé.")
        )
    told(cell, by, "crisis.person_taken_off", {"fragile": row.pk})
    erase([row.pk])


def erase(keys: Sequence[int]) -> None:
    """Erase people with their calls and visits, in the transaction of who decided it."""
    Call._base_manager.filter(person__in=keys).delete()
    Visit._base_manager.filter(person__in=keys).delete()
    FragilePerson._base_manager.filter(pk__in=keys).delete()


def _danger_words(row: FragilePerson) -> str:
    return _("Un signe grave chez une personne {of_commune} : le 15 d’abord.").format(
        of_commune=of_place(row.commune)
    )


def _visit_words(row: FragilePerson) -> str:
    # The log is read by all who follow the crisis: where, and why, never who.
    why = WHY_LABELS[Why(row.why)]
    return _("Quelqu’un à aller voir {at_commune} : {why}.").format(at_commune=at_place(row.commune), why=why)


def _to_visit(cell: Cell, person: FragilePerson) -> FragilePerson:
    row = FragilePerson.objects.of(cell).select_for_update().get(pk=person.pk)
    if row.state != State.VISIT:
        raise ValidationError(_("Personne n’attend de visite ici : la liste a changé, relisez-la."))
    return row


def _follow(row: FragilePerson, following: Next, now: datetime) -> None:
    if following.state is State.VISIT and row.state != State.VISIT:
        row.visit_since, row.visit_by = now, ""
    elif following.state is not State.VISIT:
        row.visit_since, row.visit_by = None, ""
    elif following.why is Why.VITAL and row.why != Why.VITAL:
        # Whoever was to go went for something else: who directs is asked again, at once.
        row.visit_by = ""
    row.state, row.call_at = following.state.value, following.call_at
    row.why = following.why.value if following.why else ""
    row.unanswered = following.unanswered
    row.claimed_by = row.claimed_until = None
    row.save()
