"""A request goes to the DAC once, is answered, and its outcome always comes back to who asked."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from maillage.kernel.contributions import Leaving
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.people.actions import circle
from maillage.people.api import CareLink, Means, Origin, Part, Patient, decision
from maillage.people.models import CareConsent
from maillage.territory.api import Territory
from maillage.transitions.actions import complex_cases as actions
from maillage.transitions.actions import leaving
from maillage.transitions.models import ComplexCase
from maillage.transitions.queries import complex_cases as queries
from maillage.transitions.rules.complex_cases import Answer, CaseState, PartnerKind, Refusal
from tests.factories import make_patient, make_person
from tests.transitions.conftest import sent


def again(case: ComplexCase) -> ComplexCase:
    return ComplexCase.objects.in_scope(case.scope).get(pk=case.pk)


def verbs(case: ComplexCase) -> list[str]:
    told = Entry.objects.filter(target=f"transitions.complexcase:{case.pk}").order_by("rank")
    return [one.removeprefix("transitions.") for one in told.values_list("verb", flat=True)]


def test_a_case_from_its_sending_to_its_outcome_read(
    case: ComplexCase, nurse: Person, manager: Person, patient: Patient
) -> None:
    assert sent(nurse, patient, asked="autre") == case
    assert not decision(manager, patient, Part.PLAN).is_allowed
    assert actions.acknowledge_case(by=manager, case=case).state == "acknowledged"
    actions.acknowledge_case(by=manager, case=case)
    taken = actions.accept_case(by=manager, case=case)
    assert actions.accept_case(by=manager, case=case).decided_at == taken.decided_at
    assert decision(manager, patient, Part.PLAN).is_allowed
    assert decision(manager, patient, Part.SOCIAL).is_allowed
    assert not decision(manager, patient, Part.HEALTH).is_allowed
    actions.begin_case(by=manager, case=case)
    assert actions.begin_case(by=manager, case=case).state == "under_way"
    assert queries.own_outcomes(nurse) == []
    actions.close_case(by=manager, case=case, outcome="Aides posées")
    assert actions.close_case(by=manager, case=case, outcome="Aides posées").outcome == "Aides posées"
    with pytest.raises(ValidationError, match="déjà close, par Nadia"):
        actions.close_case(by=manager, case=case, outcome="autre")
    assert not decision(manager, patient, Part.PLAN).is_allowed
    assert not CareConsent.objects.of_patient(patient).filter(until=None).exists()
    assert queries.own_outcomes(nurse) == [case]
    read = actions.note_outcome_read(by=nurse, case=case)
    assert actions.note_outcome_read(by=nurse, case=case).told_at == read.told_at
    assert queries.own_outcomes(nurse) == []
    assert verbs(case) == [
        "case_sent", "case_acknowledged", "case_accepted", "case_begun", "case_closed", "case_outcome_read",
    ]  # fmt: skip
    counts = queries.case_counts(case.scope)
    assert (counts.open, counts.waiting, counts.late, counts.given, counts.returned) == (0, 0, 0, 1, 1)


def test_a_refusal_says_where_else_and_waits_to_be_read(
    case: ComplexCase, nurse: Person, manager: Person
) -> None:
    with pytest.raises(ValidationError, match="vers qui"):
        actions.refuse_case(by=manager, case=case, refusal=Refusal.NOT_COMPLEX, elsewhere=" ")
    row = actions.refuse_case(by=manager, case=case, refusal=Refusal.ELSEWHERE, elsewhere="CMP")
    assert actions.refuse_case(by=manager, case=case, refusal=Refusal.ELSEWHERE, elsewhere="CMP") == row
    with pytest.raises(ValidationError, match="déjà refusée"):
        actions.refuse_case(by=manager, case=case, refusal=Refusal.DECLINED, elsewhere="x")
    assert row.acknowledged_at is not None
    assert row.outcome == "Un autre service suit déjà la personne"
    assert queries.own_outcomes(nurse) == [case]
    with pytest.raises(ValidationError, match="n’est plus possible"):
        actions.accept_case(by=manager, case=case)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"asked": " "}, "Dites ce qui est difficile"),
        ({"grounds": []}, "Dites ce qui est difficile"),
        ({"why": ""}, "Dites ce qui est difficile"),
        ({"consented_on": timezone.localdate() + timedelta(days=2)}, "à venir"),
        ({"means": Means.SPACE}, "de vive voix"),
    ],
)
def test_a_request_without_its_words_or_its_agreement_is_not_sent(
    values: dict[str, object], said: str, nurse: Person, patient: Patient
) -> None:
    with pytest.raises(ValidationError, match=said):
        sent(nurse, patient, **values)


def test_one_request_at_a_time_and_a_key_is_of_one_patient(
    case: ComplexCase, nurse: Person, doctor: Person, place: Territory
) -> None:
    with pytest.raises(ValidationError, match="déjà en cours"):
        sent(nurse, case.patient, key="other")
    with pytest.raises(ValidationError, match="déjà en cours"):
        sent(doctor, case.patient)
    other = make_patient("Orme", place, account=nurse)
    CareLink.objects.create(
        patient=other, professional=nurse.professional, role="nurse", origin="team",
        starts_at=timezone.now() - timedelta(days=1), informed_at=timezone.now(),
    )  # fmt: skip
    other.account = None
    other.save()
    with pytest.raises(ValidationError, match="déjà servi"):
        sent(nurse, other)


def test_who_is_outside_neither_asks_nor_answers(
    case: ComplexCase, patient: Patient, nurse: Person, doctor: Person, place: Territory
) -> None:
    stranger = make_person("ada.loriot", Role.NURSE, place.scope)
    with pytest.raises(PermissionDenied):
        sent(stranger, patient, key="s")
    for deed in (actions.acknowledge_case, actions.accept_case, actions.begin_case):
        for who in (stranger, doctor):
            with pytest.raises(PermissionDenied):
                deed(by=who, case=case)
    with pytest.raises(PermissionDenied):
        actions.withdraw_case(by=stranger, case=case, reason="non")
    with pytest.raises(PermissionDenied):
        actions.note_outcome_read(by=stranger, case=case)


def test_a_dac_of_another_territory_reads_nothing(case: ComplexCase) -> None:
    from tests.factories import make_territory

    far = make_person("zoe.loin", Role.CASE_MANAGER, make_territory().scope)
    assert queries.case_read(far, case.pk) is None
    assert queries.cases_to_end(far) == []
    with pytest.raises(PermissionDenied):
        actions.accept_case(by=far, case=case)


def test_wrong_orders_are_refused_and_change_nothing(
    case: ComplexCase, nurse: Person, manager: Person
) -> None:
    for deed in (
        lambda: actions.begin_case(by=manager, case=case),
        lambda: actions.close_case(by=manager, case=case, outcome="x"),
        lambda: actions.note_outcome_read(by=nurse, case=case),
        lambda: actions.take_over_case(by=manager, case=case),
        lambda: actions.ask_partner(
            by=manager, case=case, key="p", kind=PartnerKind.SOCIAL, partner="CCAS", asked="repas"
        ),
    ):
        with pytest.raises(ValidationError):
            deed()
    assert again(case).state == "sent"


def test_a_second_manager_takes_over_and_the_first_reads_no_more(
    case: ComplexCase, manager: Person, colleague: Person, patient: Patient
) -> None:
    actions.accept_case(by=manager, case=case)
    with pytest.raises(ValidationError, match="Nadia Verveine a déjà pris"):
        actions.accept_case(by=colleague, case=case)
    actions.take_over_case(by=colleague, case=case)
    assert actions.take_over_case(by=colleague, case=case).referent == colleague
    assert not decision(manager, patient, Part.PLAN).is_allowed
    assert decision(colleague, patient, Part.PLAN).is_allowed
    actions.close_case(by=manager, case=case, outcome="fini")  # a colleague of the same DAC
    assert not decision(colleague, patient, Part.PLAN).is_allowed


@pytest.mark.parametrize("has_successor", [True, False])
def test_the_cases_of_who_leaves_go_to_who_takes_over_or_wait(
    has_successor: bool, case: ComplexCase, manager: Person, colleague: Person, patient: Patient
) -> None:
    actions.accept_case(by=manager, case=case)
    assert leaving.count_followed(manager) == 1
    successor = colleague if has_successor else None
    taken = leaving.hand_cases_over(Leaving(manager, case.by, successor, "départ"))
    assert taken == int(has_successor)
    assert again(case).referent == successor
    assert decision(colleague, patient, Part.PLAN).is_allowed is has_successor
    assert not decision(manager, patient, Part.PLAN).is_allowed
    assert actions.take_over_case(by=colleague, case=case).referent == colleague


def test_a_link_that_was_there_before_stays(
    case: ComplexCase, manager: Person, patient: Patient, doctor: Person
) -> None:
    """Who coordinated before keeps their link; what consent the case added ends with it."""
    own = circle.add_to_circle(
        by=doctor, patient=patient, who=manager, origin=Origin.COORDINATION, role=Role.CASE_MANAGER
    )
    circle.give_consent(by=doctor, patient=patient, who=manager, parts=[Part.SOCIAL])
    assert decision(manager, patient, Part.PLAN).reason == "no_consent"  # the link alone opens no plan
    actions.accept_case(by=manager, case=case)
    assert decision(manager, patient, Part.PLAN).is_allowed
    actions.close_case(by=manager, case=case, outcome="fini")
    own.refresh_from_db(from_queryset=CareLink.objects.of_patient(patient))
    assert own.is_in_force()


def test_an_opposition_meanwhile_shuts_the_dac_out_and_the_circle_withdraws(
    case: ComplexCase, nurse: Person, manager: Person, doctor: Person, patient: Patient
) -> None:
    circle.oppose(by=doctor, patient=patient, who=manager, parts=[Part.PLAN])
    assert queries.case_read(manager, case.pk) is None
    assert queries.pending_cases(manager) == []
    with pytest.raises(PermissionDenied):
        actions.accept_case(by=manager, case=case)
    actions.withdraw_case(by=nurse, case=case, reason="La personne ne le veut plus")
    with pytest.raises(ValidationError, match="déjà retirée"):
        actions.withdraw_case(by=nurse, case=case, reason="x")
    assert again(case).state == "withdrawn"


def test_the_patient_takes_their_agreement_back(case: ComplexCase, manager: Person, patient: Patient) -> None:
    actions.accept_case(by=manager, case=case)
    with pytest.raises(ValidationError, match="pourquoi"):
        actions.withdraw_case(by=patient.account, case=case, reason="")
    actions.withdraw_case(by=patient.account, case=case, reason="Je préfère sans")
    assert not decision(manager, patient, Part.PLAN).is_allowed
    read = queries.case_read(manager, case.pk)
    assert read is not None
    assert not read.is_reader


def test_partners_are_asked_once_and_their_answers_are_noted(
    case: ComplexCase, manager: Person, nurse: Person
) -> None:
    actions.accept_case(by=manager, case=case)
    asked = {"case": case, "kind": PartnerKind.SOCIAL, "partner": "CCAS", "asked": "repas"}
    row = actions.ask_partner(by=manager, key="p", **asked)
    assert actions.ask_partner(by=manager, key="p", **asked) == row
    assert row.expected_on is not None
    with pytest.raises(ValidationError, match="passé"):
        actions.ask_partner(
            by=manager, key="q", **asked, expected_on=timezone.localdate() - timedelta(days=3)
        )
    with pytest.raises(ValidationError, match="quel partenaire"):
        actions.ask_partner(by=manager, key="r", **asked | {"partner": " "})
    assert queries.partners_awaited(manager) == [row]
    assert queries.partners_awaited(nurse) == []
    with pytest.raises(ValidationError, match="n’a pas répondu"):
        actions.close_case(by=manager, case=case, outcome="fini")
    with pytest.raises(ValidationError, match="en un mot"):
        actions.note_answer(by=manager, request=row, answer=Answer.NO)
    noted = actions.note_answer(by=manager, request=row, answer=Answer.YES)
    assert actions.note_answer(by=manager, request=row, answer=Answer.YES) == noted
    with pytest.raises(ValidationError, match="déjà noté"):
        actions.note_answer(by=manager, request=row, answer=Answer.NO, said="x")
    with pytest.raises(PermissionDenied):
        actions.note_answer(by=nurse, request=row, answer=Answer.YES)
    assert actions.close_case(by=manager, case=case, outcome="fini").state == CaseState.CLOSED.value


def test_two_managers_with_the_same_page_open_make_one_referent(
    case: ComplexCase, manager: Person, colleague: Person, patient: Patient
) -> None:
    """Both read it as sent: the row is read again, under a lock, by whoever comes second."""
    seen = [ComplexCase.objects.in_scope(case.scope).get(pk=case.pk) for _reader in range(2)]
    actions.accept_case(by=manager, case=seen[0])
    for deed in (actions.accept_case, actions.acknowledge_case):
        if deed is actions.accept_case:
            with pytest.raises(ValidationError, match="Nadia Verveine"):
                deed(by=colleague, case=seen[1])
        else:
            assert deed(by=colleague, case=seen[1]).state == "accepted"
    assert again(case).referent == manager
    assert [decision(one, patient, Part.PLAN).is_allowed for one in (manager, colleague)] == [True, False]
