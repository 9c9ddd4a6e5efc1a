"""The search of a médecin traitant (S14): from the request to the declaration, within the doctors' quotas."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from maillage.directory import api as directory
from maillage.kernel.models import Person, Scope
from maillage.people import actions, api, queries
from maillage.people.models import DoctorProposal, ReferringDoctorRequest


@pytest.fixture
def search(patient: api.Patient, coordinator: Person) -> ReferringDoctorRequest:
    """A request whose patient agreed."""
    return api.request_doctor(by=coordinator, patient=patient, criteria=[api.Criterion.ALD], consented=True)


def test_from_request_to_declaration(
    search: ReferringDoctorRequest,
    coordinator: Person,
    physician: Person,
    doctor: directory.Professional,
    scope: Scope,
) -> None:
    assert search.priority == 7  # ALD 4, and 80 or more 3
    api.set_quota(by=physician, doctor=doctor, per_month=1)
    proposal = api.propose(by=coordinator, request=search, doctor=doctor)
    (waiting,) = queries.proposals_to(by=physician, purpose="essai")
    assert waiting == proposal
    api.accept(by=physician, proposal=waiting)
    moved = queries.request_by_key(by=physician, pk=search.pk, purpose="essai")
    api.declare(by=physician, request=moved)
    patient = api.Patient.objects.in_scope(scope).get(pk=search.patient_id)
    assert (moved.state, patient.referring_doctor) == (api.State.DECLARED, doctor)
    assert api.indicators(scope).declared == 1
    assert api.waiting_list(by=coordinator, scope=scope, purpose="essai") == []


def test_a_quota_is_the_doctor_s_own_and_holds(
    search: ReferringDoctorRequest, coordinator: Person, physician: Person, doctor: directory.Professional
) -> None:
    with pytest.raises(ValidationError, match="quota"):
        api.propose(by=coordinator, request=search, doctor=doctor)
    with pytest.raises(PermissionDenied):
        api.set_quota(by=coordinator, doctor=doctor, per_month=3)
    api.set_quota(by=physician, doctor=doctor, per_month=0)
    with pytest.raises(ValidationError, match="atteint"):
        api.propose(by=coordinator, request=search, doctor=doctor)


def test_a_waiting_proposal_uses_the_quota(
    search: ReferringDoctorRequest,
    coordinator: Person,
    physician: Person,
    regulator: Person,
    doctor: directory.Professional,
    scope: Scope,
) -> None:
    api.set_quota(by=physician, doctor=doctor, per_month=1)
    api.propose(by=coordinator, request=search, doctor=doctor)
    other = api.register(by=regulator, scope=scope, values={"birth_name": "Orme"})
    second = api.request_doctor(by=coordinator, patient=other, consented=True)
    with pytest.raises(ValidationError, match="atteint"):
        api.propose(by=coordinator, request=second, doctor=doctor)
    (candidate,) = queries.candidates(scope, set())
    assert (candidate.doctor, candidate.remaining) == (doctor, 0)


def test_a_refusal_is_coded_and_hides_the_patient_again(
    search: ReferringDoctorRequest, coordinator: Person, physician: Person, doctor: directory.Professional
) -> None:
    api.set_quota(by=physician, doctor=doctor, per_month=2)
    proposal = api.propose(by=coordinator, request=search, doctor=doctor)
    api.refuse(by=physician, proposal=proposal, reason=api.Refusal.TOO_FAR)
    assert search.state == api.State.CONSENTED
    with pytest.raises(ReferringDoctorRequest.DoesNotExist):
        queries.request_by_key(by=physician, pk=search.pk, purpose="essai")
    with pytest.raises(api.Patient.DoesNotExist):
        api.patient_file(by=physician, pk=search.patient_id, purpose="essai")
    with pytest.raises(ValidationError, match="déjà refusé"):
        api.propose(by=coordinator, request=search, doctor=doctor)


def test_no_step_is_skipped(patient: api.Patient, coordinator: Person, physician: Person) -> None:
    search = api.request_doctor(by=coordinator, patient=patient)
    with pytest.raises(ValidationError, match="demande reçue"):
        api.declare(by=coordinator, request=search)
    with pytest.raises(ValidationError, match="déjà ouverte"):
        api.request_doctor(by=coordinator, patient=patient)
    with pytest.raises(PermissionDenied):
        api.close(by=physician, request=search, reason=api.Closing.WITHDRAWN)
    api.close(by=coordinator, request=search, reason=api.Closing.FOUND_ALONE)
    assert api.request_doctor(by=coordinator, patient=patient).pk != search.pk


def test_a_step_is_judged_on_the_request_as_it_is_now(
    search: ReferringDoctorRequest, coordinator: Person
) -> None:
    old = queries.request_by_key(by=coordinator, pk=search.pk, purpose="essai")
    api.close(by=coordinator, request=search, reason=api.Closing.MOVED)
    with pytest.raises(ValidationError):
        actions.close(by=coordinator, request=old, reason=api.Closing.MOVED)


def test_closing_takes_the_proposal_back(
    search: ReferringDoctorRequest,
    coordinator: Person,
    physician: Person,
    doctor: directory.Professional,
    scope: Scope,
) -> None:
    api.set_quota(by=physician, doctor=doctor, per_month=1)
    api.propose(by=coordinator, request=search, doctor=doctor)
    api.close(by=coordinator, request=search, reason=api.Closing.UNREACHABLE)
    assert [one.answer for one in DoctorProposal.objects.in_scope(scope)] == ["withdrawn"]
    assert queries.proposals_to(by=physician, purpose="essai") == []


def test_indicators_count_what_is_old_enough(
    patient: api.Patient, scope: Scope, django_assert_num_queries
) -> None:
    now = timezone.now()
    for asked, taken, state in (
        (100, 20, "declared"),
        (95, 60, "declared"),
        (40, None, "closed"),
        (5, 3, "declared"),
    ):
        begun = now - timedelta(days=asked)
        ReferringDoctorRequest.objects.create(
            patient=patient, scope=scope, state=state, requested_at=begun,
            declared_at=begun + timedelta(days=taken) if taken else None,
        )  # fmt: skip
    with django_assert_num_queries(1):
        found = api.indicators(scope)
    assert [(one.days, one.solved, one.total) for one in found.delays] == [(30, 1, 2), (90, 2, 2)]
    assert (found.open, found.declared, found.median_days) == (0, 3, 20)
    assert found.delays[0].share == 0.5


def test_a_proposal_is_answered_once(
    search: ReferringDoctorRequest, coordinator: Person, physician: Person, doctor: directory.Professional
) -> None:
    api.set_quota(by=physician, doctor=doctor, per_month=3)
    first = api.propose(by=coordinator, request=search, doctor=doctor)
    stale = DoctorProposal._base_manager.get(pk=first.pk)  # read by a page before
    api.withdraw_proposal(by=coordinator, proposal=first)
    second = api.propose(by=coordinator, request=search, doctor=doctor)
    for late in (
        lambda: api.accept(by=physician, proposal=stale),
        lambda: api.refuse(by=physician, proposal=stale, reason=api.Refusal.TOO_FAR),
        lambda: api.withdraw_proposal(by=coordinator, proposal=stale),
    ):
        with pytest.raises(ValidationError, match="n’attend plus"):
            late()
    second.refresh_from_db()
    assert second.answer == ""
    assert api.accept(by=physician, proposal=second).doctor == doctor
