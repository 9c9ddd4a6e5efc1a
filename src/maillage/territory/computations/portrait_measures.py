"""What the portrait measures, each with its formula as it is shown."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from maillage.territory.computations.measures import Measure, plus

POPULATION_COLUMN = "communes.pop_municipale"
CURVE_COLUMNS = (
    ("communes.pop_2012", "2012"),
    ("communes.pop_2017", "2017"),
    ("communes.pop_2022", "2022"),
    (POPULATION_COLUMN, _("en vigueur")),
)

AGE_NOTE = _(
    "Estimation : structure d’âge des bénéficiaires du régime général appliquée à la population ; "
    "la part des 65 ans et plus est sous-estimée d’environ 2 points, davantage en zone agricole "
    "(MSA absente)."
)
SCHEME_NOTE = _("Bénéficiaires du régime général seulement : la MSA et les autres régimes n’y sont pas.")

BENEFICIARIES = plus("fragilites_commune.rg_pop")
OVER_16 = ((1.0, "fragilites_commune.rg_pop"), (-1.0, "fragilites_commune.rg_0_15"))
OVER_65 = plus("fragilites_commune.rg_65p")
FROM_50_TO_74 = (
    ("territory.portrait.share_50_54_of_25_54", "fragilites_commune.rg_25_54"),
    (1.0, "fragilites_commune.rg_55_64"),
    ("territory.portrait.share_65_74_of_65p", "fragilites_commune.rg_65p"),
)

POPULATION = Measure(
    "population", _("Population municipale"), _("somme des populations municipales"), plus(POPULATION_COLUMN),
    unit=_("habitants"),
)  # fmt: skip
CHANGE_2012 = Measure(
    "change_2012", _("Évolution depuis 2012"),
    _("population en vigueur ÷ population 2012 − 1, sur les communes dont les deux sont connues"),
    plus(POPULATION_COLUMN), plus("communes.pop_2012"), offset=-1, unit="%", decimals=1,
)  # fmt: skip
CHANGE_2017 = Measure(
    "change_2017", _("Évolution depuis 2017"),
    _("population en vigueur ÷ population 2017 − 1, sur les communes dont les deux sont connues"),
    plus(POPULATION_COLUMN), plus("communes.pop_2017"), offset=-1, unit="%", decimals=1,
)  # fmt: skip
DENSITY = Measure(
    "density", _("Densité"), _("population ÷ superficie"),
    plus(POPULATION_COLUMN), plus("communes.surface_km2"),
    unit=_("habitants/km²"),
)  # fmt: skip
SHARE_65 = Measure(
    "share_65p", _("65 ans et plus"), _("population estimée de 65 ans et plus ÷ population"),
    plus("communes.pop_65p"), plus(POPULATION_COLUMN), unit="%", note=AGE_NOTE, high_is_worse=True,
)  # fmt: skip
SHARE_UNDER_16 = Measure(
    "share_0_15", _("Moins de 16 ans"), _("population estimée de 0 à 15 ans ÷ population"),
    plus("communes.pop_0_15"), plus(POPULATION_COLUMN), unit="%", decimals=0, note=AGE_NOTE,
)  # fmt: skip
BANDS = tuple(
    Measure(f"band_{suffix}", label, _("population estimée de la tranche d’âge ÷ population"),
            plus(f"communes.pop_{suffix}"), plus(POPULATION_COLUMN), unit="%", note=AGE_NOTE)
    for suffix, label in (
        ("0_15", _("0 à 15 ans")), ("16_24", _("16 à 24 ans")), ("25_54", _("25 à 54 ans")),
        ("55_64", _("55 à 64 ans")), ("65p", _("65 ans et plus")),
    )
)  # fmt: skip
BIRTHS = Measure(
    "births", _("Naissances"), _("somme des naissances domiciliées de l’année"),
    plus("social_commune.naissances_2023"), unit=_("naissances"),
)  # fmt: skip
DEATHS = Measure(
    "deaths", _("Décès"), _("somme des décès domiciliés de l’année"),
    plus("social_commune.deces_2023"), unit=_("décès"),
)  # fmt: skip
NATURAL_BALANCE = Measure(
    "natural_balance", _("Solde naturel"), _("(naissances − décès) ÷ population × 1 000"),
    ((1.0, "social_commune.naissances_2023"), (-1.0, "social_commune.deces_2023")), plus(POPULATION_COLUMN),
    scale=1000, unit=_("pour 1 000 habitants"), decimals=1,
)  # fmt: skip
INCOME = Measure(
    "income", _("Niveau de vie médian (moyenne communale)"),
    _("moyenne des niveaux de vie médians des communes, pondérée par les personnes des ménages fiscaux"),
    plus("social_commune.niveau_vie_median_2021"), weight="social_commune.personnes_menages_fiscaux_2021",
    unit=_("€ par an"), high_is_worse=False,
    note=_("Ce n’est pas la médiane du territoire, qui ne se déduit pas de celles des communes."),
)  # fmt: skip
POVERTY = Measure(
    "poverty", _("Taux de pauvreté (communes où il est connu)"),
    _("moyenne des taux de pauvreté communaux, pondérée par les personnes des ménages fiscaux"),
    ((0.01, "social_commune.taux_pauvrete60_2021"),), weight="social_commune.personnes_menages_fiscaux_2021",
    unit="%", decimals=1, high_is_worse=True,
    note=_("L’INSEE ne le publie que pour les communes les plus peuplées : "
           "ne se compare qu’à complétude égale."),
)  # fmt: skip
_FRAGILITY: dict[str, Any] = {"unit": "%", "decimals": 1, "note": SCHEME_NOTE, "high_is_worse": True}
"""What the shares of beneficiaries have in common."""
ALD = Measure(
    "ald", _("En affection de longue durée"), _("bénéficiaires en ALD ÷ bénéficiaires du régime général"),
    plus("fragilites_commune.ald_total"), BENEFICIARIES, reference=BENEFICIARIES, **_FRAGILITY,
)  # fmt: skip
NO_REFERRING_DOCTOR = Measure(
    "no_referring_doctor", _("Sans médecin traitant, 16 ans et plus"),
    _("bénéficiaires de 16 ans et plus sans médecin traitant ÷ bénéficiaires de 16 ans et plus"),
    plus("fragilites_commune.sans_mt_16p"), OVER_16, reference=OVER_16, **_FRAGILITY,
)  # fmt: skip
C2S = Measure(
    "c2s", _("Complémentaire santé solidaire"),
    _("bénéficiaires de la C2S, participative ou non ÷ bénéficiaires du régime général"),
    plus("fragilites_commune.cssnp_pop", "fragilites_commune.cssp_pop"), BENEFICIARIES,
    reference=BENEFICIARIES, **_FRAGILITY,
)  # fmt: skip
NO_GP_VISIT = Measure(
    "no_gp_visit", _("Sans généraliste depuis 24 mois, 16 ans et plus"),
    _("bénéficiaires de 16 ans et plus sans consultation de généraliste en 24 mois ÷ "
      "bénéficiaires de 16 ans et plus"),
    plus("fragilites_commune.sans_consult_mg_24m_16p"), OVER_16, reference=OVER_16, **_FRAGILITY,
)  # fmt: skip
NO_FLU_VACCINE = Measure(
    "no_flu_vaccine", _("Sans vaccin contre la grippe, 65 ans et plus"),
    _("bénéficiaires de 65 ans et plus non vaccinés ÷ bénéficiaires de 65 ans et plus"),
    plus("fragilites_commune.sans_vaccin_grippe_65p"), OVER_65, reference=OVER_65,
    **_FRAGILITY | {"decimals": 0},
)  # fmt: skip
NO_COLORECTAL_SCREENING = Measure(
    "no_colorectal_screening", _("Sans dépistage colorectal, 50 à 74 ans"),
    _("bénéficiaires de 50 à 74 ans sans dépistage ÷ bénéficiaires de 50 à 74 ans, dont le nombre est estimé "
      "d’après les tranches 25–54, 55–64 et 65 ans et plus"),
    plus("fragilites_commune.sans_depistage_colorectal_50_74"), FROM_50_TO_74, reference=BENEFICIARIES,
    unit="%", decimals=0, high_is_worse=True,
    note=_("Dénominateur estimé : le jeu ne donne pas la tranche 50–74 ans. "
           "Bénéficiaires du régime général seulement."),
)  # fmt: skip

VULNERABILITIES = (ALD, NO_REFERRING_DOCTOR, C2S, NO_GP_VISIT, NO_FLU_VACCINE, NO_COLORECTAL_SCREENING)
MAPPED = (SHARE_65, CHANGE_2012, POPULATION, DENSITY, INCOME, *VULNERABILITIES)
