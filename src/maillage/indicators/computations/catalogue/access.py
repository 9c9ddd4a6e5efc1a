"""Access to care: the third free appointment, time at the desk, an hour within 48 h, the médecin traitant."""

from __future__ import annotations

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

THIRD = "indicators.access.third"
HOURS = "indicators.access.appointment_hours"
SECONDS = "indicators.access.answer_seconds"
DOCTOR_AGE = "indicators.access.doctor_age"
_DAY = 86_400


def third_rows(tables: Tables, asked: Asked) -> Expression:
    """One row for each weekly reading and each agenda: days to the third free routine slot."""
    import ibis

    rule = asked.rules[THIRD]
    readings = tables["readings"].filter(within(tables["readings"].day, asked))
    readings = readings.select(read_on=readings.day, read_at=readings.at)
    slots = tables["slots"]
    agendas = slots.select("agenda").distinct()
    # What was free then: seats taken before that instant, and not given back before it.
    routine = slots.filter(slots.is_routine)
    last = rule["horizon_days"] * _DAY
    seen = readings.join(
        routine, [routine.starts_at > readings.read_at, routine.starts_at < readings.read_at + last]
    )
    used = seen.select(used_at=seen.read_at, used_in=seen.agenda).distinct()
    seats = tables["seats"]
    seats = seats.select(seat_of=seats.slot, taken_at=seats.taken_at, freed_at=seats.freed_at)
    taken = seen.join(
        seats,
        [
            seen.slot == seats.seat_of,
            seats.taken_at <= seen.read_at,
            seats.freed_at.isnull() | (seats.freed_at > seen.read_at),
        ],
    )
    taken = taken.group_by("read_at", "slot").agg(taken=taken.count())
    taken = taken.select(at_reading=taken.read_at, of_slot=taken.slot, taken=taken.taken)
    free = seen.left_join(taken, [seen.read_at == taken.at_reading, seen.slot == taken.of_slot])
    free = free.filter(free.taken.fill_null(0) < free.capacity)
    order = ibis.window(group_by=[free.read_at, free.agenda], order_by=[free.starts_at, free.slot])
    free = free.mutate(rank=ibis.row_number().over(order))
    third = free.filter(free.rank == rule["rank"] - 1)
    third = third.select(found_at=third.read_at, found_in=third.agenda, found_on=third.day)
    away = tables["absences"]
    away = away.filter(away.ends_at - away.starts_at > rule["absence_days"] * _DAY)
    away = away.select(away_from=away.agenda, away_at=away.starts_at, back_at=away.ends_at)
    every = readings.cross_join(agendas)
    absent = every.join(
        away,
        [every.agenda == away.away_from, away.away_at <= every.read_at, away.back_at > every.read_at],
    )
    absent = absent.select(absent_at=absent.read_at, absent_from=absent.agenda).distinct()
    every = every.left_join(third, [every.read_at == third.found_at, every.agenda == third.found_in])
    every = every.left_join(absent, [every.read_at == absent.absent_at, every.agenda == absent.absent_from])
    every = every.left_join(used, [every.read_at == used.used_at, every.agenda == used.used_in])
    return counted(
        every,
        row=every.read_on.cast("string") + ibis.literal(" · ") + every.agenda.cast("string"),
        day=every.read_on,
        numerator=ibis.literal(1),
        value=every.found_on.delta(every.read_on, unit="day"),
        is_missing=every.found_on.isnull(),
        # An agenda without any slot to come was not in use that day.
        is_excluded=every.absent_at.notnull() | every.used_at.isnull(),
    )


def _called(tables: Tables, asked: Asked) -> Expression:
    rows = tables["requests"]
    return rows.filter(within(rows.day, asked))


def regulation_rows(tables: Tables, asked: Asked) -> Expression:
    """One row for each request: minutes from the call to the decision."""
    import ibis

    rows = _called(tables, asked)
    return counted(
        rows,
        row=rows.request,
        person=rows.person,
        commune=rows.commune,
        part=rows.priority,
        day=rows.day,
        numerator=ibis.literal(1),
        value=(rows.decided_at - rows.called_at) / ibis.literal(60.0),
        is_missing=rows.decided_at.isnull() | (rows.decided_at < rows.called_at),
        is_excluded=rows.is_void,
    )


def answered_rows(tables: Tables, asked: Asked) -> Expression:
    """One row for each request: whether it was answered in time."""
    rows = _called(tables, asked)
    waited = rows.answered_at - rows.called_at
    return counted(
        rows,
        row=rows.request,
        person=rows.person,
        commune=rows.commune,
        part=rows.priority,
        day=rows.day,
        numerator=(waited <= asked.rules[SECONDS]).fill_null(False),
        is_missing=rows.answered_at.isnull() | (waited < 0),
        is_excluded=rows.is_void,
    )


def booked_rows(tables: Tables, asked: Asked) -> Expression:
    """One row for each request that was given an hour: whether it was soon enough after the call."""
    rows = _called(tables, asked)
    rows = rows.filter(rows.appointment_at.notnull())
    waited = rows.appointment_at - rows.called_at
    return counted(
        rows,
        row=rows.request,
        person=rows.person,
        commune=rows.commune,
        part=rows.priority,
        day=rows.day,
        numerator=waited <= asked.rules[HOURS] * 3600,
        is_missing=waited < 0,
        is_excluded=rows.is_void,
    )


