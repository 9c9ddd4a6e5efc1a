"""What a report keeps of a cell: counts, structures, the log since the last one; nobody called is named."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from maillage.crisis.queries.cells import CellNow


def content_of(now: CellNow, since: datetime | None, words: str) -> dict[str, Any]:
    """Return what a report says, as JSON: instants in ISO 8601, levels and states by their codes."""
    calls = now.calls
    return {
        "words": words,
        "at": now.at.isoformat(),
        "since": since.isoformat() if since else None,
        "posts": [
            {"post": one.post, "is_deputy": one.is_deputy, "who": one.holder, "phone": one.phone}
            for one in now.duties
        ],
        "gestures": [
            {"words": words, "done": now.gestures[code].at.isoformat() if code in now.gestures else None}
            for code, words in now.template.gestures
        ],
        "structures": [
            {
                "name": one.asked.structure.name,
                "level": one.level.value if one.level else None,
                "beds": one.last.beds if one.last else None,
                "absent": one.last.absent if one.last else None,
                "needs": one.last.needs if one.last else "",
                "at": one.last.at.isoformat() if one.last else None,
            }
            for one in now.structures
        ],
        "calls": {
            "total": calls.total,
            "due": calls.due,
            "reached": calls.reached,
            "visits": calls.visits,
            "late": calls.late,
            "calls": calls.calls,
        },
        "supplies": [
            {
                "what": one.what,
                "quantity": one.quantity,
                "whom": one.whom,
                "state": one.state,
                "answer": one.answer,
            }
            for one in now.supplies
        ],
        "volunteers": [{"profession": one.profession, "state": one.state} for one in now.volunteers],
        "log": [
            {
                "at": one.at.isoformat(),
                "kind": one.kind,
                "text": one.text,
                "by": str(one.by) if one.by else one.said_by,
                "corrects": one.corrects.at.isoformat() if one.corrects else None,
            }
            for one in reversed(now.log)
            if since is None or one.noted_at > since
        ],
    }
