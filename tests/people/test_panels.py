"""What other contexts say of a patient: each part as the circle opens it, each reading logged."""

from collections.abc import Iterator

import pytest

from maillage.directory.api import Professional
from maillage.kernel import contributions
from maillage.kernel.contributions import Contribution, Line, Panel, PanelContent, Place
from maillage.kernel.models import Person
from maillage.people.models import AccessLogEntry, Patient
from maillage.people.queries.panels import panels_about
from tests.factories import declare_doctor

BOTH = frozenset(Place)


@pytest.fixture
def thrown() -> Iterator[None]:
    """A context of this test alone brings three panels."""
    contributions.contribute(
        Contribution(
            "thrown",
            panels=(
                Panel("b", "health", "lecture de b", lambda _who, _whom: PanelContent("Santé"), order=2),
                Panel(
                    "a",
                    "reach",
                    "lecture de a",
                    lambda _who, whom: PanelContent(
                        "Suivi", f"Vu : {whom.name}", (Line("Étape"),), is_ordered=True
                    ),
                    BOTH,
                    order=1,
                ),
                Panel("c", "plan", "lecture de c", lambda _who, _whom: None),
            ),
        )
    )
    yield
    contributions.withdraw("thrown")


def logged(patient: Patient, person: Person) -> list[str]:
    rows = AccessLogEntry.objects.in_scope(patient.scope).filter(person=person, what="part")
    return list(rows.order_by("pk").values_list("purpose", flat=True))


def test_each_panel_is_read_as_the_circle_opens_its_part(
    thrown: None, patient: Patient, doctor: Professional, physician: Person, regulator: Person
) -> None:
    declare_doctor(patient, doctor)
    mine = [one.title for one in panels_about(physician, patient, Place.PATIENT)]
    assert [one for one in mine if one in {"Suivi", "Santé"}] == ["Suivi", "Santé"]
    assert {"lecture de a", "lecture de b"} <= set(logged(patient, physician))
    assert "lecture de c" not in logged(patient, physician)
    assert [
        one.title for one in panels_about(physician, patient, Place.REQUEST) if one.title == "Santé"
    ] == []
    # The desk that registered the person reads how to reach them, and nothing of their health.
    theirs = [one.title for one in panels_about(regulator, patient, Place.PATIENT)]
    assert [one for one in theirs if one in {"Suivi", "Santé"}] == ["Suivi"]
    assert {"lecture de b", "lecture de c"}.isdisjoint(logged(patient, regulator))
    assert "lecture de a" in logged(patient, regulator)
