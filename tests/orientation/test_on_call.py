"""The doctor on call, as the roster's one resolver says."""

from datetime import date, timedelta

from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.orientation import api
from maillage.orientation.models import Proposal
from maillage.roster import api as roster
from maillage.territory.api import Commune, Territory
from tests.factories import make_person, make_professional
from tests.orientation.conftest import NOW, Call

DAY = date(2026, 3, 14)


def test_who_is_on_call_is_proposed_then_decided(
    call: Call, regulator: Person, place: Territory, village: Commune
) -> None:
    account = make_person("driss.marjolaine", Role.PHYSICIAN, place.scope)
    doctor = make_professional("Marjolaine", "Driss", account)
    sector = roster.Sector.objects.create(territory=place, name="Brume", calendar="metropole")
    sector.communes.add(village)
    table = roster.Roster.objects.create(sector=sector, first_day=DAY, last_day=DAY, state="running")
    post = roster.Post.objects.create(
        roster=table, kind="saturday_pm", day=DAY, starts_at=NOW - timedelta(hours=2),
        ends_at=NOW + timedelta(hours=6), burden=1.0,
    )  # fmt: skip
    volunteer = roster.Volunteer.objects.create(sector=sector, professional=doctor, share=1.0)
    roster.Assignment.objects.create(post=post, volunteer=volunteer, origin="manual")

    request = call()
    search = api.propose(by=regulator, request=request)
    found = Proposal.objects.of_request(request).filter(search=search)
    assert [one.kind for one in found] == ["on_call", "samu"]
    assert found[0].professional == doctor
    assert search.on_call_answer == "covered"
    assert [one.coverage for _sector, one in api.on_call_now(by=regulator, scope=place.scope)] == ["covered"]

    made = api.decide(by=regulator, request=request, kind=api.DecisionKind.ON_CALL)
    assert made.on_call == doctor
    assert [one.pk for one in api.to_close(by=account)] == [request.pk]
    assert api.close(by=account, request=request, outcome=api.Outcome.SEEN).closes
