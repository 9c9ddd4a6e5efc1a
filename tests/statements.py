"""The statements of a request, named so that a snapshot of them is the same on both databases."""

from __future__ import annotations

import re

from django.test.utils import CaptureQueriesContext

#: PostgreSQL is given each part of a union in parentheses.
_KIND = re.compile(r"\(*(SELECT|INSERT|UPDATE|DELETE)\b")
#: The table of the first column, or that of the statement where no column comes first.
_TABLE = re.compile(r'"(\w+)"\.|(?:FROM|INTO|UPDATE) "(\w+)"')
#: Locks that hold rows named by others in their place, which SQLite needs none of.
_KEPT = "FOR KEY SHARE"


def statements(captured: CaptureQueriesContext) -> list[str]:
    """Return the kind and the first table of each statement; what only opens or ends a transaction aside."""
    found = []
    for one in captured.captured_queries:
        kind, table = _KIND.match(one["sql"]), _TABLE.search(one["sql"])
        if kind is not None and table is not None and _KEPT not in one["sql"]:
            found.append(f"{kind[1]} {table[1] or table[2]}")
    return found
