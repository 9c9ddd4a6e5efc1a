"""The tables and columns that Maillage knows in a pack: kind, French label, unit, what is estimated.

A numeric column that is not listed here is imported too, under its own name. Labels are marked for
translation and translated where they are shown.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from maillage.territory.packs.schema import Column, Kind, Table


def _text(label: str, *, required: bool = False) -> Column:
    return Column(Kind.TEXT, label, required=required, nullable=not required)


def _count(label: str, unit: str, *, required: bool = False, vintage: str = "") -> Column:
    return Column(Kind.COUNT, label, unit, required=required, nullable=not required, vintage=vintage)


def _quantity(label: str, unit: str, *, estimate: bool = False, vintage: str = "") -> Column:
    return Column(Kind.QUANTITY, label, unit, estimate=estimate, vintage=vintage)


_RESIDENTS = _("habitants")
_INSURED = _("assurés")
_PRACTITIONERS = _("professionnels")
_PLACES = _("lieux")
_FTE = _("pour 100 000 habitants")
_VISITS = _("consultations par an et par habitant")
_STANDARD = _("habitants standardisés")

COMMUNES = Table(
    "communes",
    required=True,
    columns={
        "code": _text(_("code INSEE"), required=True),
        "nom": _text(_("nom"), required=True),
        "departement": _text(_("département"), required=True),
        "nom_departement": _text(_("nom du département"), required=True),
        "region": _text(_("région"), required=True),
        "nom_region": _text(_("nom de la région"), required=True),
        "epci": _text(_("EPCI")),
        "nom_epci": _text(_("nom de l’EPCI")),
        "bv2022": _text(_("bassin de vie 2022")),
        "nom_bv2022": _text(_("nom du bassin de vie 2022")),
        "codes_postaux": _text(_("codes postaux")),
        "lon": Column(Kind.LONGITUDE, _("longitude du centre"), "°", required=True, nullable=False),
        "lat": Column(Kind.LATITUDE, _("latitude du centre"), "°", required=True, nullable=False),
        "surface_km2": _quantity(_("superficie"), "km²"),
        "pop_municipale": _count(_("population municipale"), _RESIDENTS, required=True),
        "pop_2012": _count(_("population municipale en 2012"), _RESIDENTS, vintage="2012"),
        "pop_2017": _count(_("population municipale en 2017"), _RESIDENTS, vintage="2017"),
        "pop_2022": _count(_("population municipale en 2022"), _RESIDENTS, vintage="2022"),
        "pop_0_15": _quantity(_("population de moins de 16 ans"), _RESIDENTS, estimate=True),
        "pop_16_24": _quantity(_("population de 16 à 24 ans"), _RESIDENTS, estimate=True),
        "pop_25_54": _quantity(_("population de 25 à 54 ans"), _RESIDENTS, estimate=True),
        "pop_55_64": _quantity(_("population de 55 à 64 ans"), _RESIDENTS, estimate=True),
        "pop_65p": _quantity(_("population de 65 ans et plus"), _RESIDENTS, estimate=True),
        "part_regime_general": _quantity(_("bénéficiaires du régime général par habitant"), ""),
    },
)

SUPPLY = Table(
    "supply_commune",
    required=True,
    columns={
        "code": _text(_("code INSEE"), required=True),
        "mg_bpe": _count(_("médecins généralistes (BPE)"), _PRACTITIONERS),
        "infirmiers_bpe": _count(_("infirmiers"), _PRACTITIONERS),
        "kines_bpe": _count(_("masseurs-kinésithérapeutes"), _PRACTITIONERS),
        "dentistes_bpe": _count(_("chirurgiens-dentistes"), _PRACTITIONERS),
        "sages_femmes_bpe": _count(_("sages-femmes"), _PRACTITIONERS),
        "podologues_bpe": _count(_("pédicures-podologues"), _PRACTITIONERS),
        "pharmacies": _count(_("pharmacies"), _PLACES),
        "laboratoires": _count(_("laboratoires"), _PLACES),
        "ambulances": _count(_("ambulances"), _PLACES),
        "msp": _count(_("maisons de santé pluriprofessionnelles"), _PLACES),
        "centres_sante": _count(_("centres de santé"), _PLACES),
        "urgences": _count(_("services d’urgences"), _PLACES),
        "maternites": _count(_("maternités"), _PLACES),
        "hop_court_sejour": _count(_("hôpitaux de court séjour"), _PLACES),
        "hop_moyen_sejour": _count(_("hôpitaux de moyen séjour"), _PLACES),
        "hop_long_sejour": _count(_("hôpitaux de long séjour"), _PLACES),
        "hop_psychiatrie": _count(_("établissements psychiatriques"), _PLACES),
        "heb_personnes_agees": _count(_("hébergements de personnes âgées"), _PLACES),
        "places_personnes_agees": _count(_("places d’hébergement de personnes âgées"), _("places")),
        "services_soins_domicile": _count(_("services de soins à domicile"), _PLACES),
        "services_aide_domicile": _count(_("services d’aide à domicile"), _PLACES),
        "mg_liberaux_am_2024": _count(
            _("médecins généralistes libéraux (Assurance maladie)"), _PRACTITIONERS, required=True
        ),
        "mg_liberaux_am_60plus": _count(
            _("médecins généralistes libéraux de 60 ans et plus"), _PRACTITIONERS
        ),
    },
)

FRAGILITY = Table(
    "fragilites_commune",
    columns={
        "code": _text(_("code INSEE"), required=True),
        "rg_pop": _count(_("bénéficiaires du régime général"), _INSURED),
        "rg_0_15": _count(_("bénéficiaires de moins de 16 ans"), _INSURED),
        "rg_16_24": _count(_("bénéficiaires de 16 à 24 ans"), _INSURED),
        "rg_25_54": _count(_("bénéficiaires de 25 à 54 ans"), _INSURED),
        "rg_55_64": _count(_("bénéficiaires de 55 à 64 ans"), _INSURED),
        "rg_65p": _count(_("bénéficiaires de 65 ans et plus"), _INSURED),
        "cssnp_pop": _count(_("complémentaire santé solidaire sans participation"), _INSURED),
        "cssp_pop": _count(_("complémentaire santé solidaire avec participation"), _INSURED),
        "sans_consult_mg_24m_16p": _count(_("sans consultation de généraliste depuis 24 mois"), _INSURED),
        "sans_mt_16p": _count(_("sans médecin traitant, 16 ans et plus"), _INSURED),
        "sans_mt_16_24": _count(_("sans médecin traitant, 16 à 24 ans"), _INSURED),
        "sans_mt_55_64": _count(_("sans médecin traitant, 55 à 64 ans"), _INSURED),
        "sans_mt_65p": _count(_("sans médecin traitant, 65 ans et plus"), _INSURED),
        "sans_dentiste_24m_16p": _count(_("sans dentiste depuis 24 mois"), _INSURED),
        "sans_soins_24m_16_24": _count(_("sans aucun soin depuis 24 mois, 16 à 24 ans"), _INSURED),
        "sans_gyneco_24m_f20_64": _count(
            _("sans suivi gynécologique depuis 24 mois, femmes de 20 à 64 ans"), _INSURED
        ),
        "sans_vaccin_grippe_65p": _count(_("sans vaccin contre la grippe, 65 ans et plus"), _INSURED),
        "sans_depistage_colorectal_50_74": _count(_("sans dépistage colorectal, 50 à 74 ans"), _INSURED),
        "ald_total": _count(_("en affection de longue durée"), _INSURED),
        "ald_55p": _count(_("en affection de longue durée, 55 ans et plus"), _INSURED),
        "retraites_55p": _count(_("retraités de 55 ans et plus"), _INSURED),
        "retraites_exo_csg_55p": _count(_("retraités exonérés de CSG"), _INSURED),
        "pension_reversion_55p": _count(_("pensions de réversion"), _INSURED),
        "mg_liberaux": _count(
            _("médecins généralistes libéraux (Observatoire des fragilités)"), _PRACTITIONERS
        ),
        "mg_liberaux_60p": _count(
            _("médecins généralistes libéraux de 60 ans et plus (Observatoire des fragilités)"),
            _PRACTITIONERS,
        ),
    },
)

SOCIAL = Table(
    "social_commune",
    columns={
        "code": _text(_("code INSEE"), required=True),
        "personnes_menages_fiscaux_2021": _count(
            _("personnes des ménages fiscaux"), _RESIDENTS, vintage="2021"
        ),
        "niveau_vie_median_2021": _quantity(_("niveau de vie médian"), _("€ par an"), vintage="2021"),
        "taux_pauvrete60_2021": Column(Kind.PERCENT, _("taux de pauvreté à 60 %"), "%", vintage="2021"),
        "taux_pauvrete60_75p_2021": Column(
            Kind.PERCENT, _("taux de pauvreté à 60 %, 75 ans et plus"), "%", vintage="2021"
        ),
        "naissances_2023": _count(_("naissances domiciliées"), _("naissances"), vintage="2023"),
        "deces_2023": _count(_("décès domiciliés"), _("décès"), vintage="2023"),
    },
)

_PROFESSIONS = {
    "dent": (_("APL aux chirurgiens-dentistes"), _FTE),
    "inf": (_("APL aux infirmiers"), _FTE),
    "mk": (_("APL aux masseurs-kinésithérapeutes"), _FTE),
    "sf": (_("APL aux sages-femmes"), _FTE),
    "mg": (_("APL aux médecins généralistes"), _VISITS),
    "mg_65ans_max": (_("APL aux médecins généralistes de 65 ans et moins"), _VISITS),
}
_EARLIER = {
    "t_apl_dent": "dent",
    "t_apl_inf": "inf",
    "t_apl_mk": "mk",
    "t_apl_sf": "sf",
    "t_apl_mg": "mg",
    "t_apl_mg_65": "mg_65ans_max",
}

REFERENCE_APL = Table(
    "apl_reference",
    keep=("niveau", "commune"),
    columns={
        "code": _text(_("code INSEE"), required=True),
        "niveau": _text(_("niveau géographique"), required=True),
        "n_sources": _quantity(_("communes d’origine regroupées"), ""),
        **{
            f"apl_{key}_{year}": _quantity(label, unit, vintage=year)
            for key, (label, unit) in _PROFESSIONS.items()
            for year in ("2022", "2023")
        },
        **{
            column: _quantity(*_PROFESSIONS[key], vintage=_("publication antérieure"))
            for column, key in _EARLIER.items()
        },
        "t_apl_mg_2015": _quantity(*_PROFESSIONS["mg"], vintage="2015"),
        "t_apl_mg_62": _quantity(
            _("APL aux médecins généralistes de 62 ans et moins"),
            _VISITS,
            vintage=_("publication antérieure"),
        ),
        "pop_std_dent_2023": _quantity(
            _("population standardisée, chirurgiens-dentistes"), _STANDARD, vintage="2023"
        ),
        "pop_std_inf_2023": _quantity(_("population standardisée, infirmiers"), _STANDARD, vintage="2023"),
        "pop_std_mk_2023": _quantity(
            _("population standardisée, kinésithérapeutes"), _STANDARD, vintage="2023"
        ),
        "pop_std_sf_2023": _quantity(_("population standardisée, sages-femmes"), _STANDARD, vintage="2023"),
        "t_pop": _quantity(_("population totale"), _RESIDENTS, vintage=_("publication antérieure")),
        "t_pop_std_mg": _quantity(
            _("population standardisée, médecins généralistes"),
            _STANDARD,
            vintage=_("publication antérieure"),
        ),
    },
)

ZONING = Table(
    "zonage_commune",
    columns={
        "code": _text(_("code INSEE"), required=True),
        "zip": Column(Kind.SHARE, _("zone d’intervention prioritaire, généralistes"), ""),
        "zac": Column(Kind.SHARE, _("zone d’action complémentaire, généralistes"), ""),
    },
)

WORKFORCE = Table(
    "demographie_departement",
    key="departement",
    unique=False,
    columns={
        "annee": _count(_("année"), "", required=True),
        "departement": _text(_("département"), required=True),
        "libelle_departement": _text(_("nom du département"), required=True),
        "profession_sante": _text(_("profession"), required=True),
        "effectif": _count(_("effectif"), _PRACTITIONERS, required=True),
        "densite": _quantity(_("densité"), _FTE),
    },
)

BY_COMMUNE = (COMMUNES, SUPPLY, FRAGILITY, SOCIAL, REFERENCE_APL, ZONING)
"""The tables with one row per commune: each numeric column becomes a variable of the atlas."""

TABLES = (*BY_COMMUNE, WORKFORCE)
