"""What is asked of data packs from the web: made, checked, imported, gone back from, each told and undone."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

import osmium
import polars as pl
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from maillage.directory.models import DirectoryImport
from maillage.kernel.models import Entry, Person, RoleAssignment
from maillage.kernel.rules import Role
from maillage.territory import api
from maillage.territory.actions import pack_running, pack_works
from maillage.territory.actions.pack_works import BusyError, Given, WorkRefusedError
from maillage.territory.models import DataPack, PackWork, TravelMatrix
from maillage.territory.queries.asked import read_asked
from tests.factories import make_person, make_territory
from tests.kernel.own_database import own_database
from tests.local_server import Day, Served
from tests.territory import published
from tests.territory.extracts import Written
from tests.territory.working import TOOLS, administrator, done, given, packs_home, prepared, served

__all__ = ["administrator", "packs_home", "served"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("packs_home")]


def verbs() -> list[str]:
    return list(Entry.objects.order_by("position").values_list("verb", flat=True))


def newer_ages() -> bytes:
    rows = [[code, *(str(one) for one in range(1, len(published.BANDS) + 1))] for code in published.OLDER]
    return published.semicolon_csv(["CODGEO", *(f"P23_POP{band}" for band in published.BANDS)], rows)


# Prepared


def test_a_pack_is_prepared_and_says_what_its_import_would_do(
    served: Served, administrator: Person, packs_home: Path
) -> None:
    work = prepared(served, administrator)
    assert (work.state, work.said, work.folder) == ("done", "", "71")
    answer = work.answer
    assert answer["preview"]["is_first"]
    assert answer["preview"]["communes"] == len(published.COMMUNES)
    assert answer["defects"] == []
    assert answer["parts"] == ["finess", "annuaire_sante"]
    assert {one["source"] for one in answer["missing"]} == {"zoning", "cpts", "fragility"}
    assert len(answer["sources"]) == len(published.every_file())
    assert json.loads((packs_home / "71" / "manifest.json").read_bytes())["territory"]["asked"] == "71"
    assert DataPack.objects.count() == 0
    assert verbs()[-1:] == ["territory.pack_build_asked"]
    assert str(packs_home) not in json.dumps(answer)


def test_a_file_that_is_sent_serves_and_is_kept_for_the_next_time(
    served: Served, administrator: Person, packs_home: Path
) -> None:
    content = published.semicolon_csv(("code", "cpts"), [("71001", "CPTS du Val")])
    sent = Given("cpts", file=SimpleUploadedFile("../../cpts 2026.csv", content))
    work = prepared(served, administrator, others=[sent])
    assert work.state == "done", work.said
    said = {one["source"]: one for one in work.answer["sources"]}
    assert (said["cpts"]["address"], said["cpts"]["vintage"]) == ("cpts-2026.csv", "2026")
    (kept,) = (packs_home / ".given").rglob("*.csv")
    assert kept.read_bytes() == content
    again = done(pack_works.ask_update(by=administrator, work=work))
    assert again.state == "done", again.said
    assert not again.answer["changed"]
    shutil.rmtree(packs_home / ".given")
    lost = done(pack_works.ask_update(by=administrator, work=work))
    assert lost.state == "failed"
    assert "« cpts-2026.csv »" in lost.said.replace("\xa0", " ")
    assert str(packs_home) not in lost.said


@pytest.mark.parametrize(
    ("offered", "why"),
    [
        (Given("bpe", "/etc/passwd"), "n’est pas une adresse"),
        (Given("bpe", "file:///etc/passwd"), "n’est pas une adresse"),
        (Given("bpe", "https://"), "n’est pas une adresse"),
        (Given("bpe", "http://169.254.169.254/latest/"), "à l’intérieur du réseau"),
        (Given("bpe", "http://localhost:5432/"), "à l’intérieur du réseau"),
        (Given("bpe", file=SimpleUploadedFile("a.csv", b"")), "vide"),
    ],
    ids=["path", "file", "nothing", "metadata", "loopback", "empty"],
)
def test_neither_the_disk_nor_the_network_of_the_server_is_read_for_somebody(
    administrator: Person, settings: object, offered: Given, why: str, packs_home: Path
) -> None:
    settings.PRIVATE_SOURCES = False
    with pytest.raises(WorkRefusedError, match=why):
        pack_works.ask_build(by=administrator, asked=read_asked("71"), given=[offered])
    assert not PackWork.objects.exists()
    assert not packs_home.exists()


def test_a_name_that_leads_inside_is_refused_when_it_is_called(
    served: Served, administrator: Person, settings: object
) -> None:
    settings.PRIVATE_SOURCES = False
    port = served.address.rpartition(":")[2]
    asked = [Given(key, f"http://127.1:{port}/{key}") for key in published.every_file()]
    work = done(pack_works.ask_build(by=administrator, asked=read_asked("71"), given=asked))
    assert work.state == "failed"
    assert "à l’intérieur du réseau" in work.said
    assert not served.asked


def test_a_source_that_is_missing_is_told_and_the_work_is_gone_on_with(
    served: Served, administrator: Person, packs_home: Path
) -> None:
    served.always["bpe"] = Day(status=404)
    served.always["ages"] = Day(status=404)
    failed = prepared(served, administrator)
    assert failed.state == "failed"
    assert "bpe" in failed.said
    assert "404" in failed.said
    assert not (packs_home / "71").exists()
    assert verbs()[-1] == "territory.pack_work_failed"
    del served.always["bpe"]
    served.asked.clear()
    went_on = done(pack_works.resume(by=administrator, work=failed))
    assert went_on.state == "done"
    assert {name for name, _headers in served.asked} == {"bpe", "ages"}
    assert "ages" in {one["source"] for one in went_on.answer["missing"]}
    with pytest.raises(WorkRefusedError, match="relisez"):
        pack_works.resume(by=administrator, work=went_on)


def test_without_any_network_it_is_said_in_plain_words(
    served: Served, administrator: Person, packs_home: Path
) -> None:
    offered = given(served)
    served.address = "http://127.0.0.1:9"
    offered = [Given(one.source, "http://127.0.0.1:9/x") for one in offered]
    work = done(pack_works.ask_build(by=administrator, asked=read_asked("71"), given=offered))
    assert work.state == "failed"
    assert "la liaison ne s’établit pas" in work.said


def test_a_wrong_file_is_refused_by_name(served: Served, administrator: Person) -> None:
    wrong = Given("bpe", file=SimpleUploadedFile("bpe.csv", b"%PDF-1.7 not a table"))
    work = prepared(served, administrator, others=[wrong])
    assert work.state == "failed"
    assert "bpe" in work.said
    assert "PDF" in work.said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only some systems have a device that is full")
def test_a_full_disk_is_said_and_the_work_goes_on_later(
    served: Served, administrator: Person, packs_home: Path
) -> None:
    part = packs_home / ".71.build" / "sources" / "bpe.part"
    part.parent.mkdir(parents=True)
    part.symlink_to("/dev/full")
    work = prepared(served, administrator)
    assert work.state == "failed"
    assert "disque du serveur est plein" in work.said
    part.unlink()
    assert done(pack_works.resume(by=administrator, work=work)).state == "done"


def test_a_folder_that_may_not_be_written_is_said(
    served: Served, administrator: Person, packs_home: Path
) -> None:
    packs_home.write_bytes(b"a file in the way")
    work = prepared(served, administrator)
    assert work.state == "failed"
    assert "doit vérifier les droits" in work.said
    assert "n’a pas changé" in work.said
    assert str(packs_home) not in work.said


# One at a time


def test_one_at_a_time_whoever_asks(served: Served, administrator: Person) -> None:
    first = pack_works.ask_build(by=administrator, asked=read_asked("71"), given=given(served))
    other = make_person("yves.muguet", Role.ADMINISTRATOR, None)
    sent = Given("cpts", file=SimpleUploadedFile("cpts.csv", b"code;cpts\n"))
    with pytest.raises(BusyError, match="Muguet") as busy:
        pack_works.ask_build(by=other, asked=read_asked("03"), given=[sent])
    assert busy.value.work == first
    with transaction.atomic(), pytest.raises(IntegrityError):
        PackWork.objects.create(by=other, kind="build", state="running")
    assert done(first).state == "done"
    assert pack_works.active_work() is None


def test_a_file_sent_in_vain_is_not_kept(
    served: Served, administrator: Person, packs_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack_works.ask_build(by=administrator, asked=read_asked("71"), given=given(served))
    monkeypatch.setattr(pack_works, "active_work", lambda: None)  # asked at the very same moment
    sent = Given("cpts", file=SimpleUploadedFile("cpts.csv", b"code;cpts\n"))
    with pytest.raises(BusyError):
        pack_works.ask_build(by=administrator, asked=read_asked("03"), given=[sent])
    assert not list((packs_home / ".given").iterdir())


def test_only_who_imports_for_the_whole_installation_may_ask(served: Served, administrator: Person) -> None:
    place = make_territory()
    work = prepared(served, administrator)
    for role, scope in ((Role.COORDINATOR, place.scope), (Role.DPO, None), (Role.NURSE, place.scope)):
        person = make_person(f"{role.value}.aulne".replace("_", ""), role, scope)
        for ask in (
            lambda by: pack_works.ask_build(by=by, asked=read_asked("71")),
            lambda by: pack_works.ask_update(by=by, work=work),
            lambda by: pack_works.ask_check(by=by, work=work),
            lambda by: pack_works.ask_import(by=by, work=work),
            lambda by: pack_works.stop(by=by, work=work),
        ):
            with pytest.raises(PermissionDenied):
                ask(person)


def test_a_right_that_is_lost_meanwhile_stops_the_work(served: Served, administrator: Person) -> None:
    work = prepared(served, administrator)
    asked = pack_works.ask_import(by=administrator, work=work)
    RoleAssignment.objects.filter(person=administrator).delete()
    failed = done(asked)
    assert failed.state == "failed"
    assert not DataPack.objects.exists()


def test_stopped_it_keeps_nothing_and_may_be_gone_on_with(
    served: Served, administrator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = prepared(served, administrator)
    asked = pack_works.ask_import(by=administrator, work=work)
    check = pack_running.import_pack

    def stopping(**options: object) -> object:
        pack_works.stop(by=administrator, work=asked)
        return check(**options)

    with monkeypatch.context() as patch:
        patch.setattr(pack_running, "import_pack", stopping)
        stopped = done(asked)
    assert (stopped.state, stopped.stopped_by) == ("failed", administrator)
    assert not DataPack.objects.exists(), "stopped before its last write, all of it is undone"
    assert "territory.pack_work_stopped" in verbs()
    assert pack_works.stop(by=administrator, work=stopped).ended_at == stopped.ended_at
    assert done(pack_works.resume(by=administrator, work=stopped)).state == "done"
    assert DataPack.objects.get().imported_by == administrator


def test_a_silent_process_is_replaced_once_then_said_dead(
    served: Served, administrator: Person, time_machine: time_machine.TimeMachineFixture
) -> None:
    time_machine.move_to("2026-11-20T10:00:00+01:00", tick=False)
    asked = pack_works.ask_build(by=administrator, asked=read_asked("71"), given=given(served))
    for attempt in (1, 2):
        claimed = pack_works.QUEUE.claim(f"dead {attempt}")
        assert claimed is not None
        assert claimed.attempts == attempt
        assert not api.works_wait()
        time_machine.shift(timedelta(seconds=61))
        assert api.works_wait() is (attempt == 1)
    asked.refresh_from_db()
    assert asked.state == "failed"
    assert "s’est arrêté deux fois" in asked.said
    assert done(pack_works.resume(by=administrator, work=asked)).state == "done"


@pytest.mark.django_db(transaction=True)
def test_killed_while_it_downloads_or_imports_it_is_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real server's thread, real processes killed or stopped: the next one ends the work, once."""
    monkeypatch.setenv("MAILLAGE_PRIVATE_SOURCES", "1")
    with own_database(tmp_path, connection.vendor) as database:
        _status, said = database.run("tests.territory.killing")
    assert said["killed"] == 2
    assert said["answered"] < 1.0, "no request waits"
    assert said["built"] == ["done", 2, ""]
    assert said["imported"] == ["done", 2, ""]
    assert "éléchargement" in said["told"]
    assert said["stopped"] == ["failed", True]
    assert said["packs"] == 1
    assert said["intact"]


