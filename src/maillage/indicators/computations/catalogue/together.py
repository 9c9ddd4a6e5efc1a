"""Perceived quality and coordination: answers of patients, complex cases, meetings."""

from __future__ import annotations

from datetime import timedelta

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

SATISFIED = "indicators.quality.satisfied"
COMPLEX = "indicators.coordination.complex"


def satisfied_rows(tables: Tables, asked: Asked) -> Expression:
    """One row for each answer of a survey: whether its mark is favourable."""
    rows = tables["answers"]
    rows = rows.filter(within(rows.day, asked))
    return counted(
        rows,
        row=rows.answer,
        commune=rows.commune,
        part=rows.question,
        day=rows.day,
        numerator=(rows.score >= asked.rules[SATISFIED]["mark"]).fill_null(False),
        is_missing=rows.score.isnull(),
    )


def team_rows(tables: Tables, asked: Asked) -> Expression:
    """One row for each person with a shared plan: whether a team follows them and met about them."""
    import ibis

    rule = asked.rules[COMPLEX]
    plans = tables["plans"]
    plans = plans.filter(plans.day < ibis.literal(asked.end, "date"))
    cases = tables["cases"]
    # Days, not months: as many as they have on average.
    since = asked.end - timedelta(days=round(rule["months"] * 365.25 / 12))
    cases = cases.filter(
        (cases.day >= ibis.literal(since, "date")) & (cases.day < ibis.literal(asked.end, "date"))
    )
    met = cases.select(met=cases.person).distinct()
    rows = plans.left_join(met, plans.person == met.met)
    people = tables["people"]
    of = people.select(
        of_person=people.person,
        commune=people.commune,
        band=band_of(people.birth_year, asked),
        sex=people.sex,
    )
    rows = rows.left_join(of, rows.person == of.of_person)
    return counted(
        rows,
        row=rows.person,
        person=rows.person,
        commune=rows.commune,
        band=rows.band,
        sex=rows.sex,
        day=ibis.null("date"),
        numerator=(rows.professions >= rule["professions"]) & rows.met.notnull(),
    )


def meeting_rows(tables: Tables, asked: Asked) -> Expression:
    """One row for each invitation by name to a meeting held: whether they came."""
    rows = tables["invitations"]
    rows = rows.filter(within(rows.day, asked))
    return counted(rows, row=rows.invitation, part=rows.profession, day=rows.day, numerator=rows.came)


INDICATORS = (
    Indicator(
        key="satisfied",
        family=Family.QUALITY,
        label=_("Réponses favorables des patients"),
        definition=_("Part des réponses notées 4 ou 5 sur 5 aux questions d’expérience posées aux patients."),
        formula=_("réponses notées 4 ou 5 ÷ réponses notées"),
        numerator=_("celles notées 4 ou 5"),
        denominator=_("réponses notées de 1 à 5"),
        exclusions=(
            _("réponses sans note : comptées comme non renseignées"),
            _("enquêtes encore ouvertes, ou de moins de 30 réponses ; questions où peu pensent autrement"),
        ),
        measure=Measure.SHARE,
        unit=Unit.PERCENT,
        better=Better.HIGHER,
        needs=("answers",),
        is_live=True,
        rows=satisfied_rows,
        rules=(SATISFIED,),
        owner=_("Qui mène l’enquête"),
        version="1",
        part=_("question"),
        least=(SATISFIED, "answers"),
        caution=_("Qui répond n’est pas tiré au sort : le taux de réponse se lit à côté."),
    ),
    Indicator(
        key="complex_in_team",
        family=Family.COORDINATION,
        label=_("Situations complexes suivies en équipe"),
        definition=_(
            "Part des personnes qui ont un plan partagé autour desquelles il y a deux professions au "
            "moins, et "
            "dont une réunion a parlé dans les 12 mois."
        ),
        formula=_("personnes suivies en équipe ÷ personnes qui ont un plan partagé"),
        numerator=_("celles qu’entourent deux professions au moins et dont une réunion a parlé"),
        denominator=_("personnes qui ont un plan partagé au dernier jour de la période"),
        exclusions=(_("personnes dont l’usage du dossier est limité"),),
        measure=Measure.SHARE,
        unit=Unit.PERCENT,
        better=Better.HIGHER,
        needs=("plans", "cases", "people"),
        is_live=True,
        rows=team_rows,
        rules=(COMPLEX,),
        owner=_("Coordination du territoire"),
        version="1",
        caution=_(
            "Une situation est dite complexe parce qu’un plan partagé est écrit : les autres n’y sont pas."
        ),
    ),
    Indicator(
        key="meeting_participation",
        family=Family.COORDINATION,
        label=_("Participation aux réunions"),
        definition=_("Part des personnes invitées par leur nom à une réunion tenue qui y sont venues."),
        formula=_("présences ÷ invitations"),
        numerator=_("celles dont la présence est notée"),
        denominator=_("invitations par leur nom à des réunions dont les présences sont notées"),
        exclusions=(
            _("invitations retirées, ou adressées à une structure"),
            _("réunions annulées, ou dont les présences ne sont pas notées"),
        ),
        measure=Measure.SHARE,
        unit=Unit.PERCENT,
        better=Better.HIGHER,
        needs=("invitations",),
        is_live=True,
        rows=meeting_rows,
        owner=_("Coordination du territoire"),
        version="1",
        part=_("profession"),
        about_people=False,
    ),
)
