"""The administrator's screens of data packs: who may, what is offered, what is refused and how to mend it."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.territory import api
from maillage.territory.actions import pack_works
from maillage.territory.models import DataPack, PackWork
from tests.factories import make_person, make_territory
from tests.local_server import Day, Served
from tests.territory import published
from tests.territory.working import administrator, done, packs_home, prepared, served

__all__ = ["administrator", "packs_home", "served"]
COUNT = len(published.COMMUNES)
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("packs_home")]


@pytest.fixture
def visitor(client: Client, administrator: Person) -> Client:
    client.force_login(administrator)
    return client


def page(client: Client, name: str, *parts: int, status: int = 200) -> str:
    answer = client.get(reverse(f"territory:{name}", args=parts))
    assert answer.status_code == status
    return plain(answer.content.decode())


def plain(html: str) -> str:
    return html.replace("\xa0", " ").replace("\u202f", " ")


def asked(served: Served, **others: object) -> dict[str, object]:
    addresses = {f"address_{key}": served.url(key) for key in published.every_file()}
    return {"territory": "Saône-et-Loire", **addresses, **others}


def work_url(work: PackWork) -> str:
    return reverse("territory:pack_work", args=[work.pk])


def test_an_empty_installation_leads_there_and_the_whole_way_is_walked(
    visitor: Client, served: Served
) -> None:
    packs_url = reverse("territory:packs")
    assert packs_url in page(visitor, "data")
    assert "Rien encore" in page(visitor, "packs")
    answer = visitor.post(packs_url, asked(served))
    work = PackWork.objects.get()
    assert answer["Location"] == work_url(work)
    assert (work.asked, work.names) == ("71", "Saône-et-Loire")
    waiting = page(visitor, "pack_work", work.pk)
    assert "En attente" in waiting
    assert reverse("territory:pack_progress", args=[work.pk]) in waiting
    assert "En attente" in page(visitor, "pack_progress", work.pk)
    assert "disabled" in page(visitor, "packs")

    done(work)
    refresh = visitor.get(reverse("territory:pack_progress", args=[work.pk]))
    assert refresh["HX-Refresh"] == "true"
    ready = page(visitor, "pack_work", work.pk)
    assert f"Ce serait le premier import : {COUNT} communes" in ready
    assert "Périmètres des CPTS" in ready
    assert "Les établissements (FINESS)" in ready

    sent = visitor.post(work_url(work), {"do": "import", "wanted": ["finess"]})
    imported = PackWork.objects.exclude(pk=work.pk).get()
    assert sent["Location"] == work_url(imported)
    done(imported)
    told = page(visitor, "pack_work", imported.pk)
    assert f"Premier import : {COUNT} communes" in told
    assert reverse("directory:import") in told
    assert "celui qui est en service" in page(visitor, "pack_work", work.pk)
    assert "Importé le" in page(visitor, "pack_work", work.pk)
    assert work_url(imported) in page(visitor, "packs")
    for shown in (ready, told, page(visitor, "packs")):
        assert "/packs/71" not in shown, "no place of the disk is shown"


def test_only_who_administers_the_installation_is_offered_them(
    administrator: Person, served: Served, visitor: Client
) -> None:
    place = make_territory()
    work = prepared(served, administrator)
    done(pack_works.ask_import(by=administrator, work=work))
    addresses = [
        reverse("territory:packs"),
        work_url(work),
        reverse("territory:pack_progress", args=[work.pk]),
        reverse("territory:pack_back", args=[DataPack.objects.get().pk]),
    ]
    for address in addresses:
        assert visitor.get(address).status_code == 200
    for role, scope in ((Role.COORDINATOR, place.scope), (Role.NURSE, place.scope), (Role.DPO, None)):
        other = Client()
        other.force_login(make_person(f"{role.value.replace('_', '')}.aulne", role, scope))
        for address in addresses:
            assert other.get(address).status_code == 403
            assert other.post(address, {"do": "import", "territory": "71"}).status_code in {403, 405}
        data = other.get(reverse("territory:data"))
        assert data.status_code in {200, 403}
        assert reverse("territory:packs") not in data.content.decode()
    assert PackWork.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"territory": ""}, "Ce champ est obligatoire"),
        ({"territory": "Saone et Loir, 99"}, "Vouliez-vous dire : Saône-et-Loire (71)"),
        ({"address_bpe": "/etc/passwd"}, "n’est pas une adresse"),
        ({"address_bpe": "auto"}, "Écrivez une adresse"),
        ({"address_bpe": "file:///etc/passwd"}, "n’est pas une adresse"),
        ({"address_bpe": "https://insee.example/bpe", "file_bpe": "some"}, "pas les deux"),
        ({"file_bpe": ""}, "vide"),
        ({"roads": "on", "territory": "71,03"}, "réunissez-les"),
    ],
    ids=["nothing", "unknown", "path", "auto", "file", "both", "empty", "roads"],
)
def test_a_wrong_form_is_refused_beside_its_field(
    visitor: Client, served: Served, fields: dict[str, str], why: str
) -> None:
    form = asked(served, **fields)
    if "file_bpe" in form:
        form["file_bpe"] = SimpleUploadedFile("bpe.csv", str(form["file_bpe"]).encode())
        if not fields.get("address_bpe"):
            del form["address_bpe"]
    answer = visitor.post(reverse("territory:packs"), form)
    assert answer.status_code == 422
    assert why in plain(answer.content.decode())
    assert not PackWork.objects.exists()


def test_addresses_inside_are_refused_unless_the_operator_allows_them(
    visitor: Client, served: Served, settings: object
) -> None:
    settings.PRIVATE_SOURCES = False
    answer = visitor.post(reverse("territory:packs"), asked(served))
    assert answer.status_code == 422
    assert "à l’intérieur du réseau" in plain(answer.content.decode())


def test_roads_of_one_region_are_asked_for_without_an_address(visitor: Client, served: Served) -> None:
    visitor.post(reverse("territory:packs"), asked(served, roads="on"))
    assert {"source": "roads", "address": "auto"} in PackWork.objects.get().given


def test_a_double_click_and_a_second_administrator_meet_the_work_that_runs(
    visitor: Client, served: Served
) -> None:
    other = Client()
    other.force_login(make_person("yves.muguet", Role.ADMINISTRATOR, None))
    places = {
        client.post(reverse("territory:packs"), asked(served))["Location"]
        for client in (visitor, visitor, other)
    }
    work = PackWork.objects.get()
    assert places == {work_url(work)}
    assert "à la demande de Agnes Muguet" in page(other, "pack_work", work.pk)
    done(work)
    first = visitor.post(work_url(work), {"do": "import"})["Location"]
    assert other.post(work_url(work), {"do": "import"})["Location"] == first
    assert other.post(work_url(work), {"do": "update"})["Location"] == first
    other.post(first, {"do": "stop"})
    assert "Arrêté par Yves Muguet" in page(visitor, "pack_work", PackWork.objects.latest("pk").pk)
    resumed = visitor.post(first, {"do": "resume"})["Location"]
    assert resumed != first


def test_gestures_in_the_wrong_order_do_nothing(visitor: Client, served: Served) -> None:
    visitor.post(reverse("territory:packs"), asked(served))
    work = PackWork.objects.get()
    for gesture in ("import", "update", "check", "resume", "nothing", ""):
        answer = visitor.post(work_url(work), {"do": gesture}, follow=True)
        assert answer.status_code == 200
        assert PackWork.objects.count() == 1, gesture
    done(work)
    visitor.post(work_url(work), {"do": "stop"})
    work.refresh_from_db()
    assert (work.state, work.stopped_by) == ("done", None)
    assert visitor.post(work_url(work), {"do": "resume"}, follow=True).status_code == 200
    assert PackWork.objects.count() == 1
    assert visitor.get(reverse("territory:pack_work", args=[10**17])).status_code == 404
    assert visitor.get(reverse("territory:pack_back", args=[10**17])).status_code == 404


def test_a_failure_says_why_and_goes_on(visitor: Client, served: Served) -> None:
    served.always["bpe"] = Day(status=404)
    visitor.post(reverse("territory:packs"), asked(served))
    work = done(PackWork.objects.get())
    shown = page(visitor, "pack_work", work.pk)
    assert "404" in shown
    assert 'value="resume"' in shown
    del served.always["bpe"]
    resumed = visitor.post(work_url(work), {"do": "resume"})
    again = done(PackWork.objects.latest("pk"))
    assert resumed["Location"] == work_url(again)
    assert 'value="import"' in page(visitor, "pack_work", again.pk)


def test_a_process_that_says_nothing_any_more_is_told(
    visitor: Client, served: Served, time_machine: time_machine.TimeMachineFixture
) -> None:
    time_machine.move_to("2026-11-20T10:00:00+01:00", tick=False)
    visitor.post(reverse("territory:packs"), asked(served))
    work = PackWork.objects.get()
    pack_works.QUEUE.claim("dead")
    assert "signe de vie" not in page(visitor, "pack_progress", work.pk)
    time_machine.shift(timedelta(seconds=61))
    for name in ("pack_progress", "pack_work"):
        assert "n’a plus donné signe de vie depuis 10 h 00" in page(visitor, name, work.pk)
    assert 'value="stop"' in page(visitor, "pack_work", work.pk)


def test_what_is_sent_comes_back_escaped(visitor: Client, served: Served) -> None:
    hostile = "<script>alert(1)</script>"
    answer = visitor.post(reverse("territory:packs"), asked(served, territory=hostile))
    assert hostile not in answer.content.decode()
    assert escape(hostile)[:20] in answer.content.decode()


def test_an_update_a_stale_preview_and_the_way_back(
    visitor: Client, served: Served, administrator: Person, fictional_pack: Path
) -> None:
    work = prepared(served, administrator)
    api.import_pack(by=None, folder=fictional_pack)
    stale = page(visitor, "pack_work", work.pk)
    assert "Comparé à un jeu qui n’est plus en service" in stale
    visitor.post(work_url(work), {"do": "check"})
    checked = done(PackWork.objects.latest("pk"))
    assert "Communes retirées (96)" in page(visitor, "pack_work", checked.pk)
    visitor.post(work_url(checked), {"do": "import"})
    imported = done(PackWork.objects.latest("pk"))
    fictional = DataPack.objects.order_by("pk").first()
    back_url = reverse("territory:pack_back", args=[fictional.pk])
    assert back_url in page(visitor, "pack_work", imported.pk)
    assert back_url in page(visitor, "data")
    told = page(visitor, "pack_back", fictional.pk)
    assert f"{COUNT} communes, puis 96" in told
    assert ", puis fictif" in told
    answer = visitor.post(back_url)
    back = done(PackWork.objects.latest("pk"))
    assert answer["Location"] == work_url(back)
    assert back.state == "done", back.said
    assert "Communes ajoutées" in page(visitor, "pack_work", back.pk)
    assert DataPack.objects.current().get().fingerprint == fictional.fingerprint
    served.files["ages"] = published.semicolon_csv(
        ["CODGEO", *(f"P23_POP{band}" for band in published.BANDS), "P23_NEW"],
        [[code, *["1"] * len(published.BANDS), 3] for code in published.OLDER],
    )
    visitor.post(work_url(checked), {"do": "update"})
    updated = done(PackWork.objects.latest("pk"))
    shown = page(visitor, "pack_work", updated.pk)
    assert "Ce qui a changé chez les producteurs" in shown
    assert "colonnes nouvelles : P23_POP" in shown
    visitor.post(work_url(updated), {"do": "update"})
    assert "Rien : chaque source est la même" in page(
        visitor, "pack_work", done(PackWork.objects.latest("pk")).pk
    )


def test_a_pack_whose_files_are_gone_is_not_offered_again(
    visitor: Client, served: Served, administrator: Person, packs_home: Path, fictional_pack: Path
) -> None:
    work = prepared(served, administrator)
    done(pack_works.ask_import(by=administrator, work=work))
    api.import_pack(by=None, folder=fictional_pack)
    old = DataPack.objects.order_by("pk").first()
    (packs_home / "71").rename(packs_home / "elsewhere")
    shown = page(visitor, "pack_back", old.pk)
    assert "ne sont plus sur le disque" in shown
    assert "Revenir à ce jeu" not in shown
    failed = done(
        PackWork.objects.get(
            pk=int(visitor.post(reverse("territory:pack_back", args=[old.pk]))["Location"].split("/")[-2])
        )
    )
    assert "n’est plus sur le disque" in plain(failed.said)
    current = DataPack.objects.current().get()
    assert "déjà en service" in page(visitor, "pack_back", current.pk)
    visitor.post(reverse("territory:pack_back", args=[current.pk]))
    assert pack_works.active_work() is None


def test_a_pack_that_the_check_refuses_shows_its_defects_and_no_import(
    visitor: Client, served: Served, administrator: Person
) -> None:
    work = prepared(served, administrator)
    work.answer |= {
        "preview": None,
        "defects": [{"file": "communes.parquet", "what": "colonne absente.", "mend": "Ajoutez-la."}],
    }
    work.save()
    shown = page(visitor, "pack_work", work.pk)
    assert "colonne absente." in shown
    assert 'value="import"' not in shown
    answer = visitor.post(work_url(work), {"do": "import"}, follow=True)
    assert "rien n’en serait importé" in plain(answer.content.decode())
    assert PackWork.objects.count() == 1
