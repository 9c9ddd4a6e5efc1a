"""`maillage data build` over a bad network, killed, made again: the same pack, or the old one untouched."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from maillage.config.installation import LOADERS
from maillage.territory import api, packs
from maillage.territory.packs.building.making import workshop
from tests.local_server import Day, Served
from tests.territory import published
from tests.territory.building import QUICK, build, contents, given, missing, served

__all__ = ["served"]


# A bad network, a killed process


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> Result:
    """Run `maillage data …` in this process."""
    from maillage.config.cli import app

    return CliRunner().invoke(app, ["data", *(str(word) for word in words)])


def named(served: Served) -> list[str]:
    return [word for one in given(served) for word in ("--source", one)]


def test_the_command_tells_what_is_missing_and_what_to_do_next(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run(
        monkeypatch, "build", "--territory", "71", "--out", tmp_path / "pack", "--quiet", *named(served)
    )
    assert done.exit_code == 0, done.output
    assert f"maillage data import {tmp_path / 'pack'}" in done.output
    assert "import-directory finess" in done.output
    assert "--departement 71" in done.output
    assert "Manque : Périmètres des CPTS" in done.output
    told = json.loads(run(monkeypatch, "update", tmp_path / "pack", "--json").output)
    assert not told["changed"]
    assert {one["status"] for one in told["changes"]} == {"same"}


def test_without_a_required_source_nothing_is_written_and_the_next_run_fetches_only_that(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served.always["bpe"] = Day(status=404)
    words = ("build", "--territory", "71", "--out", tmp_path / "pack", "--quiet", *named(served))
    refused = run(monkeypatch, *words)
    assert refused.exit_code == 1
    assert "bpe" in refused.output
    assert "404" in refused.output
    assert not (tmp_path / "pack").exists()
    del served.always["bpe"]
    served.asked.clear()
    assert run(monkeypatch, *words).exit_code == 0
    assert [name for name, _headers in served.asked] == ["bpe"]


def test_a_folder_that_holds_something_else_is_left_alone(served: Served, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("mine")
    with pytest.raises(api.BuildError, match="n’est pas un jeu de données"):
        build(served, tmp_path / "thesis")
    (tmp_path / "empty").mkdir()
    assert build(served, tmp_path / "empty").changed


def test_a_pack_cut_slowed_and_changed_on_the_way_is_the_same(served: Served, tmp_path: Path) -> None:
    build(served, tmp_path / "one")
    served.days = {
        "bpe": [Day(cut=200)],
        "contours": [Day(cut=100), Day(status=503)],
        "cog": [Day(pause=0.05)],
        "epci": [Day(cut=2000, versioned=False)],
        "ages": [Day(status=429, headers={"Retry-After": "0"})],
    }
    assert missing(build(served, tmp_path / "two")).keys() == {"zoning", "cpts", "fragility"}
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_killed_three_times_the_command_makes_the_same_pack_byte_for_byte(
    served: Served, tmp_path: Path
) -> None:
    built = build(served, tmp_path / "whole" / "pack")
    assert built.changed
    folder = tmp_path / "killed" / "pack"
    command = [
        sys.executable,
        "-m",
        "maillage",
        "data",
        "build",
        "--territory",
        "71",
        "--out",
        str(folder),
        "--quiet",
        *named(served),
    ]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "maillage.config.settings",
        "MAILLAGE_HOME": str(tmp_path),
    }
    for name in published.every_file():
        served.always[name] = Day(pause=0.02)
    for stop in (4, 9, 15):
        served.asked.clear()
        served.always[sorted(published.every_file())[min(stop, 19)]] = Day(pause=5.0)
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        reached = sorted(published.every_file())[stop]
        while reached not in [name for name, _headers in served.asked]:
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert not folder.exists()
        served.always[reached] = Day()
    served.asked.clear()
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr
    assert contents(folder) == contents(tmp_path / "whole" / "pack")
    assert len(served.asked) <= len(published.every_file()) - 15, "what was whole is not fetched again"


# Made again


def test_an_update_says_what_changed_and_keeps_the_old_vintage_beside(served: Served, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    build(served, folder)
    old = contents(folder)
    rows = [[code, *["1"] * len(published.BANDS), 3] for code in [*published.OLDER[:-1]]]
    served.files["ages"] = published.semicolon_csv(
        ["CODGEO", *(f"P23_POP{band}" for band in published.BANDS), "P23_NEW"], rows
    )
    done = api.update_pack(folder, patience=QUICK, loaders=LOADERS)
    told = {one.source: one for one in done.changes}
    assert {key for key, one in told.items() if one.status != "same"} == {"ages"}
    assert told["ages"].rows == (len(published.OLDER), len(published.OLDER) - 1)
    assert "P23_NEW" in told["ages"].added
    assert "P22_POP" in told["ages"].removed
    assert done.built.previous == tmp_path / "pack-2026-10-01"
    assert contents(done.built.previous) == old
    assert packs.check(done.built.previous, loaders=LOADERS).is_sound
    assert contents(folder) != old
    again = api.update_pack(folder, patience=QUICK, loaders=LOADERS)
    assert (again.built.changed, again.built.previous) == (False, None)


def test_an_update_keeps_what_cannot_be_asked_again(served: Served, tmp_path: Path) -> None:
    build(served, tmp_path / "pack")
    served.always["bpe"] = Day(status=503)
    done = api.update_pack(tmp_path / "pack", patience=QUICK, loaders=LOADERS)
    assert not done.built.changed
    assert "sert encore" in done.built.kept[0]


@pytest.mark.parametrize(
    ("source", "content"),
    [("bpe", b"<html>moved</html>"), ("bpe", b"a;b\n1;2\n"), ("finess", b"<html>moved</html>")],
    ids=["page", "table", "register"],
)
def test_an_update_whose_new_file_is_wrong_goes_on_with_the_old_one(
    served: Served, tmp_path: Path, source: str, content: bytes
) -> None:
    build(served, tmp_path / "pack")
    old = contents(tmp_path / "pack")
    served.files[source] = content
    for _again in range(2):
        done = api.update_pack(tmp_path / "pack", patience=QUICK, loaders=LOADERS)
        assert not done.built.changed
        assert contents(tmp_path / "pack") == old
        assert source not in missing(done.built)
        (said,) = done.built.kept
        assert source in said
        assert "Le fichier d’avant sert encore" in said


def test_an_update_that_fails_leaves_the_pack_in_place(served: Served, tmp_path: Path) -> None:
    build(served, tmp_path / "pack")
    old = contents(tmp_path / "pack")
    served.files["wrong"] = b"<html>moved</html>"
    for where in (served.url("wrong"), served.url("nowhere"), str(tmp_path / "page.html")):
        (tmp_path / "page.html").write_bytes(b"<html>")
        with pytest.raises(api.BuildError, match="bpe"):
            api.update_pack(tmp_path / "pack", given=[f"bpe={where}"], patience=QUICK, loaders=LOADERS)
        assert contents(tmp_path / "pack") == old
    again = api.update_pack(
        tmp_path / "pack", given=[f"bpe={served.url('bpe')}"], patience=QUICK, loaders=LOADERS
    )
    assert not again.built.changed


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only some systems have a device that is full")
def test_a_full_disk_is_told_and_what_is_downloaded_is_kept(served: Served, tmp_path: Path) -> None:
    sources = workshop(tmp_path / "pack") / "sources"
    sources.mkdir(parents=True)
    (sources / "bpe.part").symlink_to("/dev/full")
    with pytest.raises(api.BuildError, match="disque du serveur est plein"):
        build(served, tmp_path / "pack")
    (sources / "bpe.part").unlink()
    served.asked.clear()
    assert build(served, tmp_path / "pack").changed
    assert "ages" not in [name for name, _headers in served.asked]


def test_addresses_inside_are_refused_where_the_operator_did_not_give_them(
    served: Served, tmp_path: Path
) -> None:
    with pytest.raises(api.BuildError, match="à l’intérieur du réseau"):
        build(served, tmp_path / "pack", only_public=True)
    assert not served.asked


def test_a_pack_that_an_import_would_refuse_does_not_take_the_place_of_another(
    served: Served, tmp_path: Path
) -> None:
    build(served, tmp_path / "pack")
    old = contents(tmp_path / "pack")
    served.files["places"] = published.places().replace(b"46.53", b"12.53")
    with pytest.raises(api.BuildError, match="hors de son département"):
        api.update_pack(tmp_path / "pack", patience=QUICK, loaders=LOADERS)
    assert contents(tmp_path / "pack") == old


def test_only_a_pack_made_here_is_updated(fictional_pack: Path) -> None:
    with pytest.raises(api.BuildError, match="maillage data build"):
        api.update_pack(fictional_pack)


def test_sources_come_and_go_between_two_vintages(served: Served, tmp_path: Path) -> None:
    build(served, tmp_path / "pack")
    (tmp_path / "cpts.csv").write_bytes(published.semicolon_csv(("code", "cpts"), [("71001", "CPTS du Val")]))
    added = api.update_pack(tmp_path / "pack", given=[f"cpts={tmp_path / 'cpts.csv'}"], patience=QUICK)
    assert {one.source: one.status for one in added.changes if one.status != "same"} == {"cpts": "new"}
    assert added.built.previous is not None
    (tmp_path / "pack").rename(tmp_path / "lost")
    again = api.update_pack(tmp_path / "pack", patience=QUICK)
    assert contents(again.built.folder) == contents(tmp_path / "lost")
    workshop(tmp_path / "pack").joinpath("state.json").write_text("{")
    assert not build(served, tmp_path / "pack", f"cpts={tmp_path / 'cpts.csv'}").changed