# Imported, made again, gone back from


def test_a_pack_is_imported_with_its_registers_and_each_says_what_it_did(
    served: Served, administrator: Person
) -> None:
    work = prepared(served, administrator)
    imported = done(
        pack_works.ask_import(by=administrator, work=work, wanted=["finess", "annuaire_sante", "roads", "x"])
    )
    assert imported.state == "done", imported.said
    assert imported.wanted == ["finess", "annuaire_sante"], "what the pack does not hold is not taken"
    pack = DataPack.objects.get()
    assert (pack.imported_by, pack.fingerprint) == (administrator, work.fingerprint)
    assert imported.pack == pack
    steps = {one["part"]: one for one in imported.answer["steps"]}
    assert set(steps) == {"finess", "annuaire_sante"}
    for one in DirectoryImport.objects.all():
        assert one.imported_by == administrator
        assert one.departements.split() == ["71"]
    assert [one for one in verbs() if one.startswith("territory")][-2:] == [
        "territory.pack_import_asked",
        "territory.pack_imported",
    ]
    again = done(pack_works.ask_import(by=administrator, work=work))
    assert again.answer["report"]["already_imported"]
    assert DataPack.objects.count() == 1


def test_a_register_that_is_wrong_leaves_the_pack_in_use(served: Served, administrator: Person) -> None:
    work = prepared(served, administrator)
    imported = done(pack_works.ask_import(by=administrator, work=work, wanted=["finess", "annuaire_sante"]))
    assert imported.state == "done"
    finess, registered = imported.answer["steps"]
    assert (finess["ok"], registered["ok"]) == (True, False), "its file of the local server has no line"
    assert "finess.csv" in finess["said"]
    assert "autre extraction de l’Annuaire" in registered["said"]
    assert DataPack.objects.get().is_current


