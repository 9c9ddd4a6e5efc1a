"""The fictional country: the same for the same seed, plausible, and nowhere on Earth."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from maillage.territory import api


def test_a_seed_gives_the_same_country(tmp_path: Path, fictional_pack: Path) -> None:
    again = api.write_fictional_pack(tmp_path / "again")
    other = api.write_fictional_pack(tmp_path / "other", seed=7)
    for stem in ("communes", "supply_commune", "fragilites_commune", "social_commune", "structures"):
        same = pl.read_parquet(again / f"{stem}.parquet")
        assert same.equals(pl.read_parquet(fictional_pack / f"{stem}.parquet"))
    assert not pl.read_parquet(other / "communes.parquet").equals(pl.read_parquet(again / "communes.parquet"))
    assert (again / "communes_france.topojson").read_text() == (
        fictional_pack / "communes_france.topojson"
    ).read_text()


@pytest.mark.parametrize("seed", range(6))
def test_every_seed_gives_a_sound_pack(tmp_path: Path, seed: int, db: None) -> None:
    report = api.check_pack(api.write_fictional_pack(tmp_path, seed=seed))
    assert report.is_sound, [str(defect) for defect in report.defects]


def test_names_differ(fictional_pack: Path) -> None:
    names = pl.read_parquet(fictional_pack / "communes.parquet")["nom"]
    assert names.is_unique().all()


@pytest.mark.pack
def test_no_name_and_no_code_is_a_real_one(fictional_pack: Path, national_pack: Path) -> None:
    ours = pl.read_parquet(fictional_pack / "communes.parquet")
    real = pl.read_parquet(national_pack / "communes.parquet")
    assert not set(ours["nom"]) & set(real["nom"])
    assert not set(ours["code"]) & set(real["code"])


def test_the_demonstration_territory_has_sixty_communes_and_neighbours(fictional_country: api.Atlas) -> None:
    valley = api.create_demonstration_territory(by=None)
    assert (valley.slug, valley.name, valley.is_constructed) == ("val-de-brume", "Val-de-Brume", True)
    assert "fictif" in valley.note
    members = api.member_positions(valley)
    assert len(members) == 60
    assert len(api.halo_positions(valley)) == 36
    assert api.create_demonstration_territory(by=None) == valley


def test_care_is_uneven_as_in_life(fictional_country: api.Atlas) -> None:
    population = fictional_country.column("communes.pop_municipale")
    doctors = fictional_country.column("supply_commune.mg_liberaux_am_2024")
    assert 900 < population.sum() / doctors.sum() < 1_800
    assert (doctors == 0).mean() > 0.4
    assert (fictional_country.column("supply_commune.mg_liberaux_am_60plus") <= doctors).all()
    ages = sum(
        fictional_country.column(f"communes.pop_{age}") for age in ("0_15", "16_24", "25_54", "55_64", "65p")
    )
    assert np.allclose(ages, population, atol=0.3)
    small = fictional_country.column("fragilites_commune.sans_mt_16p")
    assert not ((small > 0) & (small < 11)).any()
