"""Two people accept two offers for one duty at one instant: `python -m tests.roster.racing`; JSON answer.

Each is a thread with its own connection.
"""

import json
import sys
import threading
from datetime import timedelta

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from maillage.kernel import journal  # noqa: E402
from maillage.kernel.models import Person  # noqa: E402
from maillage.kernel.rules import Role  # noqa: E402
from maillage.roster import api  # noqa: E402
from maillage.roster.models import Assignment  # noqa: E402
from maillage.roster.rules.workflow import add_months  # noqa: E402
from tests.factories import make_commune, make_person, make_professional, make_territory  # noqa: E402

RUNS = 8


def main() -> None:
    """Prepare a roster, race for eight nights, and tell."""
    place = make_territory()
    keeper = make_person("camille.bruyere", Role.COORDINATOR, place.scope)
    sector = api.create_sector(by=keeper, place=place, name="Brume", communes=[make_commune()])
    volunteers = []
    for name in ("helene.aubepine", "marc.bouleau", "nour.cypres"):
        account = make_person(name, Role.PHYSICIAN, place.scope)
        doctor = make_professional(name.split(".")[1].title(), name.split(".")[0].title(), account)
        volunteers.append(api.set_volunteer(by=keeper, sector=sector, professional=doctor))
    first = timezone.localdate() + timedelta(days=30)
    last = add_months(first, 3) - timedelta(days=1)
    roster = api.create_roster(by=keeper, sector=sector, first_day=first, last_day=last)
    nights = [post for post in api.posts_of(roster) if post.kind == "night"][: RUNS * 3 : 3]
    accepted, chosen, right = [], 0, 0
    for night in nights:
        ill, *others = volunteers
        api.assign(by=keeper, post=night, volunteer=ill)
        exchange = api.ask(by=ill.professional.account, post=night)
        offers = [api.offer(by=one.professional.account, exchange=exchange, volunteer=one) for one in others]
        accepted.append(together((ill.professional.account, offers[0]), (keeper, offers[1])))
        won = [one for one in exchange.offers.all() if one.is_chosen]
        chosen += len(won)
        right += [one.volunteer_id for one in won] == [Assignment.objects.get(post=night).volunteer_id]
    answer = {
        "runs": len(nights),
        "accepted": accepted,
        "chosen": chosen,
        "holders_right": right,
        "sound": journal.verify().sound,
    }
    sys.stdout.write(json.dumps(answer))


def together(*pairs: tuple[Person, api.Offer]) -> list[str]:
    """Accept at once; return what each was told."""
    barrier, said = threading.Barrier(len(pairs)), [""] * len(pairs)

    def run(place: int, by: Person, offer: api.Offer) -> None:
        barrier.wait()
        try:
            api.accept(by=by, chosen=offer)
            said[place] = "accepted"
        except api.RosterError as error:
            said[place] = str(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, *pair)) for place, pair in enumerate(pairs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


if __name__ == "__main__":
    main()
