"""When a service to call is shown: opening hours, whom a protocol is for, who may ask for what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any

from maillage.orientation.rules.vocabulary import CallerKind, Origin, ProposalKind

#: Who asks for a bed or for hospital care at home: not the person, nor the family.
_PROFESSIONALS = frozenset({CallerKind.PHYSICIAN, CallerKind.CARER_PROFESSIONAL})
ON_PROFESSIONAL_REQUEST = frozenset({ProposalKind.LOCAL_HOSPITAL, ProposalKind.HAD})
AT_THE_EHPAD = frozenset({ProposalKind.EHPAD_TELE, ProposalKind.MOBILE_TEAM})
DURING_OPENING_HOURS = frozenset({ProposalKind.CENTRE, ProposalKind.DUTY_HOUSE})


def is_open(hours: Iterable[tuple[int, time, time]], at: datetime) -> bool:
    """Return whether one of the stretches (weekday, opens, closes) holds `at`, a local instant.

    Hours that nobody told hold no instant.
    """
    now = at.time()
    return any(weekday == at.weekday() and opens <= now < closes for weekday, opens, closes in hours)


def is_for(protocol: Mapping[str, Any], *, age_months: int | None, sex: str) -> bool:
    """Return whether a protocol may concern somebody; what is not known, or not established, excludes nobody.

    `age_min` and `age_max` are whole years, both included.
    """
    if sex and protocol.get("sex", sex) != sex:
        return False
    if age_months is None:
        return True
    years = age_months // 12
    return bool(protocol.get("age_min", 0) <= years <= protocol.get("age_max", years))


def may_be_asked(kind: ProposalKind, *, caller: CallerKind, origin: Origin) -> bool:
    """Return whether a service of that kind makes sense for that caller.

    A bed and hospital care at home are asked for by a professional; what happens at the EHPAD is for its
    residents.
    """
    if kind in ON_PROFESSIONAL_REQUEST:
        return caller in _PROFESSIONALS or origin in {Origin.EHPAD, Origin.PROFESSIONAL}
    return origin is Origin.EHPAD or kind not in AT_THE_EHPAD
