"""What the supply page measures: professionals and establishments, counted where they practise."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from maillage.territory.computations.measures import Measure, plus
from maillage.territory.computations.portrait_measures import POPULATION_COLUMN

PER = 100_000
GP_COLUMN = "supply_commune.mg_liberaux_am_2024"
OLDER_GP_COLUMN = "supply_commune.mg_liberaux_am_60plus"
PHARMACY_COLUMN = "supply_commune.pharmacies"

SITES_NOTE = _("Compté par lieu d’exercice : un professionnel qui exerce en deux lieux compte deux fois.")
_COUNT = _("somme sur les communes")
_DENSITY = _("effectif ÷ population × 100 000")


@dataclass(frozen=True, slots=True)
class Supply:
    """A profession or a kind of establishment, by the column that counts it; `note` says how."""

    key: str
    label: str | Promise
    column: str
    note: str | Promise = ""

    @property
    def count(self) -> Measure:
        """How many there are."""
        return Measure(self.key, self.label, _COUNT, plus(self.column), note=self.note)

    @property
    def density(self) -> Measure:
        """How many there are for 100,000 inhabitants, of all ages."""
        return Measure(
            f"{self.key}_density", format_lazy("{} ({})", self.label, _("densité")), _DENSITY,
            plus(self.column), plus(POPULATION_COLUMN), scale=PER,
            unit=_("pour 100 000 habitants"), decimals=1, note=self.note, high_is_worse=False,
        )  # fmt: skip


def _bpe(key: str, label: str | Promise, column: str, note: str | Promise = "") -> Supply:
    return Supply(key, label, f"supply_commune.{column}", note)


GP = Supply("gp", _("Médecins généralistes libéraux"), GP_COLUMN)
PROFESSIONS = (
    GP,
    _bpe("nurse", _("Infirmiers libéraux"), "infirmiers_bpe", SITES_NOTE),
    _bpe("physiotherapist", _("Masseurs-kinésithérapeutes"), "kines_bpe", SITES_NOTE),
    _bpe("dentist", _("Chirurgiens-dentistes"), "dentistes_bpe", SITES_NOTE),
    _bpe("midwife", _("Sages-femmes libérales"), "sages_femmes_bpe", SITES_NOTE),
    _bpe("podiatrist", _("Pédicures-podologues"), "podologues_bpe", SITES_NOTE),
)
PHARMACY = _bpe("pharmacy", _("Pharmacies"), "pharmacies")
ESTABLISHMENTS = (
    PHARMACY,
    _bpe("laboratory", _("Laboratoires d’analyses"), "laboratoires"),
    _bpe("msp", _("Maisons de santé pluriprofessionnelles"), "msp"),
    _bpe("health_centre", _("Centres de santé"), "centres_sante"),
    _bpe("emergency", _("Services d’urgences"), "urgences"),
    _bpe("maternity", _("Maternités"), "maternites"),
    _bpe("short_stay", _("Hôpitaux, court séjour"), "hop_court_sejour"),
    _bpe("medium_stay", _("Hôpitaux, soins médicaux et de réadaptation"), "hop_moyen_sejour"),
    _bpe("long_stay", _("Hôpitaux, long séjour"), "hop_long_sejour"),
    _bpe("psychiatry", _("Établissements psychiatriques"), "hop_psychiatrie"),
    _bpe("care_home", _("Hébergements pour personnes âgées"), "heb_personnes_agees"),
    _bpe("home_nursing", _("Services de soins à domicile"), "services_soins_domicile"),
    _bpe("home_help", _("Services d’aide à domicile"), "services_aide_domicile"),
    _bpe("ambulance", _("Ambulances"), "ambulances"),
)
OLDER_GPS = Measure(
    "gp_60", _("Généralistes de 60 ans et plus"), _("somme sur les communes"), plus(OLDER_GP_COLUMN),
)  # fmt: skip
SHARE_OLDER_GPS = Measure(
    "gp_60_share", _("Part des généralistes de 60 ans et plus"),
    _("généralistes de 60 ans et plus ÷ généralistes libéraux"), plus(OLDER_GP_COLUMN), plus(GP_COLUMN),
    unit="%", high_is_worse=True,
)  # fmt: skip
DENSITY_WITHOUT_OLDER_GPS = Measure(
    "gp_density_after", _("Densité si les 60 ans et plus partent sans être remplacés"),
    _("(généralistes − généralistes de 60 ans et plus) ÷ population × 100 000"),
    ((1.0, GP_COLUMN), (-1.0, OLDER_GP_COLUMN)), plus(POPULATION_COLUMN), scale=PER,
    unit=_("pour 100 000 habitants"), decimals=1, high_is_worse=False,
    note=_("Ce n’est pas une prévision : les départs s’étalent sur plusieurs années "
           "et certains sont remplacés."),
)  # fmt: skip
MAPPED = (GP.count, OLDER_GPS, *(one.count for one in (*PROFESSIONS[1:], PHARMACY)))
