"""The middle and the right of the screen: one request, its questions, its proposals, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.agenda.api import Commitment, subject_of
from maillage.exchange.api import MessageState, MessageStatus, message_status
from maillage.kernel import formats
from maillage.kernel.choices import as_choices
from maillage.kernel.contributions import Place, panels_of
from maillage.kernel.models import Person
from maillage.kernel.phones import written_phone
from maillage.orientation import api
from maillage.orientation.actions.appointments import hour_told
from maillage.orientation.models import Decision, Proposal, Request
from maillage.orientation.models.closing import DECISION_LABELS, OUTCOME_LABELS
from maillage.orientation.models.requests import CALLER_LABELS
from maillage.orientation.pages import criteria, endings, presenters, wording
from maillage.orientation.pages.forms import AgreedHourForm
from maillage.orientation.pages.presenters import Mark, Proposals, ReadOut, RequestView
from maillage.orientation.pages.safety import safety_view
from maillage.orientation.rules.services import TO_CHECK
from maillage.orientation.rules.vocabulary import DecisionKind, ProposalKind, ProposalState, State, Why
from maillage.orientation.rules.workflow import AWAITING_OUTCOME, SENT_OUTSIDE, UNDECIDED

_DECIDING = frozenset({State.IN_HAND, State.PROPOSED})


def request_view(file: api.RequestFile, viewer: Person, motives: Mapping[str, str]) -> RequestView:
    """Return the request as its owner, or another regulator, sees it now."""
    request, now = file.request, timezone.now()
    holder = request.lock_holder(now)
    is_own = holder is not None and holder.pk == viewer.pk
    locked_by = holder.get_full_name() if holder is not None and not is_own else ""
    safety = safety_view(file.clearance, motives.get(request.motive) or _("motif inconnu"))
    state = State(request.state)
    may_act = request.is_open and not locked_by and state is not State.NEW
    may_describe = may_act and state in _DECIDING
    may_decide = may_describe and not safety.to_15
    heading, hour = presenters.title(request, motives), _hour(file)
    return RequestView(
        pk=request.pk,
        title=heading,
        since=request.called_at,
        age=presenters.age(request.called_at, now),
        marks=_marks(request, file.closures),
        facts=presenters.facts(request),
        locked_by=locked_by,
        is_own=is_own,
        is_open=request.is_open,
        is_transferred=state is State.TRANSFERRED,
        safety=safety,
        has_patient=request.patient_id is not None,
        has_panels=request.patient_id is not None and bool(panels_of(Place.REQUEST)),
        is_incomplete=request.patient_id is None or request.commune_id is None,
        may_take=request.is_open and not locked_by and not is_own,
        may_act=may_act,
        may_describe=may_describe,
        may_answer=may_describe,
        may_search=may_describe and safety.is_cleared,
        may_book=may_decide,
        may_decide=may_decide,
        transmission=presenters.transmission(request, heading, safety.flags),
        needs_phone=not api.callback_phone(request),
        callers=as_choices(CALLER_LABELS) if not request.caller_kind else [],
        state=request.state,
        outcomes=presenters.outcome_buttons(request, OUTCOME_LABELS, hour) if may_act else [],
        expected=presenters.moment(hour, now) if hour is not None else "",
        endings=endings.buttons(request) if may_act else [],
        may_repeat=may_act and endings.may_repeat(request),
        correction=endings.correction(
            request, file.closures[-1] if file.closures else None, viewer, desk=True
        ),
        history=_history(file),
    )


def _hour(file: api.RequestFile) -> datetime | None:
    """Return the hour that the person was told and that has not come, None where there is none."""
    if not file.decisions or State(file.request.state) not in AWAITING_OUTCOME:
        return None
    hour = hour_told(file.decisions[-1])
    return hour if hour is not None and hour > timezone.now() else None


def proposals_view(file: api.RequestFile, viewer: Person) -> Proposals:
    """Return what may be proposed, and what was decided."""
    now = timezone.now()
    is_deciding = State(file.request.state) in _DECIDING and file.clearance.obstacle is None
    if not is_deciding or file.search is None:
        return Proposals(done=_done(file), told=_told(file))
    given = criteria.criteria_of(file.search)
    still_open = [one for one in file.proposals if _is_open(one, now)]
    still_open.sort(key=lambda one: (one.slot_id is None, one.rank))  # slots, then whom to call
    held = [one for one in still_open if one.state == ProposalState.HELD]
    sure = [one for one in still_open if not TO_CHECK & {Why(code) for code in one.reasons}]
    best = next((one.pk for one in [*held, *sure]), None)
    on_call = [
        one.professional_id
        for one in still_open
        if one.kind == ProposalKind.ON_CALL.value and one.professional_id is not None
    ]
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
            for place, one in enumerate(still_open, start=1)
        ],
        active=criteria.active(file.request, given),
        wider=criteria.wider(file.search.widen, given),
        was_searched=True,
    )


def _is_open(proposal: Proposal, now: datetime) -> bool:
    """Return whether a proposal may still be taken up: a slot whose hour has come is booked no more."""
    if proposal.state == ProposalState.HELD:
        return True
    begun = proposal.slot_id is not None and proposal.starts_at is not None and proposal.starts_at <= now
    return proposal.state == ProposalState.OFFERED and not begun


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
    return [*marks, (presenters.alarm(request), "urgent")] if request.has_red_flag else marks


def _decided(decision: Decision) -> str:
    """Write a decision in one line: what, when, with whom."""
    label = str(DECISION_LABELS[DecisionKind(decision.kind)])
    if decision.appointment is not None:
        slot = decision.appointment.slot
        when = presenters.moment(slot.starts_at, timezone.now())
        return _("{label} {when} chez {who}").format(label=label, when=when, who=slot.agenda)
    who = decision.on_call or decision.sent_to or decision.structure
    if who and decision.agreed_at is not None:
        when = presenters.moment(decision.agreed_at, timezone.now())
        return _("{label} {when} chez {who}").format(label=label, when=when, who=who)
    return f"{label} · {who}" if who else label


def _done(file: api.RequestFile) -> str:
    return _decided(file.decisions[-1]) if file.decisions else ""


def _told(file: api.RequestFile) -> ReadOut | None:
    """Return what is read out to the person; nothing once the request is closed, or where nobody receives."""
    if not file.decisions or not file.request.is_open or State(file.request.state) in UNDECIDED:
        return None
    decision = file.decisions[-1]
    what = str(DECISION_LABELS[DecisionKind(decision.kind)])
    if decision.appointment is not None:
        slot = decision.appointment.slot
        professional, schedule = slot.agenda.professional, slot.schedule
        phone = (schedule.place.phone if schedule.place else "") or professional.phone
        when = presenters.moment(slot.starts_at, timezone.now())
        lines = presenters.address(schedule)
        told = _message(file.request, decision)
        return ReadOut(what, when, professional.name, lines, phone, written_phone(phone), message=told)
    who = decision.on_call or decision.sent_to
    if who is None and decision.structure is None:
        return None
    lines = [decision.structure.title] if who is not None and decision.structure is not None else []
    if decision.structure is not None and decision.structure.commune is not None:
        lines.append(decision.structure.commune.name)
    phone = who.phone if who is not None else ""
    name = who.name if who is not None else decision.structure.title
    when = presenters.moment(decision.agreed_at, timezone.now()) if decision.agreed_at else ""
    return ReadOut(
        what, when, str(name), lines, phone, written_phone(phone),
        message=api.message_of_hour(decision, file.request) or _no_message(),
        hour=AgreedHourForm.of(decision) if State(file.request.state) in SENT_OUTSIDE else None,
    )  # fmt: skip


def _message(request: Request, decision: Decision) -> MessageStatus:
    """Return what became of the message about the appointment of a decision, or that nobody is written to."""
    if request.patient is None or decision.appointment is None:
        return _no_message()
    return message_status(subject=subject_of(decision.appointment), to=request.patient)


def _no_message() -> MessageStatus:
    return MessageStatus(MessageState.NONE, _("Aucun message ne part : dites-le."))


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
