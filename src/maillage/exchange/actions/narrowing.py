"""Lets the open pages of conversations shrink at once where somebody may read less of a patient."""

from __future__ import annotations

from maillage.exchange.actions.conversations import tell_pages
from maillage.exchange.models import Conversation
from maillage.kernel import outbox
from maillage.people import api as people


@outbox.handles(people.CIRCLE_NARROWED)
def shrink_pages(event: outbox.Event) -> None:
    """Tell the pages open on each conversation about the patient, closed ones too, which are read as well.

    The base manager: nothing is read of them but their key.
    """
    for row in Conversation._base_manager.filter(patient=event.payload["patient"]).order_by("pk"):
        tell_pages(row, f"narrowed-{event.key}")
