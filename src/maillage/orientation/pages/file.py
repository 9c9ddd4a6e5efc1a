"""The middle and the right of the screen: one request, its questions, its proposals, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda.api import Commitment
from maillage.kernel import formats
from maillage.kernel.models import Person
from maillage.kernel.phones import written_phone
from maillage.orientation import api
from maillage.orientation.models import Decision, Proposal, Request
from maillage.orientation.models.closing import DECISION_LABELS, OUTCOME_LABELS
from maillage.orientation.pages import criteria, endings, presenters, wording
from maillage.orientation.pages.presenters import Mark, Proposals, RequestView, Told
from maillage.orientation.pages.safety import safety_view
from maillage.orientation.rules.services import TO_CHECK
from maillage.orientation.rules.vocabulary import DecisionKind, ProposalKind, ProposalState, State, Why

_DECIDING = frozenset({State.IN_HAND, State.PROPOSED})


def request_view(file: api.RequestFile, viewer: Person, motives: Mapping[str, str]) -> RequestView:
    """Return the request as its owner, or another regulator, sees it now."""
    request, now = file.request, timezone.now()
    holder = request.lock_holder(now)
    is_mine = holder is not None and holder.pk == viewer.pk
    locked_by = holder.get_full_name() if holder is not None and not is_mine else ""
    safety = safety_view(file.clearance, motives.get(request.motive) or _("motif inconnu"))
    state = State(request.state)
    may_act = request.is_open and not locked_by and state is not State.NEW
    may_describe = may_act and state in _DECIDING
    may_decide = may_describe and not safety.to_15
    heading = presenters.title(request, motives)
    return RequestView(
        pk=request.pk,
        title=heading,
        since=request.called_at,
        age=presenters.age(request.called_at, now),
        marks=_marks(request, file.closures),
        facts=presenters.facts(request),
        locked_by=locked_by,
        is_mine=is_mine,
        is_open=request.is_open,
        is_transferred=state is State.TRANSFERRED,
        safety=safety,
        has_patient=request.patient_id is not None,
        is_incomplete=request.patient_id is None or request.commune_id is None,
        may_take=request.is_open and not locked_by and not is_mine,
        may_act=may_act,
        may_describe=may_describe,
        may_answer=may_describe,
        may_search=may_describe and safety.is_cleared,
        may_book=may_decide,
        may_decide=may_decide,
        transmission=presenters.transmission(request, heading, safety.flags),
        state=request.state,
        outcomes=presenters.outcome_buttons(request, OUTCOME_LABELS) if may_act else [],
        endings=endings.buttons(request) if may_act else [],
        duplicates=endings.duplicates(request, viewer, motives) if may_act else [],
        correction=endings.correction(
            request, file.closures[-1] if file.closures else None, viewer, desk=True
        ),
        history=_history(file),
    )


def proposals_view(file: api.RequestFile, viewer: Person) -> Proposals:
    """Return what may be proposed, and what was decided."""
    now = timezone.now()
    is_deciding = State(file.request.state) in _DECIDING and file.clearance.obstacle is None
    if not is_deciding or file.search is None:
        return Proposals(done=_done(file), told=_told(file))
    given = criteria.criteria_of(file.search)
    standing = [one for one in file.proposals if one.state in {ProposalState.OFFERED, ProposalState.HELD}]
    standing.sort(key=lambda one: (one.slot_id is None, one.rank))  # slots, then whom to call
    held = [one for one in standing if one.state == ProposalState.HELD]
    sure = [one for one in standing if not TO_CHECK & {Why(code) for code in one.reasons}]
    best = next((one.pk for one in [*held, *sure]), None)
    on_call = [one.professional_id for one in standing if one.kind == ProposalKind.ON_CALL.value]
    busy = api.consulting_at(by=viewer, scope=file.request.scope, professionals=on_call, at=now)
    return Proposals(
        cards=[
            presenters.card(
                one,
                [*wording.reasons_of(one.reasons), *_elsewhere(one, busy)],
                now,
                is_best=one.pk == best,
                place_in_list=place,
            )
            for place, one in enumerate(standing, start=1)
        ],
        active=criteria.active(file.request, given),
        wider=criteria.wider(file.search.widen, given),
        was_searched=True,
    )


def _elsewhere(proposal: Proposal, busy: Mapping[int, Commitment]) -> list[str]:
    """Warn of a doctor on call who consults at that hour; a doctor's own slot says nothing of the kind."""
    kept = busy.get(proposal.professional_id or 0)
    if kept is None or proposal.kind != ProposalKind.ON_CALL.value:
        return []
    until = formats.time_short(timezone.localtime(kept.ends_at))
    return [_("mais consulte à {place} jusqu’à {until}").format(place=kept.place, until=until)]


def _marks(request: Request, closures: list[api.Closure]) -> list[Mark]:
    marks: list[Mark] = [(request.number, ""), (request.state_label, "")]
    if closures and request.is_open:
        marks.append((endings.returned(closures), "attention"))
    return [*marks, (_("signe d’alerte : 15"), "urgent")] if request.has_red_flag else marks


def _decided(decision: Decision) -> str:
    """Write a decision in one line: what, when, with whom."""
    label = str(DECISION_LABELS[DecisionKind(decision.kind)])
    if decision.appointment is not None:
        slot = decision.appointment.slot
        when = presenters.moment(slot.starts_at, timezone.now())
        return _("{label} {when} chez {who}").format(label=label, when=when, who=slot.agenda)
    who = decision.on_call or decision.sent_to or decision.structure
    return f"{label} · {who}" if who else label


def _done(file: api.RequestFile) -> str:
    return _decided(file.decisions[-1]) if file.decisions else ""


def _told(file: api.RequestFile) -> Told | None:
    """Return what is read out to the person; nothing once the request is closed, or where nobody receives."""
    if not file.decisions or not file.request.is_open:
        return None
    decision = file.decisions[-1]
    what = str(DECISION_LABELS[DecisionKind(decision.kind)])
    if decision.appointment is not None:
        slot = decision.appointment.slot
        professional, schedule = slot.agenda.professional, slot.schedule
        phone = (schedule.place.phone if schedule.place else "") or professional.phone
        when = presenters.moment(slot.starts_at, timezone.now())
        lines = presenters.address(schedule)
        return Told(what, when, professional.name, lines, phone, written_phone(phone))
    who = decision.on_call or decision.sent_to
    if who is None and decision.structure is None:
        return None
    lines = [decision.structure.title] if who is not None and decision.structure is not None else []
    if decision.structure is not None and decision.structure.commune is not None:
        lines.append(decision.structure.commune.name)
    phone = who.phone if who is not None else ""
    name = who.name if who is not None else decision.structure.title
    return Told(what, "", str(name), lines, phone, written_phone(phone))


def _history(file: api.RequestFile) -> list[tuple[datetime, str]]:
    """Return what happened, oldest first, with who did it."""
    request = file.request
    lines = [(request.called_at, _("Appel"))]
    if request.answered_at:
        lines.append(
            (request.answered_at, _("Décroché, {name}").format(name=request.opened_by.get_full_name()))
        )
    lines += [(one.at, f"{_decided(one)} · {one.by.get_full_name()}") for one in file.decisions]
    corrected = {one.corrects_id for one in file.closures}
    lines += [(one.at, endings.written(one, is_corrected=one.pk in corrected)) for one in file.closures]
    for one in file.joined:
        lines.append((one.at, _("Doublon joint : demande {number}").format(number=one.request.number)))
    return sorted(((timezone.localtime(at), what) for at, what in lines), key=lambda line: line[0])
