"""Professionals: demonstration, filters, sheets, imports, merges, requests to owners, welcome."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from maillage.directory import actions, api, queries
from maillage.directory.models import (
    CareUnit,
    CareUnitCommune,
    ConfirmationRequest,
    DirectoryImport,
    FactDate,
    Membership,
    Merge,
    Professional,
    Structure,
    Welcome,
)
from maillage.directory.rules.extractions import Format
from maillage.directory.rules.freshness import Answer, Fact
from maillage.directory.rules.practice import Mode
from maillage.directory.rules.professionals import is_demonstration_rpps
from maillage.directory.rules.structures import StructureKind
from maillage.directory.rules.welcome import Step
from maillage.kernel.models import Entry, Person
from maillage.kernel.names import search_key
from maillage.territory import api as territory
from tests.directory.test_rules import HEADING, annuaire_line, finess_line

NUMBER = "10001234565"
EXTRACTED = date(2026, 1, 5)
ARRIVED = date(2026, 1, 1)


def codes(place: territory.Territory) -> list[str]:
    return territory.member_codes(place)


def test_the_demonstration_is_invented_stable_and_made_once(staffed_valley: territory.Territory) -> None:
    people = list(Professional.objects.order_by("pk"))
    assert len(people) > 50
    assert all(is_demonstration_rpps(one.rpps or "") for one in people if one.profession)
    again = api.create_demonstration_directory(by=None, place=staffed_valley)
    assert again == len(people) == Professional.objects.count()
    assert Structure.objects.filter(origin="demonstration").first() in api.structures_in(
        codes(staffed_valley), every_origin=True
    )
    assert not api.structures_in(codes(staffed_valley)).filter(origin="demonstration").exists()


def test_the_partners_of_the_demonstration_have_their_members(staffed_valley: territory.Territory) -> None:
    partners = {
        StructureKind.CPTS, StructureKind.DAC, StructureKind.ESP, StructureKind.ESS,
        StructureKind.ASSOCIATION, StructureKind.MUNICIPALITY,
    }  # fmt: skip
    shown = list(api.structures_in(codes(staffed_valley), partners, every_origin=True))
    assert {StructureKind(one.kind) for one in shown} == partners
    assert all("(inventé)" in one.title for one in shown)
    members = Membership.objects.filter(structure__in=shown)
    functions = set(members.values_list("function", flat=True))
    assert {"elected", "social", "user", "coordination", "management"} <= functions
    elected = Professional.objects.filter(memberships__function="elected")
    assert elected.count() == shown_of(shown, StructureKind.MUNICIPALITY)
    assert {(one.profession, one.rpps) for one in elected} == {("", None)}
    assert not api.structures_in(codes(staffed_valley), partners).filter(origin="demonstration").exists()


def shown_of(shown: list[Structure], kind: StructureKind) -> int:
    return sum(one.kind == kind for one in shown)


def test_an_older_demonstration_gets_only_the_partners_that_are_missing(
    staffed_valley: territory.Territory,
) -> None:
    gone = Structure.objects.get(id="demonstration:dac:1")
    Membership.objects.filter(structure=gone).delete()
    Professional.objects.filter(memberships=None, profession="").delete()
    gone.delete()
    people, structures = Professional.objects.count(), Structure.objects.count()
    assert api.create_demonstration_directory(by=None, place=staffed_valley) == people + 2
    assert Structure.objects.count() == structures + 1


def test_criteria_narrow_the_list(staffed_valley: territory.Territory, django_assert_num_queries) -> None:
    everybody = queries.professionals_in(codes(staffed_valley))
    doctors = queries.professionals_in(codes(staffed_valley), api.Criteria(professions=("10",)))
    welcoming = queries.professionals_in(
        codes(staffed_valley), api.Criteria(professions=("10",), new_patients=True, sector_one=True)
    )
    assert 0 < welcoming.count() < doctors.count() < everybody.count()
    arabic = queries.professionals_in(codes(staffed_valley), api.Criteria(language="ar"))
    assert all("ar" in one.spoken for one in arabic)
    shown = list(everybody)
    with django_assert_num_queries(2):
        api.memberships_of(shown)


def test_search_ignores_accents_and_case(staffed_valley: territory.Territory) -> None:
    one = Professional.objects.filter(profession="60").first()
    assert one is not None
    one.first_name, one.last_name = "Éloïse", "Ségur"
    one.search_name = search_key("Éloïse", "Ségur")
    one.save()
    assert api.search_professionals("segur ELO") == [one]
    assert api.search_professionals(one.rpps or "") == [one]
    assert api.search_professionals("egur") == []


def test_a_sheet_says_the_mode_of_practice(
    staffed_valley: territory.Territory, django_assert_num_queries
) -> None:
    member = Membership.objects.filter(structure__kind="msp").first()
    assert member is not None
    with django_assert_num_queries(7):
        shown = api.sheet(member.professional_id)
    assert shown.practice.mode is Mode.COORDINATED
    assert len(shown.facts) == len(Fact)


def test_an_import_is_previewed_then_idempotent(
    staffed_valley: territory.Territory, coordinator: Person
) -> None:
    commune = territory.Commune.objects.get(pk=codes(staffed_valley)[0])
    cells = {"Code commune (coord. structure)": commune.code}
    lines = [
        HEADING,
        annuaire_line(**cells, **{"Identifiant PP": NUMBER}),
        annuaire_line(**cells, **{"Identifiant PP": NUMBER, "Code savoir-faire": ""}),
        annuaire_line(**cells, **{"Identifiant PP": "10001234560"}),
    ]
    content = "\n".join(lines).encode()
    before = Professional.objects.count(), Structure.objects.count()
    seen = actions.preview(by=coordinator, format=Format.ANNUAIRE, content=content)
    assert (seen.counts["added"], len(seen.reading.defects)) == (1, 1)
    assert (Professional.objects.count(), Structure.objects.count()) == before

    done = _take_in(coordinator, content)
    assert done.counts["added"] == 1
    assert done.counts["left_out"] == 1
    one = Professional.objects.get(rpps=NUMBER)
    assert (one.specialty, one.memberships.get().structure.kind) == ("SM54", "cabinet")
    assert one in queries.professionals_in(codes(staffed_valley))
    assert _take_in(coordinator, content) == done
    changed = _take_in(coordinator, content + b"\n")
    assert {key: changed.counts[key] for key in ("added", "changed", "unchanged", "memberships")} == {
        "added": 0, "changed": 0, "unchanged": 1, "memberships": 0,
    }  # fmt: skip


def test_an_import_ends_what_is_gone_and_keeps_what_the_owner_said_later(
    staffed_valley: territory.Territory, coordinator: Person
) -> None:
    cells = {"Identifiant PP": NUMBER, "Code commune (coord. structure)": codes(staffed_valley)[0]}
    _take_in(coordinator, "\n".join([HEADING, annuaire_line(**cells)]).encode())
    one = Professional.objects.get(rpps=NUMBER)
    FactDate.objects.filter(professional=one, fact="identity").update(stated_on=EXTRACTED + timedelta(days=9))
    moved = {**cells, "Nom d'exercice": "AUTRE", "Identifiant technique de la structure": "R200"}
    _take_in(coordinator, "\n".join([HEADING, annuaire_line(**moved)]).encode())
    one.refresh_from_db()
    assert one.last_name == "BRUYERE"
    assert one.memberships.filter(ends_on=EXTRACTED).count() == 1
    assert one.memberships.filter(ends_on=None).count() == 1


def test_finess_adds_and_updates_but_leaves_the_pack_alone(
    staffed_valley: territory.Territory, coordinator: Person
) -> None:
    commune = territory.Commune.objects.get(pk=codes(staffed_valley)[0])
    line = finess_line().replace(";230;71;", f";{commune.code[2:]};{commune.code[:2]};")
    options = {"format": Format.FINESS, "file_name": "f.csv", "extracted_on": EXTRACTED}
    done = actions.take_in(by=coordinator, content=line.encode(), **options)
    assert done.counts["added"] == 1
    one = Structure.objects.get(pk="finess:710781089")
    assert (one.kind, one.commune, one.precision) == ("ehpad", commune, "commune")
    renamed = line.replace("LES SAULES", "LES AULNES").encode("cp1252")
    assert actions.take_in(by=coordinator, content=renamed, **options).counts["changed"] == 1
    Structure.objects.filter(pk=one.pk).update(origin="pack")
    again = actions.take_in(by=coordinator, content=line.encode() + b"\n", **options)
    assert again.counts["unchanged"] == 1
    assert DirectoryImport.objects.count() == 3


def test_importing_needs_the_permission(staffed_valley: territory.Territory, patient: Person) -> None:
    with pytest.raises(PermissionDenied):
        actions.preview(by=patient, format=Format.FINESS, content=b"")


def test_a_merge_moves_everything_and_is_undone(doctor: Professional, coordinator: Person) -> None:
    double = Professional.objects.create(
        last_name=doctor.last_name, first_name=doctor.first_name, search_name=doctor.search_name,
        profession="10", phone="+33199000000", source="saisie",
    )  # fmt: skip
    membership = doctor.memberships.get()
    other = Membership.objects.create(
        professional=double, structure=membership.structure, place=membership.place, source="saisie"
    )
    assert (doctor, double) in queries.duplicate_pairs([membership.place.commune_id])
    Professional.objects.filter(pk=doctor.pk).update(phone="")
    done = actions.merge(by=coordinator, kept=doctor, removed=double, reason="Même personne")
    doctor.refresh_from_db()
    assert (doctor.phone, doctor.memberships.count()) == ("+33199000000", 2)
    assert api.sheet(double.pk).professional == doctor
    assert double not in api.search_professionals(double.last_name)
    actions.undo_merge(by=coordinator, merge=done, reason="Deux homonymes")
    doctor.refresh_from_db()
    other.refresh_from_db()
    assert (doctor.phone, other.professional) == ("", double)
    assert double in api.search_professionals(double.last_name)
    with pytest.raises(ValidationError):
        actions.undo_merge(by=coordinator, merge=Merge.objects.get(), reason="encore")
    assert Entry.objects.filter(verb__startswith="directory.merge").count() == 2


def test_two_numbers_are_two_people(doctor: Professional, coordinator: Person) -> None:
    other = Professional.objects.exclude(rpps=None).exclude(pk=doctor.pk).first()
    assert other is not None
    with pytest.raises(ValidationError, match="deux personnes"):
        actions.merge(by=coordinator, kept=doctor, removed=other, reason="x")
    with pytest.raises(ValidationError, match="différentes"):
        actions.merge(by=coordinator, kept=doctor, removed=doctor, reason="x")


def test_the_owner_confirms_or_corrects(doctor: Professional, coordinator: Person, patient: Person) -> None:
    asked = actions.ask_confirmation(by=patient, subject=doctor, fact=Fact.CONTACT, doubt="Ne répond pas")
    assert actions.ask_confirmation(by=patient, subject=doctor, fact=Fact.CONTACT) == asked
    with pytest.raises(PermissionDenied):
        actions.answer_confirmation(by=patient, request=asked, answer=Answer.CONFIRMED)
    assert doctor.account is not None
    actions.change_contact(by=doctor.account, professional=doctor, values={"phone": "+33199009999"})
    actions.answer_confirmation(by=doctor.account, request=asked, answer=Answer.CORRECTED)
    date_of = FactDate.objects.get(professional=doctor, fact="contact")
    assert (date_of.stated_on, date_of.source) == (timezone.localdate(), "titulaire")
    with pytest.raises(ValidationError):
        actions.answer_confirmation(by=coordinator, request=asked, answer=Answer.DECLINED)
    assert not ConfirmationRequest.objects.filter(answer="").exists()


def test_an_offer_changes_at_once_with_its_hours(doctor: Professional, patient: Person) -> None:
    membership = doctor.memberships.get()
    hours = [(0, time(8), time(12)), (0, time(14), time(18))]
    with pytest.raises(PermissionDenied):
        actions.set_new_patients(by=patient, membership=membership, accepts=True)
    assert doctor.account is not None
    offer = actions.change_offer(
        by=doctor.account, membership=membership, values={"home_visits": False, "age_min": 16}, hours=hours
    )
    assert (offer.home_visits, offer.age_min, offer.hours.count()) == (False, 16, 2)
    overlapping = [(0, time(8), time(12)), (0, time(11), time(18))]
    with pytest.raises(ValidationError, match="chevauchent"):
        actions.change_offer(by=doctor.account, membership=membership, values={}, hours=overlapping)


def test_two_levels_show_the_overlap(staffed_valley: territory.Territory, coordinator: Person) -> None:
    unit = CareUnit.objects.select_related("structure").first()
    assert unit is not None
    inside = list(CareUnitCommune.objects.filter(unit=unit).values_list("commune", flat=True))
    territory.create_territory(
        by=None, kind=territory.TerritoryKind.CPTS, name="CPTS voisine", codes=inside[:1]
    )
    found = queries.levels(unit.structure)
    assert found.overlaps
    assert [(one.shared, one.total) for one in found.cpts] == [(len(inside), len(inside)), (1, len(inside))]
    assert found.outside == 0


def test_a_newcomer_is_welcomed_step_by_step(
    staffed_valley: territory.Territory, doctor: Professional, coordinator: Person, patient: Person
) -> None:
    newcomer = Professional.objects.filter(profession="60").first()
    assert newcomer is not None
    opened = actions.welcome(
        by=coordinator,
        professional=newcomer,
        place=staffed_valley,
        mentor=doctor,
        started_on=date(2026, 1, 1),
    )
    assert doctor.account is not None
    actions.mark_step(by=doctor.account, welcome=opened, step=Step.MEET_MENTOR, done=True)
    one = queries.arrival(opened.pk)
    assert one.next is not None
    assert one.next.step is Step.CHECK_SHEET
    with pytest.raises(PermissionDenied):
        actions.mark_step(by=patient, welcome=opened, step=Step.CHECK_SHEET, done=True)
    with pytest.raises(ValidationError):
        actions.welcome(
            by=coordinator, professional=newcomer, place=staffed_valley, started_on=date(2026, 1, 1)
        )
    assert Welcome.objects.count() == len(queries.arrivals(staffed_valley)) == 2


def _take_in(by: Person, content: bytes) -> DirectoryImport:
    return actions.take_in(
        by=by, format=Format.ANNUAIRE, content=content, file_name="ps.txt", extracted_on=EXTRACTED
    )
