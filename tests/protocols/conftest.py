"""Fixtures of the protocols context: two protocols in use, a doctor who delegates, a trained nurse."""

from datetime import date, timedelta
from typing import Any

import pytest

from maillage.directory.api import Professional
from maillage.kernel.models import Person
from maillage.people.api import Patient
from maillage.protocols import api
from maillage.protocols.models import Protocol, SignUp, Version
from maillage.protocols.queries.protocols import criteria_of, today_in
from maillage.territory.api import Territory
from tests.care.conftest import (
    client_of,
    coordinator,
    doctor,
    nurse,
    patient,
    pharmacist,
    place,
    professional,
    regulator,
)

__all__ = [
    "client_of", "coordinator", "doctor", "nurse", "patient", "pharmacist", "place", "professional",
    "regulator",
]  # fmt: skip
ACT = "Adapter la dose"
CONTENT: dict[str, Any] = {
    "authors": "Dr Aubépine",
    "acts": [ACT, "Prélever"],
    "inclusion": ["Le médecin a-t-il fixé des bornes ?"],
    "exclusion": ["La tension est-elle basse ?"],
    "stop": ["Est-elle plus essoufflée ?"],
    "review_on": date(2031, 1, 1),
}
CLEAR = {"inclusion_1": "yes", "exclusion_1": "no", "stop_1": "no"}


def written(by: Person, place: Territory, code: str = "", **values: Any) -> Version:
    """A protocol of the territory, or a national one, with a version in use."""
    kind = api.ProtocolKind.COOPERATION if code else api.ProtocolKind.LOCAL
    protocol = api.open_protocol(
        by=by, scope=place.scope, kind=kind, title=f"Protocole {code or 'du cœur'}", national_code=code,
        key=f"p{code}",
    )  # fmt: skip
    version = api.write_version(by=by, protocol=protocol, content=CONTENT | values, key=f"v{code}")
    return api.publish(by=by, version=version)


def joined(by: Person, protocol: Protocol, who: Person, side: api.Side, **values: Any) -> SignUp:
    """Sign somebody up to a side of a protocol, since ten days."""
    day = today_in(protocol.scope)
    said = {
        "signed_on": day - timedelta(days=10),
        "trained_on": day - timedelta(days=20) if side is api.Side.DELEGATED else None,
        "key": f"s{protocol.pk}-{who.pk}-{side.value}",
    } | values
    return api.sign_up(by=by, protocol=protocol, professional=who.professional, side=side, **said)


@pytest.fixture
def version(coordinator: Person, place: Territory) -> Version:
    return written(coordinator, place)


@pytest.fixture
def delegating(coordinator: Person, version: Version, doctor: Person, professional: Professional) -> SignUp:
    return joined(coordinator, version.protocol, doctor, api.Side.DELEGATING)


@pytest.fixture
def delegated(coordinator: Person, version: Version, nurse: Person) -> SignUp:
    return joined(coordinator, version.protocol, nurse, api.Side.DELEGATED)


@pytest.fixture
def signed(delegating: SignUp, delegated: SignUp, version: Version) -> Version:
    """The version, with somebody on each side."""
    return version


def begun(by: Person, version: Version, patient: Patient, **values: Any) -> api.Act:
    """An act of the version, its criteria all answered unless `values` say otherwise."""
    wanted = {one.key: one.wanted.value for one in criteria_of(version, patient) if one.known is None}
    said = {"act": version.acts[0], "answers": wanted, "key": "a1", "has_agreed": True} | values
    return api.begin_act(by=by, version=version, patient=patient, **said)


def soon() -> timedelta:
    """How long from now until after an exception is due."""
    return timedelta(hours=4, minutes=1)
