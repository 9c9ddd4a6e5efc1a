"""Two people accept two offers, or one accepts while another decides, at one instant; JSON answer.

`python -m tests.roster.racing`.

Each is a thread with its own connection.
"""

import json
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

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
    every = [post for post in api.posts_of(roster) if post.kind == "night"][: RUNS * 6 : 3]
    nights, others_nights = every[:RUNS], every[RUNS:]
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
    decided = [overtaken(keeper, post, volunteers) for post in others_nights]
    answer = {
        "decided": decided,
        "inherited": inherited(),
        "runs": len(nights),
        "accepted": accepted,
        "chosen": chosen,
        "holders_right": right,
        "intact": journal.verify().intact,
    }
    sys.stdout.write(json.dumps(answer))


def overtaken(keeper: Person, post: api.Post, volunteers: list[api.Volunteer]) -> bool:
    """Accept an offer while the coordinator gives the duty to a third; return whether one of them has it."""
    ill, second, third = volunteers
    api.assign(by=keeper, post=post, volunteer=ill)
    exchange = api.ask(by=ill.professional.account, post=post)
    offer = api.offer(by=second.professional.account, exchange=exchange, volunteer=second)
    run(
        lambda: api.accept(by=ill.professional.account, chosen=offer),
        lambda: api.assign(by=keeper, post=post, volunteer=third),
    )
    exchange.refresh_from_db()
    holder = Assignment.objects.get(post=post).volunteer_id
    return exchange.state in {"accepted", "overtaken"} and holder in {second.pk, third.pk}


def inherited() -> int:
    """Return how many open requests belong to somebody who does not hold the duty."""
    held = dict(Assignment.objects.values_list("post", "volunteer"))
    rows = api.Exchange.objects.filter(state="open").values_list("post", "asked_by")
    return sum(held.get(post) != asker for post, asker in rows)


def together(*pairs: tuple[Person, api.Offer]) -> list[str]:
    """Accept at once; return what each was told."""
    return run(*(partial(api.accept, by=by, chosen=offer) for by, offer in pairs))


def run(*writes: Callable[[], object]) -> list[str]:
    """Write at once, each in its own connection; return what each was told."""
    barrier, said = threading.Barrier(len(writes)), [""] * len(writes)

    def one(place: int, write: Callable[[], object]) -> None:
        barrier.wait()
        try:
            write()
            said[place] = "accepted"
        except api.RosterError as error:
            said[place] = str(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=pair) for pair in enumerate(writes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


if __name__ == "__main__":
    main()
