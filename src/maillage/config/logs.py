"""What the log of the program keeps of a refusal: one line; the trace is for faults of ours."""

from __future__ import annotations

import logging

FAULT = 500


class RefusalsInOneLine(logging.Filter):
    """Drops the trace of an answer that is no fault (403, 404, 413…), so that a real one is seen."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record; take its trace away where its `status_code` is under 500."""
        if getattr(record, "status_code", FAULT) < FAULT:
            record.exc_info = record.exc_text = None
        return True