def test_roads_that_cannot_be_read_are_told(served: Served, administrator: Person) -> None:
    roads = Given("roads", file=SimpleUploadedFile("bourgogne.osm.pbf", b"not roads at all"))
    work = prepared(served, administrator, others=[roads])
    assert work.answer["parts"] == ["finess", "annuaire_sante", "roads"]
    imported = done(pack_works.ask_import(by=administrator, work=work, wanted=["roads"]))
    (step,) = imported.answer["steps"]
    assert not step["ok"]
    assert "ne se lit pas" in step["said"]


def test_roads_that_the_pack_holds_are_followed(
    served: Served, administrator: Person, packs_home: Path, tmp_path: Path
) -> None:
    prepared(served, administrator)
    communes = pl.read_parquet(packs_home / "71" / "communes.parquet").filter(pl.col("departement") == "71")
    middle, *ends = communes.select("lon", "lat").iter_rows()
    drawn = Written()
    drawn.star(middle, ends, streets=200)
    file = drawn.save(tmp_path / "roads.osm")
    with osmium.SimpleWriter(str(tmp_path / "roads.osm.pbf")) as packed:
        for one in osmium.FileProcessor(str(file)):
            packed.add(one)
    content = (tmp_path / "roads.osm.pbf").read_bytes()
    roads = Given("roads", file=SimpleUploadedFile("bourgogne-2026.osm.pbf", content))
    work = prepared(served, administrator, others=[roads])
    imported = done(pack_works.ask_import(by=administrator, work=work, wanted=["roads"]))
    (step,) = imported.answer["steps"]
    assert step["ok"], step["said"]
    assert TravelMatrix.objects.get().imported_by == administrator


