"""Keeping a roster that the engine proposed."""

from __future__ import annotations

import math

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel.models import Person
from maillage.roster.actions.holding import close_overtaken
from maillage.roster.actions.recording import record
from maillage.roster.actions.rights import lock_people, locked, require_manager
from maillage.roster.computations import Proposal, case_of
from maillage.roster.models import Assignment, Solve
from maillage.roster.rules.errors import RosterError
from maillage.roster.rules.vocabulary import Origin
from maillage.roster.rules.workflow import EDITABLE


@transaction.atomic
def keep(*, by: Person, proposal: Proposal) -> Solve:
    """Write what the engine proposed, as it proposed it, with its inputs' hash, parameters and bound.

    The computation takes long and holds no lock: where anything that decides it changed meanwhile, it is
    refused. Raises RosterError then, or where the roster is no longer being made; PermissionDenied.
    """
    roster = locked(proposal.case.roster)
    require_manager(by, roster.sector)
    if roster.step not in EDITABLE:
        raise RosterError(_("Ce tableau est parti au CDOM : un nouveau calcul ne le change plus."))
    lock_people([one.professional_id for one in proposal.case.volunteers])
    if case_of(roster).input_hash != proposal.case.input_hash:
        raise RosterError(_("Quelque chose a changé pendant le calcul : recommencez-le."))
    _write(proposal, by)
    solution = proposal.solution
    solve = Solve.objects.create(
        roster=roster,
        at=timezone.now(),
        by=by,
        parameters=proposal.parameters,
        engine_version=proposal.engine_version,
        input_hash=proposal.case.input_hash,
        method=solution.method,
        objective=solution.score.objective,
        bound=solution.bound if math.isfinite(solution.bound) else None,
        missing=solution.score.missing,
        changes=solution.score.changes,
        seconds=solution.seconds,
        gaps=proposal.gaps,
    )
    changes = {"solve": solve, "missing": solve.missing, "changes": solve.changes}
    record(roster.sector, roster, by=by, verb="roster.solved", changes=changes)
    return solve


def _write(proposal: Proposal, by: Person) -> None:
    """Take away what is no longer held, add what is new; what stays keeps its row, origin and lock."""
    case, wanted = proposal.case, proposal.solution.assignment
    rows = {(one.volunteer_id, one.post_id): one for one in Assignment.objects.filter(post__in=case.posts)}
    held = {
        (volunteer.pk, post.pk)
        for person, volunteer in enumerate(case.volunteers)
        for number, post in enumerate(case.posts)
        if wanted[person, number]
    }
    gone = [one.pk for key, one in rows.items() if key not in held]
    Assignment.objects.filter(pk__in=gone).delete()
    Assignment.objects.bulk_create(
        Assignment(post_id=post, volunteer_id=volunteer, origin=Origin.COMPUTED.value)
        for volunteer, post in sorted(held - rows.keys())
    )
    close_overtaken({post for _volunteer, post in held ^ rows.keys()}, by=by)
