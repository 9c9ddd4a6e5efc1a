"""Safety and efficiency: potentially avoidable stays, readmissions within 30 days, share of town."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.utils.translation import gettext_lazy as _

from maillage.indicators.computations.catalogue.definition import (
    Asked,
    Expression,
    Indicator,
    Tables,
    band_of,
    counted,
    within,
)
from maillage.indicators.rules.vocabulary import Better, Family, Measure, Unit

ADULT = "indicators.safety.adult_age"
READMISSION = "indicators.safety.readmission"
FRENCH_LIST = "indicators.avoidable.french_list"
CATEGORIES = tuple(
    f"indicators.avoidable.{name}"
    for name in (
        "heart_failure", "copd", "asthma", "diabetes_acute", "diabetes_chronic", "hypertension", "angina",
        "dehydration", "urinary", "pneumonia", "influenza", "epilepsy", "cellulitis", "ulcer", "anaemia",
        "nutrition",
    )
)  # fmt: skip


def code_of(diagnosis: Expression) -> Expression:
    """Return a code of ICD-10 as roots are written: capitals, no point, no blank."""
    return diagnosis.upper().replace(".", "").replace(" ", "")


def matches(code: Expression, roots: list[str]) -> Expression:
    """Return the condition « begins with one of the roots », of three or four signs."""
    lengths = sorted({len(root) for root in roots})
    return reduce(
        or_, (code.substr(0, size).isin([root for root in roots if len(root) == size]) for size in lengths)
    )


def categories(diagnoses: Expression, rules: Mapping[str, Any]) -> Expression:
    """Return each diagnosis of a list, its category and the age from which it counts.

    Of those that are in no list, none. Codes are few where stays are many: each is looked at once.
    """
    import ibis

    codes = diagnoses.distinct()
    code = code_of(codes.diagnosis)
    lists = {key.rsplit(".")[-1]: rules[key] for key in CATEGORIES}
    listed = [(matches(code, one["roots"]), ibis.literal(name)) for name, one in lists.items()]
    ages = [(matches(code, one["roots"]), ibis.literal(one["from_age"], "int64")) for one in lists.values()]
    found = codes.mutate(
        category=ibis.cases(*listed, else_=ibis.null("string")),
        from_age=ibis.cases(*ages, else_=ibis.literal(0, "int64")),
    )
    return found.select(listed=found.diagnosis, category=found.category, from_age=found.from_age)


def _with_people(table: Expression, people: Expression, asked: Asked) -> Expression:
    """Join the person of each row; a row about nobody of the file has null columns."""
    of = people.select(
        of_person=people.person,
        p_commune=people.commune,
        p_birth_year=people.birth_year,
        p_band=band_of(people.birth_year, asked),
        p_sex=people.sex,
    )
    return table.left_join(of, table.person == of.of_person)


def avoidable_rows(tables: Tables, asked: Asked) -> Expression:
    """One row for each stay of an adult whose principal diagnosis is in a list."""
    stays = tables["stays"]
    stays = stays.filter(within(stays.left_on, asked), stays.kind == "mco", stays.entry != "transfert")
    known = categories(stays.select("diagnosis"), asked.rules)
    stays = stays.left_join(known, stays.diagnosis == known.listed)
    stays = stays.filter(stays.category.notnull() | stays.diagnosis.isnull())
    rows = _with_people(stays, tables["people"], asked)
    is_old_enough = rows.entered_on.year() - rows.p_birth_year >= rows.from_age
    is_unknown = rows.diagnosis.isnull() | rows.p_birth_year.isnull()
    rows = rows.mutate(is_unknown=is_unknown, is_listed=rows.category.notnull() & is_old_enough)
    # An age at the end of the period, as that of the people exposed; a stay of nobody told is missing.
    adult = (asked.year - rows.p_birth_year) >= asked.rules[ADULT]
    rows = rows.filter(rows.is_unknown | (rows.is_listed & adult))
    return counted(
        rows,
        row=rows.stay,
        person=rows.person,
        commune=rows.p_commune,
        band=rows.p_band,
        sex=rows.p_sex,
        part=rows.category,
        day=rows.left_on,
        numerator=rows.is_listed.fill_null(False),
        is_missing=rows.is_unknown,
    )


def adults(tables: Tables, asked: Asked) -> Expression:
    """One row for each adult resident of the file."""
    import ibis

    rows = tables["people"]
    return counted(
        rows,
        row=rows.person,
        person=rows.person,
        commune=rows.commune,
        band=band_of(rows.birth_year, asked),
        sex=rows.sex,
        day=ibis.null("date"),
        numerator=ibis.literal(0),
        is_missing=rows.birth_year.isnull(),
        is_excluded=(asked.year - rows.birth_year) < asked.rules[ADULT],
    )


def readmission_rows(tables: Tables, asked: Asked) -> Expression:
    """One row for each first stay of the period of a person: whether another one followed in time."""
    import ibis

    rule = asked.rules[READMISSION]
    stays = tables["stays"]
    last = stays.left_on.max().as_scalar()
    acute = stays.filter(stays.kind == "mco")
    index = acute.filter(within(acute.left_on, asked), acute.entry != "transfert")
    order = ibis.window(group_by=[index.person], order_by=[index.entered_on, index.left_on, index.stay])
    index = index.mutate(place=ibis.row_number().over(order))
    index = index.filter(index.place == 0).drop("place")
    again = acute.filter((acute.entry != "transfert") & ~acute.is_planned.fill_null(False))
    again = again.select(again_person=again.person, again_on=again.entered_on, again_stay=again.stay)
    pairs = index.join(again, [index.person == again.again_person, index.stay != again.again_stay])
    since = pairs.again_on.delta(pairs.left_on, unit="day")
    pairs = pairs.filter((since >= rule["first_day"]) & (since <= rule["last_day"]))
    followed = pairs.select(back=pairs.stay).distinct()
    rows = index.left_join(followed, index.stay == followed.back)
    rows = _with_people(rows, tables["people"], asked)
    seen_until = last.delta(rows.left_on, unit="day")
    return counted(
        rows,
        row=rows.stay,
        person=rows.person,
        commune=rows.p_commune,
        band=rows.p_band,
        sex=rows.p_sex,
        day=rows.left_on,
        numerator=rows.back.notnull(),
        # Nobody knows yet what came within the window of those who left at the end of the file.
        is_missing=seen_until < rule["last_day"],
        is_excluded=(rows.exit == "deces") | (rows.exit == "transfert"),
    )


def town_rows(tables: Tables, asked: Asked) -> Expression:
    """One row for each act or visit to an emergency department: whether it was in town."""
    import ibis

    acts = tables["acts"]
    acts = acts.filter(within(acts.day, asked))
    visits = tables["emergency_visits"]
    visits = visits.filter(within(visits.day, asked))
    false = ibis.literal(False)
    rows = ibis.union(
        acts.select(
            person=acts.person, day=acts.day, part=acts.place, in_town=acts.place == "ville", admitted=false
        ),
        visits.select(
            person=visits.person,
            day=visits.day,
            part=ibis.literal("urgences"),
            in_town=false,
            admitted=visits.is_admitted,
        ),
    )
    rows = _with_people(rows, tables["people"], asked)
    return counted(
        rows,
        row=rows.person.cast("string") + ibis.literal(" · ") + rows.day.cast("string"),
        person=rows.person,
        commune=rows.p_commune,
        band=rows.p_band,
        sex=rows.p_sex,
        part=rows.part,
        day=rows.day,
        numerator=rows.in_town,
        is_excluded=rows.admitted,
    )


_FILES = _("Qui importe les fichiers de séjours et d’actes")
_RESIDENTS = _("comptés là où les personnes habitent, non là où elles sont soignées")

INDICATORS = (
    Indicator(
        key="avoidable_stays",
        family=Family.SAFETY,
        label=_("Séjours potentiellement évitables"),
        definition=_(
            "Séjours hospitaliers d’adultes dont le diagnostic principal est d’une liste de situations "
            "que des "
            "soins de ville pris à temps peuvent éviter."
        ),
        formula=_("séjours de la liste ÷ habitants de 18 ans ou plus × 100 000"),
        numerator=_(
            "séjours de médecine, chirurgie ou obstétrique dont le diagnostic principal est de la liste"
        ),
        denominator=_("personnes de 18 ans ou plus du fichier des personnes"),
        exclusions=(
            _("moins de 18 ans"),
            _("entrées par transfert"),
            _("séances, accouchements, nouveau-nés, soins palliatifs"),
            _RESIDENTS,
        ),
        measure=Measure.RATE,
        unit=Unit.PER_100000,
        better=Better.LOWER,
        needs=("people", "stays"),
        is_live=False,
        rows=avoidable_rows,
        exposed=adults,
        rules=(ADULT, FRENCH_LIST, *CATEGORIES),
        owner=_FILES,
        version="1",
        part=_("situation"),
        is_standardised=True,
        caution=_(
            "« Potentiellement » : ce chiffre ne dit d’aucun séjour qu’il aurait été évité. La liste "
            "officielle "
            "française n’a pas été trouvée : il ne se compare pas à une publication française. Diagnostics "
            "associés non regardés."
        ),
    ),
    Indicator(
        key="readmission_30",
        family=Family.SAFETY,
        label=_("Réadmissions dans les 30 jours"),
        definition=_(
            "Part des premiers séjours de la période suivis d’un autre, non programmé, de 1 à 30 jours "
            "après la "
            "sortie, quel que soit l’hôpital."
        ),
        formula=_("premiers séjours suivis d’un autre ÷ premiers séjours"),
        numerator=_("ceux que suit un séjour non programmé de 1 à 30 jours après la sortie"),
        denominator=_("premier séjour de chaque personne dont la sortie est dans la période"),
        exclusions=(
            _("décès pendant le séjour, sorties et entrées par transfert"),
            _("séances, accouchements, nouveau-nés, soins palliatifs"),
            _("sorties à moins de 30 jours de la fin du fichier : comptées comme non renseignées"),
        ),
        measure=Measure.SHARE,
        unit=Unit.PERCENT,
        better=Better.LOWER,
        needs=("people", "stays"),
        is_live=False,
        rows=readmission_rows,
        rules=(READMISSION,),
        owner=_FILES,
        version="1",
        caution=_("Taux brut : aucun taux attendu selon l’âge et les maladies n’est calculé."),
    ),
    Indicator(
        key="town_share",
        family=Family.SAFETY,
        label=_("Part de la ville dans les recours"),
        definition=_(
            "Part des recours des habitants faits en ville, parmi les actes de ville, les consultations "
            "externes des hôpitaux et les passages aux urgences sans hospitalisation."
        ),
        formula=_(
            "actes de ville ÷ (actes de ville + consultations externes + passages sans hospitalisation)"
        ),
        numerator=_("actes faits en ville"),
        denominator=_("actes de ville, consultations externes, passages sans hospitalisation"),
        exclusions=(_("passages aux urgences suivis d’une hospitalisation"), _RESIDENTS),
        measure=Measure.SHARE,
        unit=Unit.PERCENT,
        better=Better.NEITHER,
        needs=("people", "acts", "emergency_visits"),
        is_live=False,
        rows=town_rows,
        owner=_FILES,
        version="1",
        part=_("lieu"),
    ),
)
