"""Mandates of carers: how they are signed, what they open and let do, and how they shrink at once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from maillage.directory.api import Professional
from maillage.exchange.models import Notification
from maillage.kernel import outbox
from maillage.kernel.codes import FIRST_CODE
from maillage.kernel.models import Entry, Person, RoleAssignment, Scope
from maillage.kernel.rules import Role
from maillage.people import api
from maillage.people.actions import carers as actions
from maillage.people.actions import circle as circle_actions
from maillage.people.models import CareLink, Mandate, MandateItem, Patient
from maillage.people.queries import carers, circle
from maillage.people.rules.carers import (
    Gesture,
    Hindrance,
    Relation,
    code_of,
    effective,
    hindrance,
    is_minor,
)
from maillage.people.rules.circle import Part, Reason
from tests.factories import declare_doctor, make_person

NOW = datetime(2026, 3, 14, 13, 0, tzinfo=UTC)
DAUGHTER = actions.Carer("Awa.Melisse@exemple.fr", "Awa", "Mélisse")


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def treated(patient: Patient, doctor: Professional) -> Patient:
    """The patient, with an account and a médecin traitant."""
    declare_doctor(patient, doctor)
    patient.account = make_person("eloise.frene", Role.PATIENT, None)
    patient.save()
    return patient


@pytest.fixture
def own(treated: Patient) -> Person:
    assert treated.account is not None
    return treated.account


def terms(*parts: Part, gestures: tuple[Gesture, ...] = (Gesture.SIGNAL,), days: int = 90) -> actions.Terms:
    until = timezone.now() + timedelta(days=days)
    return actions.Terms(Relation.MOTHER, frozenset(parts), frozenset(gestures), until)


def signed(
    own: Person, patient: Patient, *parts: Part, carer: actions.Carer = DAUGHTER, **said: object
) -> Mandate:
    mandate = actions.ask_mandate(by=own, patient=patient, carer=carer, terms=terms(*parts, **said))
    assert actions.sign_mandate(by=own, mandate=mandate, code=str(actions.code_for(mandate)))
    return Mandate.objects.keyed(mandate.pk).select_related("carer", "patient", "link").get()


def reads(person: Person, patient: Patient) -> set[Part]:
    return {part for part, one in circle.parts_read(person, patient).items() if one.is_allowed}


def item(mandate: Mandate, **word: str) -> MandateItem:
    return MandateItem.objects.of_mandates([mandate]).select_related("mandate").get(**word)


def test_nothing_is_open_before_the_code_of_ones_own_telephone_is_typed(
    treated: Patient, own: Person
) -> None:
    mandate = actions.ask_mandate(by=own, patient=treated, carer=DAUGHTER, terms=terms(Part.APPOINTMENTS))
    carer = mandate.carer
    assert (carer.email, carer.get_full_name()) == ("awa.melisse@exemple.fr", "Awa Mélisse")
    outbox.drain()
    (sent,) = (
        Notification.objects.about([""]) | Notification.objects.filter(template="mandate_code")._scoped()
    )
    assert (sent.channel, sent.person, sent.parameters) == (
        "sms",
        None,
        {"reference": actions.code_for(mandate)},
    )
    assert not actions.sign_mandate(by=own, mandate=mandate, code="123")
    assert reads(carer, treated) == set()
    assert carers.cared_for(carer) == []
    assert actions.sign_mandate(by=own, mandate=mandate, code=f" {actions.code_for(mandate)} ")
    assert reads(carer, treated) == {Part.IDENTITY, Part.APPOINTMENTS}
    assert circle.decision(carer, treated, Part.HEALTH).reason is Reason.NOT_MANDATED
    assert actions.sign_mandate(by=own, mandate=mandate, code="again"), "signed once, it stays so"


def test_a_code_is_tried_a_few_times_in_a_few_minutes_then_another_is_asked_for(
    treated: Patient, own: Person, clock: time_machine.Traveller
) -> None:
    mandate = actions.ask_mandate(by=own, patient=treated, carer=DAUGHTER, terms=terms(Part.PLAN))
    right = str(actions.code_for(mandate))
    for _try in range(5):
        assert not actions.sign_mandate(by=own, mandate=mandate, code="000000")
    with pytest.raises(ValidationError, match="ne vaut plus"):
        actions.sign_mandate(by=own, mandate=mandate, code=right)
    clock.shift(1)
    actions.send_code(by=own, mandate=mandate)
    mandate = Mandate.objects.keyed(mandate.pk).get()
    assert str(actions.code_for(mandate)) != right
    clock.shift(timedelta(minutes=15))
    with pytest.raises(ValidationError, match="ne vaut plus"):
        actions.sign_mandate(by=own, mandate=mandate, code=str(actions.code_for(mandate)))


def test_only_the_person_asks_and_signs(treated: Patient, own: Person, physician: Person) -> None:
    with pytest.raises(PermissionDenied):
        actions.ask_mandate(by=physician, patient=treated, carer=DAUGHTER, terms=terms(Part.PLAN))
    mandate = actions.ask_mandate(by=own, patient=treated, carer=DAUGHTER, terms=terms(Part.PLAN))
    for somebody in (physician, mandate.carer):
        with pytest.raises(PermissionDenied):
            actions.sign_mandate(by=somebody, mandate=mandate, code=str(actions.code_for(mandate)))
        with pytest.raises(PermissionDenied):
            actions.send_code(by=somebody, mandate=mandate)
        with pytest.raises(PermissionDenied):
            actions.revoke_item(by=somebody, item=item(mandate, part="plan"))
    with pytest.raises(PermissionDenied):
        actions.revoke_mandate(by=physician, mandate=mandate)
    actions.revoke_mandate(by=own, mandate=mandate)
    assert not Mandate.objects.of_patient(treated).exists(), "what was never signed leaves nothing"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"phone": ""}, "Aucun mobile"),
        ({"phone": "+33199000001"}, "Aucun mobile"),
        ({"carer_phone": "+33639980001"}, "aussi celui de votre aidant"),
        ({"birth_date": date(2010, 1, 1)}, "mineure"),
        ({"birth_date": None}, "date de naissance"),
    ],
)
def test_who_cannot_sign_on_screen_is_told_why(
    treated: Patient, own: Person, changes: dict[str, object], says: str
) -> None:
    for name, value in changes.items():
        setattr(treated, name, value)
    treated.save()
    with pytest.raises(ValidationError, match=says):
        actions.ask_mandate(by=own, patient=treated, carer=DAUGHTER, terms=terms(Part.PLAN))


def test_a_telephone_of_the_carers_own_file_signs_nothing(
    treated: Patient, own: Person, scope: Scope
) -> None:
    carer = make_person("awa.melisse", Role.CARER, scope)
    Patient.objects.create(
        scope=scope, birth_name="Mélisse", search_name=" melisse", account=carer, phone=treated.phone
    )
    with pytest.raises(ValidationError, match="aussi celui"):
        actions.ask_mandate(
            by=own, patient=treated, carer=actions.Carer(carer.email, "", ""), terms=terms(Part.PLAN)
        )


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"days": -1}, "déjà passée"),
        ({"days": 400}, "un an au plus"),
        ({"gestures": ()}, "au moins une chose"),
    ],
)
def test_a_mandate_says_something_for_a_time(
    treated: Patient, own: Person, asked: dict[str, object], says: str
) -> None:
    with pytest.raises(ValidationError, match=says):
        actions.ask_mandate(by=own, patient=treated, carer=DAUGHTER, terms=terms(**asked))


def test_nobody_gives_a_mandate_to_themself_nor_to_a_closed_account(treated: Patient, own: Person) -> None:
    with pytest.raises(ValidationError, match="la vôtre"):
        actions.ask_mandate(by=own, patient=treated, carer=actions.Carer(own.email, "", ""), terms=terms())
    Person.objects.create_user("parti@exemple.fr", is_active=False)
    with pytest.raises(ValidationError, match="fermé"):
        actions.ask_mandate(
            by=own, patient=treated, carer=actions.Carer("parti@exemple.fr", "", ""), terms=terms()
        )


def test_a_paper_is_recorded_by_the_team_that_saw_it_and_taken_back_by_who_recorded_it(
    treated: Patient, own: Person, physician: Person, coordinator: Person
) -> None:
    said = {"patient": treated, "carer": DAUGHTER, "terms": terms(Part.CIRCLE), "seen_on": NOW.date()}
    for somebody in (coordinator, own):
        with pytest.raises(PermissionDenied):
            actions.record_mandate(by=somebody, **said)
    with pytest.raises(ValidationError, match="à venir"):
        actions.record_mandate(by=physician, **said | {"seen_on": date(2026, 3, 16)})
    with pytest.raises(PermissionDenied):
        actions.record_mandate(by=physician, **said | {"carer": actions.Carer(physician.email, "", "")})
    mandate = actions.record_mandate(by=physician, **said)
    assert (mandate.seen_by, mandate.seen_on) == (physician, NOW.date())
    assert reads(mandate.carer, treated) == {Part.IDENTITY, Part.CIRCLE}
    actions.revoke_item(by=physician, item=item(mandate, part="circle"))
    assert reads(mandate.carer, treated) == {Part.IDENTITY}
    treated.birth_date = date(2012, 1, 1)
    treated.save()
    with pytest.raises(ValidationError, match="mineure"):
        actions.record_mandate(by=physician, **said)


def test_a_part_taken_back_closes_at_once_and_the_identity_closes_all(treated: Patient, own: Person) -> None:
    mandate = signed(
        own, treated, Part.APPOINTMENTS, Part.CIRCLE, gestures=(Gesture.BOOK, Gesture.SPEAK, Gesture.SIGNAL)
    )
    carer = mandate.carer
    assert carers.gestures_of(carer, treated) == {*Gesture}
    actions.revoke_item(by=own, item=item(mandate, part="appointments"))
    assert reads(carer, treated) == {Part.IDENTITY, Part.CIRCLE}
    assert carers.gestures_of(carer, treated) == {Gesture.SPEAK, Gesture.SIGNAL}, (
        "nobody books what is hidden"
    )
    actions.revoke_item(by=own, item=item(mandate, gesture="signal"))
    assert not api.may_for(carer, treated, Gesture.SIGNAL)
    actions.revoke_item(by=own, item=item(mandate, part="identity"))
    assert reads(carer, treated) == set()
    assert circle.decision(carer, treated, Part.CIRCLE).reason is Reason.ENDED
    assert carers.gestures_of(carer, treated) == frozenset()


def test_an_opposition_and_the_end_of_the_role_close_a_mandate_like_its_revocation(
    treated: Patient, own: Person
) -> None:
    mandate = signed(own, treated, Part.APPOINTMENTS)
    carer = mandate.carer
    (opposed,) = circle_actions.oppose(by=own, patient=treated, who=carer)
    assert reads(carer, treated) == set()
    assert not api.may_for(carer, treated, Gesture.SIGNAL)
    assert carers.cared_for(carer) == []
    circle_actions.lift_opposition(by=own, opposition=opposed)
    assert api.may_for(carer, treated, Gesture.SIGNAL)
    RoleAssignment.objects.filter(person=carer).update(withdrawn_at=NOW)
    assert reads(carer, treated) == set()
    assert not api.may_for(carer, treated, Gesture.SIGNAL)


def test_a_mandate_ends_by_itself(treated: Patient, own: Person, clock: time_machine.Traveller) -> None:
    mandate = signed(own, treated, Part.APPOINTMENTS, days=10)
    clock.shift(timedelta(days=10, seconds=-1))
    assert reads(mandate.carer, treated) == {Part.IDENTITY, Part.APPOINTMENTS}
    clock.shift(1)
    assert reads(mandate.carer, treated) == set()
    assert not carers.mandates_of(treated)[0].is_in_force()


def test_the_last_mandate_signed_between_two_people_is_the_only_one(treated: Patient, own: Person) -> None:
    first = signed(own, treated, Part.APPOINTMENTS, Part.HEALTH)
    second = signed(own, treated, Part.APPOINTMENTS)
    assert [one.is_in_force() for one in carers.mandates_of(treated)] == [False, True]
    assert reads(first.carer, treated) == {Part.IDENTITY, Part.APPOINTMENTS}
    actions.revoke_mandate(by=second.carer, mandate=second)
    assert reads(first.carer, treated) == set(), "a carer may give it up"


def test_the_link_of_a_mandate_is_not_ended_by_the_team(
    treated: Patient, own: Person, physician: Person
) -> None:
    mandate = signed(own, treated, Part.APPOINTMENTS)
    link = CareLink.objects.of_patient(treated).get(origin="mandate")
    with pytest.raises(PermissionDenied):
        circle_actions.end_link(by=physician, link=link)
    circle_actions.end_link(by=own, link=link)
    assert reads(mandate.carer, treated) == set()


def test_a_carer_of_several_people_reads_each_by_their_own_mandate(
    treated: Patient, own: Person, scope: Scope
) -> None:
    other = Patient.objects.create(
        scope=scope, birth_name="Orme", search_name=" orme", phone="+33639980009",
        birth_date=date(1950, 1, 1), account=make_person("paul.orme", Role.PATIENT, None),
    )  # fmt: skip
    carer = signed(own, treated, Part.APPOINTMENTS).carer
    signed(other.account, other, Part.SOCIAL, gestures=())
    assert {one.said for one in carers.cared_for(carer)} == {"votre mère"}
    assert len(carers.cared_for(carer)) == 2
    assert reads(carer, other) == {Part.IDENTITY, Part.SOCIAL}
    assert api.cared_for_with(carer, Part.APPOINTMENTS) == {treated.pk: "votre mère"}
    assert api.may_for(carer, treated, Gesture.SIGNAL)
    assert not api.may_for(carer, other, Gesture.SIGNAL)


def test_a_carer_who_is_also_a_professional_keeps_the_two_apart(
    treated: Patient, own: Person, scope: Scope, physician: Person
) -> None:
    """What they may read as a nurse gives their mandate nothing, nor the other way round."""
    nurse = make_person("ines.capucine", Role.NURSE, scope)
    sheet = Professional.objects.create(
        last_name="Capucine", search_name=" capucine", profession="60", account=nurse, source="essai"
    )
    mandate = signed(own, treated, Part.APPOINTMENTS, carer=actions.Carer(nurse.email, "", ""))
    assert reads(nurse, treated) == {Part.IDENTITY, Part.APPOINTMENTS}
    circle_actions.give_consent(by=own, patient=treated, who=sheet, parts=[Part.HEALTH])
    assert Part.HEALTH not in reads(nurse, treated), "a consent to the nurse is none to the carer"
    circle_actions.add_to_circle(
        by=own, patient=treated, who=sheet, origin=circle_actions.Origin.TEAM, role=Role.NURSE
    )
    assert reads(nurse, treated) == set(Part)
    actions.revoke_mandate(by=own, mandate=mandate)
    assert reads(nurse, treated) == set(Part)
    assert not api.may_for(nurse, treated, Gesture.SIGNAL)


def test_the_journal_says_each_step_and_no_part_of_the_file_is_named_in_a_mail(
    treated: Patient, own: Person
) -> None:
    mandate = signed(own, treated, Part.HEALTH, Part.PLAN)
    actions.revoke_item(by=own, item=item(mandate, part="health"))
    actions.revoke_mandate(by=own, mandate=mandate)
    verbs = list(Entry.objects.filter(by=own).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["people.mandate_signed", "people.mandate_reduced", "people.circle_left"]


def test_the_rules_of_a_mandate() -> None:
    today = date(2026, 3, 14)
    assert hindrance(date(2008, 3, 14), today, 18, "+336", {"+337"}) is None
    assert hindrance(date(2008, 3, 15), today, 18, "+336", ()) is Hindrance.MINOR
    assert is_minor(date(2008, 3, 15), today, 18)
    assert not is_minor(None, today, 18)
    assert effective([Gesture.BOOK, Gesture.SIGNAL], [Part.CIRCLE]) == {Gesture.SIGNAL}
    codes = {code_of("secret", number, "2026") for number in range(500)}
    assert all(FIRST_CODE <= code <= 999_999 for code in codes)
    assert len(codes) > 490
