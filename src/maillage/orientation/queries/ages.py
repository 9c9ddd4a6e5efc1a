"""The age of the person of a request: by their file as it is now, and as carers say it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import clock
from maillage.orientation.models import Request
from maillage.orientation.rules.ages import SAID_IN_YEARS, YEAR, months_on

#: What is read with a request whose age is said or judged.
AGED_BY = ("patient", "scope")


def age_of(request: Request) -> int | None:
    """Return the age of the person, in months, on the day of the call: by their file as it is now.

    A birth date may be corrected in the file after the call: every screen, search and check reads this and
    never what the request keeps, which is the age said where no file has a birth date.
    """
    patient = request.patient
    if patient is None or patient.birth_date is None:
        return request.age_months
    return months_on(patient.birth_date, clock.day_of(request.called_at, request.scope))


def person_age(months: int | None) -> str:
    """Write an age as carers say it, in months before two years; empty where unknown."""
    if months is None:
        return ""
    if months < SAID_IN_YEARS:
        return in_months(months)
    return _("{count} ans").format(count=months // YEAR)


def in_months(months: int) -> str:
    """Write a number of months."""
    return ngettext("{count} mois", "{count} mois", months).format(count=months)
