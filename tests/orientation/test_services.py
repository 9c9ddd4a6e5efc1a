"""Services to call: shown only where the directory says they exist, in reach, open, and for whom."""

from datetime import time, timedelta

import pytest
import time_machine

from maillage.agenda import api as agenda
from maillage.directory.api import (
    Membership,
    OpeningHours,
    PracticePlace,
    Professional,
    ServiceOffer,
    Structure,
    StructureKind,
)
from maillage.kernel.models import Person
from maillage.orientation import api
from maillage.orientation.computations import index
from maillage.orientation.models import Decision, Proposal, Request
from maillage.people.api import Patient
from maillage.territory.api import Commune, Territory
from maillage.territory.models import TravelMatrix
from tests.factories import make_commune, make_patient, make_professional
from tests.orientation.conftest import NOW, Call, Doctor, refused


def make_structure(
    kind: StructureKind, commune: Commune | None, *, phone: str = "", code: str = ""
) -> Structure:
    name = f"{kind.value}-{commune.pk if commune else ''}"
    made = Structure.objects.create(
        id=name, kind=kind.value, name=name, category_code=code, commune=commune, lon=4.0, lat=46.0, count=1,
        source="test", precision="commune",
    )  # fmt: skip
    if phone:
        PracticePlace.objects.create(
            key=name, structure=made, name=name, commune=commune, phone=phone, source="test"
        )
    return made


def make_member(
    structure: Structure, profession: str, motives: list[str], hours: tuple[int, int, int] | None = None
) -> Professional:
    who = make_professional(f"Orchis {structure.pk}", "Anaïs")
    who.phone, who.profession = "01 99 00 55 66", profession
    who.save()
    place = structure.places.first()
    membership = Membership.objects.create(professional=who, structure=structure, place=place, source="test")
    offer = ServiceOffer.objects.create(membership=membership, motives=motives)
    if hours is not None:
        weekday, opens, closes = hours
        OpeningHours.objects.create(
            offer=offer, weekday=weekday, opens_at=time(opens), closes_at=time(closes)
        )
    return who


def proposed(by: Person, request: Request, **criteria: object) -> list[Proposal]:
    search = api.propose(by=by, request=request, criteria=api.Criteria(**criteria))
    return list(Proposal.objects.of_request(request).filter(search=search))


def kinds(by: Person, request: Request, **criteria: object) -> list[str]:
    return [one.kind for one in proposed(by, request, **criteria)]


def test_a_protocol_by_whoever_says_they_follow_it(
    call: Call, regulator: Person, village: Commune, town: Commune, place: Territory
) -> None:
    near, far = make_structure(StructureKind.PHARMACY, village), make_structure(StructureKind.PHARMACY, town)
    pharmacist = make_member(near, "21", ["SNP1"])
    make_member(far, "21", ["SNP4"])  # not of this profession
    woman = make_patient("Saule", place, sex="female")
    found = proposed(regulator, call(motive="M03.05", patient=woman, age_months=30 * 12))
    assert [one.kind for one in found] == ["protocol", "samu"]
    first = found[0]
    assert (first.professional, first.structure, first.protocol) == (pharmacist, near, "SNP1")
    assert (first.phone, first.travel, first.reasons) == ("01 99 00 55 66", 0, ["protocol"])
    assert first.protocol_label.startswith("Pollakiurie")
    man = make_patient("Chêne", place, sex="male")
    assert kinds(regulator, call(motive="M03.05", patient=man)) == ["samu"]
    assert kinds(regulator, call(motive="M03.05", patient=woman, age_months=12 * 12)) == ["samu"]
    assert kinds(regulator, call(motive="M03.05", patient=None)) == ["samu", "protocol"]
    assert kinds(regulator, call(motive="M03.11")) == ["samu"]


def test_a_centre_or_a_duty_house_only_while_open(
    call: Call, regulator: Person, village: Commune, town: Commune, clock: time_machine.Traveller
) -> None:
    centre = make_structure(StructureKind.HEALTH_CENTRE, village, phone="03 99 11 22 33")
    make_member(centre, "10", [], (5, 9, 18))
    house = make_structure(StructureKind.DUTY_HOUSE, town)
    make_member(house, "10", [], (5, 12, 20))
    make_structure(StructureKind.HEALTH_CENTRE, None)
    request = call()
    found = proposed(regulator, request)
    assert [(one.kind, one.structure, one.reasons) for one in found[:2]] == [
        ("centre", centre, ["open_now"]), ("duty_house", house, ["open_now"]),
    ]  # fmt: skip
    assert (found[0].phone, found[1].phone) == ("03 99 11 22 33", "")
    assert 8 < found[1].travel < 16
    assert kinds(regulator, request, max_travel=5) == ["centre", "samu"]
    clock.move_to(NOW + timedelta(hours=5))
    assert kinds(regulator, request) == ["duty_house", "samu"]


