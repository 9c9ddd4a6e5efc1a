"""What is decided in a territory is in its own chain of the journal: no other territory waits for it."""

from __future__ import annotations

import pytest

from maillage.kernel import journal
from maillage.kernel.models import Entry, Person
from maillage.kernel.rules import Role
from maillage.roster import api
from maillage.roster.rules.blocks import BlockKind
from maillage.territory.models import Territory
from tests.factories import make_commune, make_person, make_territory
from tests.roster.conftest import FIRST, LAST

#: Each write its own transaction: one of several lines is in the chain of its first.
pytestmark = pytest.mark.django_db(transaction=True)


def chains() -> dict[str, set[int]]:
    """Return the chains in which each verb of the roster was written."""
    found: dict[str, set[int]] = {}
    for verb, chain in Entry.objects.filter(verb__startswith="roster.").values_list("verb", "chain"):
        found.setdefault(verb, set()).add(chain)
    return found


def test_every_write_is_in_the_chain_of_its_territory(
    place: Territory, coordinator: Person, posts: list[api.Post], volunteers: list[api.Volunteer]
) -> None:
    doctor = volunteers[0].professional.account
    api.assign(by=coordinator, post=posts[0], volunteer=volunteers[0])
    api.set_preference(by=doctor, volunteer=volunteers[0], kind=BlockKind.NIGHT, is_wanted=True)
    days = {"first_day": FIRST, "last_day": FIRST}
    absence = api.add_absence(by=doctor, professional=volunteers[0].professional, **days)
    api.remove_absence(by=doctor, absence=absence)
    feed, _secret = api.create_feed(by=doctor, of=volunteers[0].professional, label="")
    api.revoke_feed(by=doctor, feed=feed)
    written = chains()
    assert set(written) >= {
        "roster.sector_created", "roster.volunteer_set", "roster.created", "roster.assigned",
        "roster.preference_set", "roster.absence_added", "roster.absence_removed", "roster.feed_created",
        "roster.feed_revoked",
    }  # fmt: skip
    assert {chain for found in written.values() for chain in found} == {place.scope_id}
    removed = Entry.objects.get(verb="roster.absence_removed")
    assert removed.target == Entry.objects.get(verb="roster.absence_added").target, "the row that was removed"
    assert journal.verify().intact


def test_who_takes_duties_in_two_territories_is_in_the_chain_of_neither(
    sector: api.Sector, volunteers: list[api.Volunteer]
) -> None:
    other = make_territory()
    keeper = make_person("ines.roncier", Role.COORDINATOR, other.scope)
    elsewhere = api.create_sector(by=keeper, place=other, name="Roche", communes=[make_commune("71900")])
    professional = volunteers[1].professional
    api.set_volunteer(by=keeper, sector=elsewhere, professional=professional)
    api.add_absence(by=professional.account, professional=professional, first_day=FIRST, last_day=LAST)
    written = chains()
    assert written["roster.sector_created"] == {sector.territory.scope_id, other.scope_id}
    assert written["roster.absence_added"] == {journal.INSTALLATION}
    assert journal.verify().intact
