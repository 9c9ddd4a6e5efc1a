"""Secret addresses of calendars of duties: made by whose duties they are, or who keeps the sector."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from maillage.directory.api import Professional
from maillage.kernel import feeds
from maillage.kernel.models import Person
from maillage.roster.actions.recording import record
from maillage.roster.actions.rights import may_read_calendar, require_manager
from maillage.roster.models import DutyFeed, Sector


@transaction.atomic
def create_feed(*, by: Person, of: Sector | Professional, label: str) -> tuple[DutyFeed, str]:
    """Make a secret calendar address; return the feed and the secret, which is not kept.

    A sector's is made by whoever keeps its rosters, a professional's by nobody else. Raises PermissionDenied.
    """
    _require(by, of)
    secret = feeds.new_secret()
    shown = {"sector": of} if isinstance(of, Sector) else {"professional": of}
    feed = DutyFeed.objects.create(
        **shown, label=label.strip(), digest=feeds.digest_of(secret), created_by=by
    )
    record(of, feed, by=by, verb="roster.feed_created", changes=shown)
    return feed, secret


@transaction.atomic
def revoke_feed(*, by: Person, feed: DutyFeed) -> None:
    """Make a calendar address answer nothing from now on. Raises PermissionDenied."""
    _require(by, feed.sector or feed.professional)
    if feed.revoke():
        record(feed.sector or feed.professional, feed, by=by, verb="roster.feed_revoked")


def _require(by: Person, of: Sector | Professional | None) -> None:
    if may_read_calendar(by, of):
        return
    if isinstance(of, Sector):
        require_manager(by, of)
    raise PermissionDenied(_("Ces gardes ne sont pas les vôtres."))
