"""What the minutes of a meeting say, as they are printed, and as they are kept once approved."""

from __future__ import annotations

from typing import Any

from maillage.governance.models import Summons
from maillage.governance.queries.sittings import MotionSeen, SittingSeen
from maillage.project import api as project


def content_of(found: SittingSeen) -> dict[str, Any]:
    """Return all that the minutes say, ready for JSON: no word of the page, only facts and names."""
    sitting, quorum = found.sitting, found.quorum
    speaking = found.speaking
    names = {one.seat_id: one.seat.holder for one in found.summons}
    return {
        "body": sitting.body.name,
        "kind": sitting.body.kind,
        "where": sitting.body.scope.label,
        "starts_at": sitting.starts_at.isoformat(),
        "ends_at": (sitting.closed_at or sitting.ends_at).isoformat(),
        "place": sitting.place,
        "is_remote": bool(sitting.video_url),
        "is_second": sitting.second_of_id is not None,
        "is_closed": sitting.is_closed,
        "quorum": {
            "voices": quorum.voices,
            "present": quorum.present,
            "represented": quorum.represented,
            "needed": quorum.needed,
            "percent": sitting.quorum_percent,
            "by_college": sitting.quorum_by_college,
            "is_reached": quorum.is_reached,
        },
        "people": [_person(one, speaking, names) for one in found.summons],
        "points": [{"kind": one.kind, "title": one.title, "said": one.said} for one in found.points],
        "votes": [_vote(one) for one in found.motions if one.result is not None],
        "decisions": [
            {
                "text": one.text,
                "action": "" if one.action is None else one.action.title,
                "lead": "" if one.action is None else _lead(one.action),
                "due": _due(one.action),
            }
            for one in found.resolutions
        ],
    }


def _due(action: project.Action | None) -> str:
    return "" if action is None or action.ends_on is None else action.ends_on.isoformat()


def _lead(action: project.Action) -> str:
    return "" if action.lead is None else str(action.lead)


def _person(one: Summons, speaking: dict[int, int | None], names: dict[int, str]) -> dict[str, Any]:
    speaker = speaking.get(one.seat_id)
    return {
        "name": one.seat.holder,
        "college": one.seat.college.name,
        "stands_for": one.seat.stands_for,
        "office": one.seat.office,
        "is_here": bool(one.is_here),
        "is_noted": one.is_here is not None,
        "is_deputy": one.seat.deputises_id is not None,
        "spoken_by": names[speaker] if speaker is not None and speaker != one.seat_id else "",
    }


def _vote(one: MotionSeen) -> dict[str, Any]:
    result = one.result
    assert result is not None
    return {
        "text": one.motion.text,
        "is_secret": one.motion.is_secret,
        "majority": one.motion.majority,
        "yes": result.yes,
        "no": result.no,
        "blank": result.blank,
        "is_carried": result.is_carried,
        "is_void": bool(result.content.get("is_void")),
        "colleges": result.content["colleges"],
        "named": [] if one.motion.is_secret else [[slip.seat.holder, slip.choice] for slip in one.slips],
    }
