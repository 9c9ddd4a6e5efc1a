"""One rule, three readers: the decision, the condition of lists and the table never answer otherwise."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from maillage.directory.api import Membership, Professional
from maillage.directory.models import Structure
from maillage.kernel.models import Person, RoleAssignment, Scope
from maillage.kernel.rules import Role
from maillage.people.models import (
    CareConsent,
    CareLink,
    CareOpposition,
    CareRestriction,
    Mandate,
    MandateItem,
    Patient,
    RightsRequest,
    need,
    readable,
    reader_of,
    unopposed,
)
from maillage.people.models import reader as readers
from maillage.people.queries import circle
from maillage.people.rules.circle import Origin, Part, roles_in_need
from tests.factories import make_commune, make_person, make_professional

MEANS = "spoken"
#: The role in which each holder is linked; the staff of a structure act in their own.
ROLES = ("nurse", "physician", "ehpad", "", "carer")


@pytest.fixture
def home(db: None) -> Structure:
    return Structure.objects.create(
        id="ehpad:1", kind="ehpad", name="Les Glycines", search_name=" les glycines", lon=4.0, lat=46.4,
        precision="commune", count=1, source="test", commune=make_commune(),
    )  # fmt: skip


@pytest.fixture
def people(scope: Scope, home: Structure) -> list[Person]:
    """Readers of several shapes: the first four are linked, and those behind them work where they do.

    A nurse, a physician who is a nurse no more, a home's nurse, a carer without a sheet; a midwife and nurse
    of three structures, somebody of the home who has no role, a nurse without a sheet.
    """
    nurse = make_person("ines.capucine", Role.NURSE, scope)
    make_professional("Capucine", "Inès", nurse)
    doctor = make_person("helene.aubepine", Role.PHYSICIAN, scope)
    make_professional("Aubépine", "Hélène", doctor)
    RoleAssignment.objects.create(person=doctor, role="nurse", starts_on="2020-01-01", ends_on="2021-01-01")
    inside = make_person("odile.glycine", Role.EHPAD, scope)
    sheet = make_professional("Glycine", "Odile", inside)
    Membership.objects.create(professional=sheet, structure=home, source="test")
    carer = make_person("awa.melisse", Role.CARER, scope)
    between = make_person("lou.sorbier", Role.MIDWIFE, scope)
    RoleAssignment.objects.create(person=between, role="nurse", starts_on="2020-01-01")
    _works_at(between, home, *(_place(f"msp:{number}") for number in range(2)))
    former = make_person("max.genet", Role.NURSE, scope)
    former.roles.update(withdrawn_at=timezone.now())
    _works_at(former, home)
    return [nurse, doctor, inside, carer, between, former, make_person("ada.loriot", Role.NURSE, scope)]


def _works_at(person: Person, *places: Structure) -> None:
    sheet = make_professional(person.last_name, person.first_name, person)
    for one in places:
        Membership.objects.create(professional=sheet, structure=one, source="test")


def _place(key: str) -> Structure:
    return Structure.objects.create(
        id=key, kind="msp", name=key, search_name=f" {key}", lon=4.0, lat=46.4, precision="commune", count=1,
        source="test", commune=make_commune(f"7110{key[-1]}"),
    )  # fmt: skip


def _holders(people: list[Person], home: Structure) -> list[dict[str, object]]:
    sheets = [{"professional": Professional.objects.get(account=one)} for one in people[:3]]
    return [*sheets, {"structure": home}, {"person": people[3]}]


def _mandate(link: CareLink, carer: Person, opened: dict[Part, dict[str, object]]) -> None:
    mandate = Mandate.objects.create(
        patient=link.patient, carer=carer, relation="mother", until=timezone.now(), signed_by="code",
        recorded_by=carer, signed_at=timezone.now(), link=link,
    )  # fmt: skip
    for part, period in opened.items():
        MandateItem.objects.create(mandate=mandate, part=part, **period)


def _demand(patient: Patient, by: Person) -> RightsRequest:
    return RightsRequest.objects.create(
        patient=patient, right="restriction", means=MEANS, due_on=timezone.localdate(), by=by,
        key=f"k{patient.pk}",
    )  # fmt: skip


def _listed_plainly(person: Person, part: Part) -> set[int]:
    """Return the patients whom the condition finds as Django writes it for this reader alone."""
    who = reader_of(person)
    keys = readers._allowing(who.shape, part, tuple(roles_in_need(part, need(), who.roles)))
    return set(keys.plain(now=timezone.now(), **who.values).values_list("patient", flat=True))


def test_the_three_readers_agree_on_any_circle(scope: Scope, people: list[Person], home: Structure) -> None:
    chance, now = random.Random(20260314), timezone.now()
    holders = _holders(people, home)
    before = [now - timedelta(days=2), now - timedelta(minutes=1), now + timedelta(hours=1)]

    def period() -> dict[str, object]:
        since = chance.choice(before)
        return {"since": since, "until": chance.choice([None, since + timedelta(days=1)])}

    patients = []
    for number in range(60):
        patient = Patient.objects.create(scope=scope, birth_name=f"N{number}", search_name=f" n{number}")
        patients.append(patient)
        for _link in range(chance.randrange(7)):
            said, origin = period(), chance.choice([*Origin][1:])
            place = chance.randrange(len(holders))
            role = chance.choice([ROLES[place], ROLES[place], *ROLES])
            link = CareLink.objects.create(
                patient=patient, origin=origin, role=role, starts_at=said["since"], ends_at=said["until"],
                informed_at=chance.choice([None, now]), **holders[place],
            )  # fmt: skip
            if origin is Origin.MANDATE:
                _mandate(link, people[3], {part: period() for part in chance.sample([*Part], 4)})
        for _consent in range(chance.randrange(3)):
            CareConsent.objects.create(
                patient=patient, part=chance.choice(["", *Part]), means=MEANS, recorded_by=people[0],
                **period(), **chance.choice(holders),
            )  # fmt: skip
        for _opposition in range(chance.randrange(2)):
            CareOpposition.objects.create(
                patient=patient, part=chance.choice(["", *Part]), means=MEANS, recorded_by=people[0],
                in_emergency=chance.choice([True, False]), **period(), **chance.choice([{}, *holders]),
            )  # fmt: skip
        for _restriction in range(chance.random() < 0.25):
            said = period()
            lifted = {"lifted_at": said["since"], "lifted_by": people[0]} if said["until"] else {}
            CareRestriction.objects.create(
                patient=patient, request=_demand(patient, people[0]), part=chance.choice(["", *Part]),
                right=chance.choice(["restriction", "restriction", "opposition"]), **said, **lifted,
            )  # fmt: skip
    patients[7].account = people[3]
    patients[7].save()
    allowed = 0
    for person in people:
        for part in Part:
            listed = set(
                Patient.objects.in_scope(scope).filter(readable(person, part)).values_list("pk", flat=True)
            )
            decided = {one.pk for one in patients if circle.decision(person, one, part).is_allowed}
            assert listed == decided, (person, part)
            own = {patients[7].pk} if person == people[3] else set()
            assert _listed_plainly(person, part) | own == decided
            allowed += len(decided)
    assert 40 < allowed < len(people) * 60 * len(Part) / 2, allowed
    for one in patients:
        alone = {reader.pk: circle.decision(reader, one, Part.PLAN) for reader in people}
        assert circle.decisions_of(people, one, Part.PLAN) == alone
        if one.account is None:
            reading = {who.pk for who, _why in circle.accounts_reading(one, Part.PLAN)}
            assert reading == {pk for pk, why in alone.items() if why.is_allowed}


def test_the_table_says_what_each_reader_is_answered(
    scope: Scope, people: list[Person], home: Structure, patient: Patient
) -> None:
    now = timezone.now()
    sheets = _holders(people, home)
    CareLink.objects.create(patient=patient, origin="team", role="nurse", informed_at=now, **sheets[0])
    CareLink.objects.create(patient=patient, origin="team", role="physician", **sheets[1])
    CareLink.objects.create(patient=patient, origin="residence", informed_at=now, **sheets[3])
    link = CareLink.objects.create(patient=patient, origin="mandate", role="carer", **sheets[4])
    _mandate(link, people[3], {Part.IDENTITY: {"since": now}, Part.SOCIAL: {"since": now}})
    CareConsent.objects.create(patient=patient, part="plan", means=MEANS, recorded_by=people[0], **sheets[4])
    CareOpposition.objects.create(
        patient=patient, part="crisis", means=MEANS, recorded_by=people[0], **sheets[3]
    )
    readers = [people[0], people[1], people[2], people[3]]
    rows = [one for one in circle.matrix(patient) if not one.link.act]
    assert len(rows) == 4
    for reader, row in zip(readers, rows, strict=True):
        assert row.has_account
        assert {part: row.decisions[part].reason for part in Part} == {
            part: circle.decision(reader, patient, part).reason for part in Part
        }


def test_somebody_without_an_account_is_said_so(scope: Scope, patient: Patient) -> None:
    sheet = make_professional("Sorbier", "Ada")
    CareLink.objects.create(patient=patient, origin="team", role="nurse", professional=sheet)
    (row,) = (one for one in circle.matrix(patient) if not one.link.act)
    assert not row.has_account
    assert not any(one.is_allowed for one in row.decisions.values())


def test_what_a_role_needs_may_change_with_its_rule(
    scope: Scope, people: list[Person], patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = Professional.objects.get(account=people[0])
    CareLink.objects.create(
        patient=patient, origin="team", role="nurse", informed_at=timezone.now(), professional=sheet
    )
    here = Patient.objects.in_scope(scope)
    for needed in ({"nurse": [Part.PLAN]}, {"nurse": [Part.HEALTH]}, {}, {"nurse": [Part.PLAN, Part.HEALTH]}):
        monkeypatch.setattr(readers, "need", lambda needed=needed: needed)
        for part in (Part.PLAN, Part.HEALTH):
            assert here.filter(readable(people[0], part)).exists() is (part in needed.get("nurse", []))


def test_an_opposition_keeps_from_each_reader_whom_it_names(
    scope: Scope, people: list[Person], home: Structure
) -> None:
    now, sheets = timezone.now(), _holders(people, home)
    hour = timedelta(hours=1)
    said: list[tuple[dict[str, object], str, dict[str, object], list[int]]] = [
        ({}, "", {"since": now - hour}, [0, 1, 2, 3, 4, 5, 6]),
        ({}, "health", {"since": now - hour, "until": now + hour}, [0, 1, 2, 3, 4, 5, 6]),
        ({}, "plan", {"since": now - hour}, []),
        (sheets[0], "health", {"since": now - hour}, [0]),
        (sheets[3], "", {"since": now - hour}, [2, 4, 5]),
        (sheets[4], "", {"since": now - hour}, [3]),
        (sheets[4], "", {"since": now - hour, "until": now - hour / 2}, []),
        (sheets[4], "", {"since": now + hour}, []),
    ]
    against: dict[int, set[int]] = {place: set() for place in range(len(people))}
    for number, (holder, part, period, places) in enumerate(said):
        patient = Patient.objects.create(scope=scope, birth_name=f"N{number}", search_name=f" n{number}")
        CareOpposition.objects.create(
            patient=patient, part=part, means=MEANS, recorded_by=people[0], **holder, **period
        )
        for place in places:
            against[place].add(patient.pk)
    everybody = set(Patient.objects.in_scope(scope).values_list("pk", flat=True))
    for place, person in enumerate(people):
        left = Patient.objects.in_scope(scope).filter(unopposed(person, Part.HEALTH))
        assert set(left.values_list("pk", flat=True)) == everybody - against[place], person
