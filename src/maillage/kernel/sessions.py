"""Sessions in the database, as Django keeps them, read by a statement written once."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.utils import timezone

from maillage.kernel.statements import Statement, given

_KEPT: Statement[Any] = Statement(
    lambda: DatabaseSessionStore.get_model_class().objects.filter(
        session_key=given("key"), expire_date__gt=given("now")
    )
)


class SessionStore(DatabaseSessionStore):
    """The store that SESSION_ENGINE names."""

    def _get_session_from_db(self) -> Any:
        """Return the row of the session; None, its key forgotten, where it ended or never was."""
        found = _KEPT.first(key=self.session_key, now=timezone.now()) if self.session_key else None
        if found is None:
            self._session_key = None
        return found