def test_an_update_says_what_changed_and_the_old_pack_may_be_gone_back_to(
    served: Served, administrator: Person, packs_home: Path
) -> None:
    first = prepared(served, administrator)
    done(pack_works.ask_import(by=administrator, work=first))
    served.files["ages"] = newer_ages()
    updated = done(pack_works.ask_update(by=administrator, work=first))
    assert updated.answer["changed"]
    changes = {one["source"]: one["status"] for one in updated.answer["changes"]}
    assert {key for key, status in changes.items() if status != "same"} == {"ages"}
    assert updated.answer["preview"]["columns"]
    assert not updated.answer["preview"]["is_first"]
    done(pack_works.ask_import(by=administrator, work=updated))
    old, new = DataPack.objects.order_by("pk")
    assert (old.is_current, new.is_current) == (False, True)
    with pytest.raises(WorkRefusedError, match="déjà en service"):
        pack_works.ask_back(by=administrator, pack=new)
    back = done(pack_works.ask_back(by=administrator, pack=old))
    assert back.state == "done", back.said
    assert DataPack.objects.current().get().fingerprint == old.fingerprint
    assert back.answer["report"]["columns"]
    assert "territory.pack_back_asked" in verbs()
    older = done(pack_works.ask_import(by=administrator, work=first))
    assert older.answer["report"]["already_imported"], "the page of the old vintage still finds it, beside"


