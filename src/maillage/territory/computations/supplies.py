"""What can be reached, added or removed: professions, whose accessibility is computed, and services.

The formula of the APL is published for general practitioners. For the other professions the parameters
were not found: the same formula gives a *density* of accessible professionals, in head counts, which
ranks communes but is not the DREES indicator.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PER = 100_000.0
"""Densities are per 100,000 standardised inhabitants."""


@dataclass(frozen=True, slots=True)
class Profession:
    """A profession whose accessibility is computed.

    `supply` is the column of head counts and `demand` that of the standardised population; `reference`
    is the column the DREES publishes for it. `one` and `many` name it in a sentence.
    """

    key: str
    label: str | Promise
    one: str | Promise
    many: str | Promise
    supply: str
    demand: str
    reference: str
    unit: str | Promise
    short_unit: str | Promise
    decimals: int


@dataclass(frozen=True, slots=True)
class Service:
    """A service whose nearest site is looked for; `supply` is the column that counts sites by commune."""

    key: str
    label: str | Promise
    one: str | Promise
    many: str | Promise
    supply: str


PROFESSIONS: dict[str, Profession] = {
    profession.key: profession
    for profession in (
        Profession(
            "gp",
            _("Médecins généralistes"),
            _("médecin généraliste"),
            _("médecins généralistes"),
            "supply_commune.mg_liberaux_am_2024",
            "apl_reference.t_pop_std_mg",
            "apl_reference.apl_mg_2023",
            _("consultations par an et par habitant standardisé"),
            _("C/an/hab."),
            2,
        ),
        Profession(
            "nurse",
            _("Infirmiers"),
            _("infirmier"),
            _("infirmiers"),
            "supply_commune.infirmiers_bpe",
            "apl_reference.pop_std_inf_2023",
            "apl_reference.apl_inf_2023",
            _("professionnels accessibles pour 100 000 habitants standardisés"),
            _("pour 100 000 hab."),
            0,
        ),
        Profession(
            "physiotherapist",
            _("Masseurs-kinésithérapeutes"),
            _("masseur-kinésithérapeute"),
            _("masseurs-kinésithérapeutes"),
            "supply_commune.kines_bpe",
            "apl_reference.pop_std_mk_2023",
            "apl_reference.apl_mk_2023",
            _("professionnels accessibles pour 100 000 habitants standardisés"),
            _("pour 100 000 hab."),
            0,
        ),
        Profession(
            "dentist",
            _("Chirurgiens-dentistes"),
            _("chirurgien-dentiste"),
            _("chirurgiens-dentistes"),
            "supply_commune.dentistes_bpe",
            "apl_reference.pop_std_dent_2023",
            "apl_reference.apl_dent_2023",
            _("professionnels accessibles pour 100 000 habitants standardisés"),
            _("pour 100 000 hab."),
            0,
        ),
        Profession(
            "midwife",
            _("Sages-femmes"),
            _("sage-femme"),
            _("sages-femmes"),
            "supply_commune.sages_femmes_bpe",
            "apl_reference.pop_std_sf_2023",
            "apl_reference.apl_sf_2023",
            _("professionnelles accessibles pour 100 000 femmes standardisées"),
            _("pour 100 000 femmes"),
            0,
        ),
    )
}
SERVICES: dict[str, Service] = {
    service.key: service
    for service in (
        Service(
            "gp",
            _("Médecin généraliste"),
            _("médecin généraliste"),
            _("médecins généralistes"),
            "supply_commune.mg_liberaux_am_2024",
        ),
        Service("pharmacy", _("Pharmacie"), _("pharmacie"), _("pharmacies"), "supply_commune.pharmacies"),
        Service(
            "emergency",
            _("Service d’urgences"),
            _("service d’urgences"),
            _("services d’urgences"),
            "supply_commune.urgences",
        ),
        Service("maternity", _("Maternité"), _("maternité"), _("maternités"), "supply_commune.maternites"),
    )
}
SUPPLIES: dict[str, Profession | Service] = {**SERVICES, **PROFESSIONS}
"""Everything that a scenario may add or remove, by key; a general practitioner is both."""