def test_a_bed_and_care_at_home_are_asked_for_by_a_professional(
    call: Call, regulator: Person, village: Commune, town: Commune
) -> None:
    make_structure(StructureKind.LOCAL_HOSPITAL, village)
    make_structure(StructureKind.HOSPITAL, town, code="106")
    make_structure(StructureKind.HOSPITAL, village, code="355")
    make_structure(StructureKind.HAD, town)
    assert kinds(regulator, call()) == ["samu"]
    asked = call(caller_kind="MED")
    assert kinds(regulator, asked) == ["hospital", "hospital", "had", "samu"]


def at_the_ehpad(call: Call, regulator: Person) -> Request:
    request = call()
    Request.objects.keyed(request.pk).update(origin="ehpad")
    return Request.objects.keyed(request.pk).get()


def test_what_may_come_to_the_ehpad(
    call: Call, regulator: Person, village: Commune, town: Commune, make_doctor: Doctor
) -> None:
    home = make_structure(StructureKind.EHPAD, village)
    make_structure(StructureKind.MOBILE_TEAM, town)
    doctor = make_doctor("Aubépine")
    agenda.Slot.objects.update(kind=agenda.Kind.TELE.value)
    assert kinds(regulator, at_the_ehpad(call, regulator)) == ["mobile_team", "samu"]
    make_member(home, "60", [])
    index.forget()
    request = at_the_ehpad(call, regulator)
    found = proposed(regulator, request)
    assert [one.kind for one in found] == ["ehpad_tele", "mobile_team", "samu"]
    assert (found[0].professional, found[0].structure, found[0].travel) == (doctor, home, None)
    assert api.hold_and_book(by=regulator, proposal=found[0], key="k").appointment.slot == found[0].slot
    assert kinds(regulator, at_the_ehpad(call, regulator), remote=True)[0] == "slot"
    assert kinds(regulator, call()) == ["samu"]


def test_a_service_is_accepted_by_phone_or_refused(
    call: Call, regulator: Person, village: Commune, town: Commune
) -> None:
    for commune in (village, town):
        centre = make_structure(StructureKind.HEALTH_CENTRE, commune)
        make_member(centre, "10", [], (5, 9, 18))
    pharmacist = make_member(make_structure(StructureKind.PHARMACY, village), "21", ["TROD-A"])
    request = call()
    first, second, samu, protocol = proposed(regulator, request)
    after = api.refuse_proposal(by=regulator, proposal=first, reason=api.RefusalReason.NO_ANSWER)
    assert after.next_best == second
    assert [one.structure for one in proposed(regulator, request)[:1]] == [second.structure]
    refused(
        api.Refusal.PROPOSAL_GONE,
        api.send_outside_slot,
        by=regulator,
        request=request,
        proposal=second,
        key="k",
    )
    other, _samu, kept = Proposal.objects.of_request(request).offered()
    made = api.send_outside_slot(by=regulator, request=request, proposal=kept, key="k")
    assert (made.kind, made.sent_to, made.proposal) == ("protocol", pharmacist, kept)
    states = dict(Proposal.objects.of_request(request).values_list("pk", "state"))
    assert (states[kept.pk], states[other.pk], states[samu.pk]) == ("accepted", "replaced", "replaced")
    again = call()
    chosen = proposed(regulator, again)[0]
    sent = api.send_outside_slot(by=regulator, request=again, proposal=chosen, key="l")
    assert (sent.kind, sent.structure) == ("outside", chosen.structure)
    assert Decision.objects.of_request(again).count() == 1
    assert protocol.kind == "protocol"


def test_the_vintage_of_a_measured_journey_is_kept(
    call: Call, regulator: Person, village: Commune, town: Commune, make_doctor: Doctor
) -> None:
    import io

    import numpy as np

    payload = io.BytesIO()
    np.savez_compressed(payload, origin=[village.pk], destination=[town.pk], minutes=[21.0])
    TravelMatrix.objects.create(
        provider="Metric-OSRM", vintage="2024", fingerprint="f", pair_count=1, payload=payload.getvalue()
    )
    make_doctor("Aubépine")
    make_doctor("Bruyère", commune=village)
    make_member(make_structure(StructureKind.PHARMACY, town), "21", ["SNP2"])
    found = proposed(regulator, call())
    assert [(one.travel, one.travel_is_estimate, one.travel_source) for one in (*found[:2], found[3])] == [
        (0.0, True, ""), (21.0, False, "Metric-OSRM, 2024"), (21.0, False, "Metric-OSRM, 2024"),
    ]  # fmt: skip