def test_what_is_no_longer_on_the_disk_is_not_imported(
    served: Served, administrator: Person, packs_home: Path
) -> None:
    work = prepared(served, administrator)
    table = packs_home / "71" / "supply_commune.parquet"
    table.write_bytes(table.read_bytes() + b"x")
    changed = done(pack_works.ask_import(by=administrator, work=work))
    assert (changed.state, "ont changé depuis" in changed.said) == ("failed", True)
    shutil.rmtree(packs_home / "71")
    gone = done(pack_works.ask_check(by=administrator, work=work))
    assert (gone.state, "n’est plus sur le disque" in gone.said) == ("failed", True)
    with pytest.raises(WorkRefusedError, match="pas prêt"):
        pack_works.ask_import(by=administrator, work=gone)
    assert done(pack_works.ask_update(by=administrator, work=work)).state == "done", "made again"
    assert not DataPack.objects.exists()


def test_a_pack_whose_folder_is_not_known_is_not_gone_back_to(served: Served, administrator: Person) -> None:
    work = prepared(served, administrator)
    done(pack_works.ask_import(by=administrator, work=work))
    DataPack.objects.update(is_current=False, folder="")
    with pytest.raises(WorkRefusedError, match="n’est pas connu"):
        pack_works.ask_back(by=administrator, pack=DataPack.objects.get())


def test_a_comparison_is_made_again_when_another_pack_came_meanwhile(
    served: Served, administrator: Person, fictional_pack: Path
) -> None:
    work = prepared(served, administrator)
    assert work.answer["against"] == ""
    api.import_pack(by=None, folder=fictional_pack)
    checked = done(pack_works.ask_check(by=administrator, work=work))
    assert checked.answer["against"] == DataPack.objects.get().fingerprint
    assert checked.answer["preview"]["counts"]["removed"] == 96
    assert checked.answer["against_changes"] is None, "the fictional pack does not say its sources"


def test_an_unforeseen_fault_is_said_without_its_insides(
    served: Served, administrator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = prepared(served, administrator)

    def broken(*_words: object) -> tuple[bool, str]:
        raise ZeroDivisionError("secret")

    asked = pack_works.ask_import(by=administrator, work=work, wanted=["finess"])
    failed = done(asked, api.PackTools(TOOLS.loaders, broken))
    assert failed.state == "failed"
    assert "secret" not in failed.said
    assert "Le jeu de données est en service" in failed.said
    assert DataPack.objects.get().is_current
