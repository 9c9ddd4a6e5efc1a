"""The hours of one's own professionals are shown however many others have sooner ones."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from maillage.agenda import api as agenda
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people.api import Patient
from maillage.people.models import CareLink
from maillage.space.queries import slots as queries
from maillage.territory.api import Territory
from tests.factories import make_person, make_professional
from tests.space.conftest import KEYS, Open


def test_ones_own_are_shown_beside_all_that_come_sooner(
    own: Person, patient: Patient, open_slots: Open, place: Territory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    sooner = open_slots(day=date(2026, 3, 16))
    colleague = make_person("zoe.saule", Role.PHYSICIAN, place.scope)
    other = make_professional("Saule", "Zoé", account=colleague)
    made = agenda.create_agenda(by=colleague, professional=other, place=place)
    schedule = agenda.add_schedule(by=colleague, agenda=made, name="Cabinet du Lac")
    agenda.add_opening(
        by=colleague, schedule=schedule, weekday=1, starts=time(9), ends=time(10), minutes=20,
        valid_from=date(2026, 3, 17), valid_to=date(2026, 3, 17), visibility=agenda.Visibility.PUBLIC,
        key=next(KEYS),
    )  # fmt: skip
    now = timezone.now()
    CareLink.objects.create(
        patient=patient, professional=other, origin="team", role="physician", starts_at=now, informed_at=now
    )
    monkeypatch.setattr(queries, "LOOKED_AT", len(sooner))
    found = queries.options(own, patient, now, now + timedelta(days=9))
    assert [(one.schedule.pk, one.is_mine) for one in found] == [
        (schedule.pk, True),
        (sooner[0].schedule_id, False),
    ]