def test_where_somebody_more_is_accepted(
    call: Call, regulator: Person, doctor: Professional, place: Territory, patient: Patient
) -> None:
    request, asked = call(), {"by": regulator, "now": NOW}
    office = agenda.Schedule.objects.get(agenda__professional=doctor)
    agenda.allow_over_capacity(by=None, schedule=office, per_day=2)
    assert api.extra_seats(request, api.Criteria(), **asked) == []
    for slot in agenda.free_slots(regulator, NOW, NOW + timedelta(days=1)):
        agenda.book(by=regulator, slot=slot, patient=patient, key=f"full{slot.pk}")
    (seat,) = api.extra_seats(request, api.Criteria(), **asked)
    assert (seat.slot, seat.left, seat.travel_source) == (office.slots.order_by("starts_at")[0], 2, "")
    assert 8 < seat.travel < 16
    for nothing in (api.Criteria(max_travel=1), api.Criteria(horizon_hours=1), api.Criteria(profession="60")):
        assert api.extra_seats(request, nothing, **asked) == []
    far = make_commune("71003", place=place, lon=6.0)
    office.commune = far
    office.save()
    assert api.extra_seats(request, api.Criteria(), **asked) == []


@pytest.mark.parametrize("motive", ["M02.06", "M03.14", "M03.22", "M06.02"])
def test_without_supply_nothing_is_said(motive: str, call: Call, regulator: Person) -> None:
    assert kinds(regulator, call(motive=motive)) == ["samu"]


def test_a_febrile_child_is_never_sent_to_a_nurse_for_a_sore_throat(
    call: Call, regulator: Person, village: Commune, place: Territory
) -> None:
    nurse = make_member(make_structure(StructureKind.HEALTH_CENTRE, village), "60", ["SNP2"])
    assert kinds(regulator, call(age_months=38)) == ["samu"]
    assert kinds(regulator, call(age_months=51 * 12)) == ["samu"]
    for age, checks in (
        (7 * 12, ["not_established"]), (46 * 12, ["check_age", "not_established"]),
        (None, ["check_age", "not_established"]),
    ):  # fmt: skip
        found = proposed(regulator, call(age_months=age))
        assert [one.kind for one in found] == ["samu", "protocol"], age
        assert (found[1].professional, found[1].reasons) == (nurse, ["protocol", *checks])


def test_what_answers_say_of_a_person_excludes_from_a_protocol(
    call: Call, regulator: Person, village: Commune, place: Territory
) -> None:
    make_member(make_structure(StructureKind.PHARMACY, village), "21", ["SNP1"])
    woman = make_patient("Saule", place, sex="female")
    request = call(motive="M03.05", patient=woman, age_months=30 * 12)
    (sheet,) = api.sheets_for(request.motive)
    asked = {"by": regulator, "request": request, "sheet": sheet}
    for fact, reason in (("fever", "check_fever"), ("pregnant", "check_pregnancy")):
        for answer, awaited in (
            (api.Answer.NO, ["protocol", "samu"]), (api.Answer.YES, ["samu"]),
            (api.Answer.UNKNOWN, ["samu", "protocol"]), (api.Answer.NO, ["protocol", "samu"]),
        ):  # fmt: skip
            assert not api.answer_questions(**asked, answers={fact: answer}).has_red_flag
            found = proposed(regulator, request)
            assert [one.kind for one in found] == awaited, (fact, answer)
            if answer is api.Answer.UNKNOWN:
                assert found[1].reasons == ["protocol", reason]


def test_a_protocol_found_before_the_age_was_known_is_no_door(
    call: Call, regulator: Person, village: Commune
) -> None:
    make_member(make_structure(StructureKind.PHARMACY, village), "21", ["TROD-A"])
    request = call(age_months=30 * 12)
    protocol = proposed(regulator, request)[1]
    api.describe(by=regulator, request=request, values={"age_months": 38})
    asked = {"by": regulator, "request": request}
    refused(api.Refusal.NO_PROTOCOL, api.send_outside_slot, **asked, proposal=protocol, key="k")
    other = {"by": regulator, "request": call(motive="M03.11", age_months=480)}
    refused(api.Refusal.NO_PROTOCOL, api.decide, **other, kind=api.DecisionKind.PROTOCOL)


def test_whoever_follows_a_protocol_says_at_which_age(
    call: Call, regulator: Person, village: Commune, place: Territory
) -> None:
    make_member(make_structure(StructureKind.PHARMACY, village), "21", ["SNP1"])
    ServiceOffer.objects.update(age_min=18)
    woman = make_patient("Saule", place, sex="female")
    asked = {"motive": "M03.05", "patient": woman}
    assert kinds(regulator, call(**asked, age_months=17 * 12)) == ["samu"]
    assert kinds(regulator, call(**asked, age_months=18 * 12)) == ["protocol", "samu"]
