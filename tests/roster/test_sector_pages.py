"""Sectors and volunteers on screen: who enters, what is drawn, what is refused and how it is said."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from maillage.directory.models import Membership, Structure
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.roster import api
from maillage.roster.api import BlockKind, HolidayCalendar, RosterError
from maillage.roster.models import Absence, Preference, Sector, Volunteer
from maillage.territory.api import Commune, Territory
from maillage.territory.models import CommuneContour
from tests.factories import make_commune, make_person, make_professional
from tests.roster.clients import enter, page, post
from tests.roster.conftest import FIRST, LAST

SQUARE = '{"type":"Polygon","coordinates":[[[4,46],[4.1,46],[4.1,46.1],[4,46]]]}'


@pytest.fixture
def manager(coordinator: Person) -> Client:
    return enter(coordinator)


def test_an_empty_territory_is_told_what_to_do_first(manager: Client, place: Territory) -> None:
    assert "Créer un secteur" in page(manager, "sectors")
    assert "Créer un secteur" in page(manager, "index")
    doctor = enter(make_person("lea.orme", Role.PHYSICIAN, place.scope))
    text = page(doctor, "sectors")
    assert "coordonne votre territoire" in text
    assert "Créer un secteur" not in text
    assert doctor.get(reverse("roster:sector_create")).status_code == 403


def test_a_sector_is_drawn_from_groups_and_codes(manager: Client, place: Territory) -> None:
    for code in ("71230", "71231"):
        make_commune(code, place=place, epci="200071884", epci_name="Le Grand Charolais", name=f"Val {code}")
    assert "Créer le secteur" in page(manager, "sector_create")
    found = post(manager, "sector_create", step="find", group="Grand", options=["saturday_pm"])
    assert "Ajouter Le Grand Charolais" in found
    assert 'value="saturday_pm" checked' in " ".join(found.split()).replace(' id="id_options_0"', "")
    drawn = post(manager, "sector_create", step="add:epci:200071884", codes="")
    assert "71230\n71231" in drawn
    sent = {
        "place": place.pk,
        "name": "Brume",
        "seats": 2,
        "options": ["saturday_pm"],
        "codes": "71230 71231 71231",
    }
    text = post(manager, "sector_create", **sent)
    assert "est enregistré" in text
    assert "était déjà dans la liste" in text
    sector = Sector.objects.get()
    assert (sector.seats, sector.calendar, sector.options) == (2, "metropole", ["saturday_pm"])
    assert sector.members.count() == 2
    assert "samedi après-midi" in text
    assert "2 médecins par plage" in text
    assert "Inscrire des volontaires" in text


def test_a_sector_refused_says_what_to_mend(
    manager: Client, place: Territory, sector: api.Sector, communes: list[Commune]
) -> None:
    sent = {"place": place.pk, "name": "Autre", "seats": 1, "codes": "71230"}
    text = post(manager, "sector_create", status=422, **sent)
    assert "1 commune est déjà d’un autre secteur" in text
    assert "Brumeval (Brume)" in text
    assert "cinq caractères" in post(manager, "sector_create", status=422, **(sent | {"codes": "12"}))
    assert "Aucun code de commune" in post(manager, "sector_create", status=422, **(sent | {"codes": ";"}))


def test_every_commune_taken_is_named_up_to_five(coordinator: Person, place: Territory) -> None:
    taken = [make_commune(f"7190{number}", name=f"Val {number}") for number in range(7)]
    api.create_sector(by=coordinator, place=place, name="Premier", communes=taken)
    with pytest.raises(RosterError, match=r"7 communes .* Val 4 \(Premier\)…"):
        api.create_sector(by=coordinator, place=place, name="Second", communes=taken)


def test_a_sector_changes_shape_and_the_journal_says_how(
    manager: Client, sector: api.Sector, communes: list[Commune]
) -> None:
    make_commune("57001")
    text = page(manager, "sector_change", sector.pk)
    assert "71230\n71231" in text
    sent = {"name": "Brume haute", "seats": 1, "calendar": "57", "codes": "71230 57001", "options": []}
    assert "Brume haute" in post(manager, "sector_change", sector.pk, **sent)
    sector.refresh_from_db()
    assert sector.calendar == HolidayCalendar.MOSELLE.value
    assert set(sector.members.values_list("commune", flat=True)) == {"71230", "57001"}
    entry = Entry.objects.get(verb="roster.sector_changed")
    assert entry.changes["communes"] == [["71230", "71231"], ["57001", "71230"]]
    assert "seats" not in entry.changes
    refused = post(manager, "sector_change", sector.pk, status=422, **(sent | {"calendar": ""}))
    assert "faites deux secteurs" in refused


def test_the_list_and_the_map_tell_the_communes_of_nobody(
    manager: Client, place: Territory, sector: api.Sector
) -> None:
    make_commune("71500", place=place, name="Oubliée")
    CommuneContour.objects.create(commune_id="71230", geometry=SQUARE, west=4, south=46, east=4.1, north=46.1)
    CommuneContour.objects.create(commune_id="71500", geometry=SQUARE, west=4, south=46, east=4.1, north=46.1)
    text = page(manager, "sectors")
    assert "1 commune de vos territoires n’est d’aucun secteur" in text
    assert "maillage-map" not in text  # no data pack: the list alone
    drawn = json.loads(manager.get(reverse("roster:sectors_map")).content)
    assert [one["label"] for one in drawn["categories"]] == ["Brume", "aucun secteur"]
    assert {one["properties"]["code"]: one["properties"]["detail"] for one in drawn["features"]} == {
        "71230": "Brume",
        "71500": "aucun secteur",
    }
    first = manager.get(reverse("roster:sector_map", args=[sector.pk]))
    again = manager.get(
        reverse("roster:sector_map", args=[sector.pk]), headers={"If-None-Match": first["ETag"]}
    )
    assert (first.status_code, again.status_code) == (200, 304)
    csv = manager.get(reverse("roster:sectors_csv")).content.decode("utf-8-sig")
    assert "Oubliée" in csv
    assert "2 communes" in page(manager, "sector", sector.pk)


def test_the_page_of_a_sector_says_what_comes_next(
    coordinator: Person, manager: Client, sector: api.Sector, volunteers: list[api.Volunteer]
) -> None:
    assert "Préparer un tableau" in page(manager, "sector", sector.pk)
    doctor = enter(volunteers[0].professional.account)
    assert "Aucun tableau n’est préparé" in page(doctor, "sector", sector.pk)
    assert doctor.get(reverse("roster:volunteers", args=[sector.pk])).status_code == 403
    api.create_roster(by=coordinator, sector=sector, first_day=FIRST, last_day=LAST)
    assert "il reste 15 jours" in page(doctor, "sector", sector.pk)


def test_doctors_are_enrolled_by_name(manager: Client, sector: api.Sector) -> None:
    doctor = make_professional("Orme", "Léa", rpps="10990000019")
    assert "Personne ne prend encore de garde" in page(manager, "volunteers", sector.pk)
    assert "Inscrire Léa Orme" in page(manager, "volunteers", sector.pk, query="?q=orme")
    assert "est inscrit pour une part entière" in post(
        manager, "volunteers", sector.pk, professional=doctor.pk
    )
    assert "est inscrit" not in post(manager, "volunteers", sector.pk, professional=doctor.pk)
    assert "1 médecin prend des gardes" in page(manager, "volunteers", sector.pk)
    assert "Aucune fiche « orme »" in page(manager, "volunteers", sector.pk, query="?q=orme").replace(
        "\u00a0", " "
    )
    assert (
        manager.post(reverse("roster:volunteers", args=[sector.pk]), {"professional": "x"}).status_code == 404
    )
    assert Volunteer.objects.get().share == 1


def test_a_volunteer_notes_absences_and_wishes(
    coordinator: Person, sector: api.Sector, volunteers: list[api.Volunteer], posts: list[api.Post]
) -> None:
    mine = volunteers[0]
    doctor = enter(mine.professional.account)
    text = page(doctor, "volunteer", mine.pk)
    assert "Mes souhaits de garde" in text
    assert "Part et limites" not in text
    api.assign(by=coordinator, post=posts[0], volunteer=mine)
    said = post(doctor, "volunteer", mine.pk, about="absence", first_day="2026-05-01", last_day="2026-05-03")
    assert "Absence notée" in said
    assert "1 garde est déjà tenue pendant cette absence" in said
    post(doctor, "volunteer", mine.pk, about="absence", first_day="2026-05-01", last_day="2026-05-03")
    absence = Absence.objects.get()
    wrong = post(
        doctor,
        "volunteer",
        mine.pk,
        status=422,
        about="absence",
        first_day="2026-05-03",
        last_day="2026-05-01",
    )
    assert "précède le premier" in wrong
    assert post(doctor, "volunteer", mine.pk, status=422, about="absence", first_day="", last_day="")
    sent = {"about": "wishes", "night": "no", "sunday": "yes", "holiday": "any"}
    assert "Préférences enregistrées" in post(doctor, "volunteer", mine.pk, **sent)
    post(doctor, "volunteer", mine.pk, **sent)
    assert dict(Preference.objects.values_list("kind", "is_wanted")) == {"night": False, "sunday": True}
    assert Entry.objects.filter(verb="roster.preference_set").count() == 2
    assert post(doctor, "volunteer", mine.pk, status=422, about="wishes", night="dance")
    assert "Absence retirée" in post(doctor, "absence_end", mine.pk, absence.pk)
    assert not Absence.objects.exists()
    assert post(doctor, "volunteer", mine.pk, about="nothing")


def test_limits_belong_to_the_coordinator_and_absences_to_nobody_else(
    manager: Client, sector: api.Sector, volunteers: list[api.Volunteer]
) -> None:
    mine, other = volunteers[:2]
    sent = {"about": "limits", "share": 50, "max_per_month": 4, "max_weekends": 2, "is_active": "on"}
    assert "Part et limites enregistrées" in post(manager, "volunteer", mine.pk, **sent)
    mine.refresh_from_db()
    assert (mine.share, mine.max_per_month, mine.max_weekends, mine.is_active) == (0.5, 4, 2, True)
    assert post(manager, "volunteer", mine.pk, status=422, **(sent | {"share": 101}))
    text = post(manager, "volunteer", mine.pk, **(sent | {"is_active": ""}))
    assert "Ne prend plus de gardes" in text
    assert "ne prend plus de gardes" in page(manager, "volunteers", sector.pk)
    api.add_absence(
        by=other.professional.account, professional=other.professional, first_day=FIRST, last_day=FIRST
    )
    assert "Absent du" in page(manager, "volunteers", sector.pk)
    doctor = enter(other.professional.account)
    assert doctor.get(reverse("roster:volunteer", args=[mine.pk])).status_code == 403
    assert doctor.post(reverse("roster:volunteer", args=[mine.pk])).status_code == 403
    refused = doctor.post(reverse("roster:volunteer", args=[other.pk]), sent)
    assert refused.status_code == 403


def test_where_a_volunteer_practises_comes_from_the_directory(
    manager: Client, sector: api.Sector, volunteers: list[api.Volunteer]
) -> None:
    hospital, office = (
        Structure.objects.create(
            id=f"test:{kind}", kind=kind, name=kind, search_name=kind, lon=4.0, lat=46.4, precision="commune",
            commune_id="71230", source="test", count=1,
        )
        for kind in ("hopital", "cabinet")
    )  # fmt: skip
    for volunteer, structures in (
        (volunteers[0], [hospital]),
        (volunteers[1], [office]),
        (volunteers[2], [hospital, office]),
    ):
        for one in structures:
            Membership.objects.create(professional=volunteer.professional, structure=one, source="test")
    text = page(manager, "volunteers", sector.pk)
    assert "· hôpital ·" in text
    assert "· ville ·" in text
    assert "· ville et hôpital ·" in text
    assert "· non renseigné ·" in text


def test_options_are_the_optional_blocks(
    coordinator: Person, sector: api.Sector, communes: list[Commune]
) -> None:
    with pytest.raises(RosterError, match="toujours couverts"):
        api.change_sector(
            by=coordinator, sector=sector, name="B", communes=communes, options=[BlockKind.NIGHT], seats=1
        )