def doctor_rows(tables: Tables, asked: Asked) -> Expression:
    """One row for each person old enough: whether they have a médecin traitant."""
    import ibis

    rows = tables["people"]
    age = asked.year - rows.birth_year
    return counted(
        rows,
        row=rows.person,
        person=rows.person,
        commune=rows.commune,
        band=band_of(rows.birth_year, asked),
        sex=rows.sex,
        day=ibis.null("date"),
        numerator=rows.has_doctor.fill_null(False),
        is_missing=rows.birth_year.isnull() | rows.has_doctor.isnull(),
        is_excluded=age < asked.rules[DOCTOR_AGE],
    )


_DESK = _("Bureau de régulation")
_VOID = _("demandes sans objet : doublons, erreurs, retirées par qui les a envoyées")

INDICATORS = (
    Indicator(
        key="referring_doctor",
        family=Family.ACCESS,
        label=_("Personnes qui ont un médecin traitant"),
        definition=_("Part des personnes de 16 ans ou plus dont un médecin traitant est connu."),
        formula=_("personnes avec médecin traitant ÷ personnes de 16 ans ou plus"),
        numerator=_("celles dont un médecin traitant est connu"),
        denominator=_("personnes de 16 ans ou plus"),
        exclusions=(_("moins de 16 ans"), _("personnes dont l’usage du dossier est limité")),
        measure=Measure.SHARE,
        unit=Unit.PERCENT,
        better=Better.HIGHER,
        needs=("people",),
        is_live=True,
        rows=doctor_rows,
        rules=(DOCTOR_AGE,),
        owner=_("Coordination du territoire"),
        version="1",
        is_standardised=True,
        caution=_(
            "Sur les dossiers de Maillage, ce n’est pas la part des assurés : seules comptent les personnes "
            "qui ont demandé des soins ici. Ne se compare ni à un taux de l’Assurance Maladie, ni à une "
            "enquête."
        ),
    ),
    Indicator(
        key="third_appointment",
        family=Family.ACCESS,
        label=_("Troisième rendez-vous libre"),
        definition=_(
            "Jours calendaires jusqu’au troisième créneau programmé libre d’un médecin, relevés chaque lundi."
        ),
        formula=_("médiane, sur les relevés et les médecins, des jours jusqu’au troisième créneau libre"),
        numerator=_("jours jusqu’au troisième créneau libre (0 : le jour même)"),
        denominator=_("relevés d’un lundi pour l’agenda d’un médecin"),
        exclusions=(
            _("médecin absent plus de trois jours"),
            _("agenda sans aucun créneau à venir ce jour-là"),
            _("créneaux réservés aux soins non programmés"),
            _("créneaux hors du cabinet"),
        ),
        measure=Measure.MEDIAN,
        unit=Unit.DAYS,
        better=Better.LOWER,
        needs=("readings", "slots", "seats", "absences"),
        is_live=True,
        rows=third_rows,
        rules=(THIRD,),
        owner=_("Coordination du territoire"),
        version="1",
        about_people=False,
        caution=_("Chaque médecin compte pour un, quelle que soit sa patientèle."),
    ),
    Indicator(
        key="regulation_time",
        family=Family.ACCESS,
        label=_("Temps de l’appel à la décision"),
        definition=_("Minutes entre l’appel au bureau de régulation et la décision."),
        formula=_("médiane des minutes de l’appel à la décision"),
        numerator=_("minutes de l’appel à la décision"),
        denominator=_("demandes décidées"),
        exclusions=(_VOID,),
        measure=Measure.MEDIAN,
        unit=Unit.MINUTES,
        better=Better.LOWER,
        needs=("requests",),
        is_live=True,
        rows=regulation_rows,
        owner=_DESK,
        version="1",
        part=_("priorité"),
    ),
    Indicator(
        key="answered_in_time",
        family=Family.ACCESS,
        label=_("Appels décrochés en 60 secondes"),
        definition=_("Part des demandes dont l’appel a été décroché en 60 secondes au plus."),
        formula=_("demandes décrochées à temps ÷ demandes dont l’heure de décroché est connue"),
        numerator=_("celles décrochées en 60 secondes au plus"),
        denominator=_("demandes dont l’heure de décroché est connue"),
        exclusions=(_VOID,),
        measure=Measure.SHARE,
        unit=Unit.PERCENT,
        better=Better.HIGHER,
        needs=("requests",),
        is_live=True,
        rows=answered_rows,
        rules=(SECONDS,),
        owner=_DESK,
        version="1",
        part=_("priorité"),
    ),
    Indicator(
        key="booked_48h",
        family=Family.ACCESS,
        label=_("Rendez-vous donnés sous 48 heures"),
        definition=_("Part des demandes orientées vers un rendez-vous dont l’heure est à 48 heures au plus."),
        formula=_("demandes avec un rendez-vous sous 48 heures ÷ demandes avec un rendez-vous"),
        numerator=_("celles dont la première heure donnée est à 48 heures au plus de l’appel"),
        denominator=_("demandes pour lesquelles une heure a été donnée"),
        exclusions=(_VOID,),
        measure=Measure.SHARE,
        unit=Unit.PERCENT,
        better=Better.HIGHER,
        needs=("requests",),
        is_live=True,
        rows=booked_rows,
        rules=(HOURS,),
        owner=_DESK,
        version="1",
        part=_("priorité"),
    ),
)
