"""Clerks who pay the same things at once, on a real database: `python -m tests.funding.paying_at_once`.

Each is a thread with its own connection and its own forms; `killed` is one who dies before the commit. The
answer is JSON: what stands at the end.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import django

django.setup()

from django.core.exceptions import ValidationError  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from maillage.directory.api import Professional  # noqa: E402
from maillage.funding import api as funding  # noqa: E402
from maillage.funding.models import Indemnity, LedgerLine, Operation, PayStatement  # noqa: E402
from maillage.funding.queries.ledger import balances  # noqa: E402
from maillage.kernel.models import Person, Scope  # noqa: E402
from maillage.kernel.rules import Role  # noqa: E402
from tests.factories import make_person, make_professional, make_territory  # noqa: E402

CLERKS = 4
DAY = datetime.now(UTC).date() - timedelta(days=5)


def prepare() -> None:
    """A territory, its clerks, a training to pay, a rate, a ceiling that it fills exactly."""
    place = make_territory()
    clerks = [make_person(f"clerk.{number}", Role.COORDINATOR, place.scope) for number in range(CLERKS)]
    who = make_professional("Aubépine", "Hélène")
    by, scope = clerks[0], place.scope
    funding.decide_rate(
        by=by, scope=scope, time=funding.TimeKind.TRAINING, unit=funding.RateUnit.HOUR, cents=6000,
        valid_from=date(2020, 1, 1), decision="Conseil", key="rate",
    )  # fmt: skip
    funding.decide_ceiling(by=by, scope=scope, year=DAY.year, cents=9000, document="Arrêté", key="ceiling")
    for number in range(2):
        funding.note_time(
            by=by, scope=scope, who=who, time=funding.TimeKind.TRAINING, mission=funding.MissionCode.M2,
            day=DAY, minutes=90, label="Formation", document="Feuille", key=f"time-{number}",
        )  # fmt: skip


def at_once(deeds: list[Callable[[], object]]) -> list[str]:
    """Do each in a thread, all at the same moment; return what each was answered."""
    barrier, answers = threading.Barrier(len(deeds)), []

    def client(deed: Callable[[], object]) -> None:
        barrier.wait()
        try:
            deed()
            answers.append("done")
        except ValidationError as error:
            answers.append(" ".join(error.messages))
        finally:
            connection.close()

    threads = [threading.Thread(target=client, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def validate(clerk: Person, scope: Scope, source: str, key: str) -> Callable[[], object]:
    return lambda: funding.validate_time(
        by=clerk, scope=scope, source=source, day=DAY, mission=funding.MissionCode.M2, key=key
    )


def race() -> dict[str, object]:
    """Pay one time, then a statement, by every clerk at once."""
    scope = Scope.objects.get(kind="territory")
    clerks = list(Person.objects.filter(email__startswith="clerk.").order_by("pk"))
    sources = sorted(f"funding.timegiven:{pk}" for (pk,) in _times(scope))
    # The same time by all, and the other one, which the ceiling has no room for.
    deeds = [validate(one, scope, sources[0], f"a-{one.pk}") for one in clerks]
    validated = at_once([*deeds, *(validate(one, scope, sources[1], f"b-{one.pk}") for one in clerks)])
    who = Professional.objects.get()
    statement = funding.make_statement(
        by=clerks[0], scope=scope, who=who, first_day=date(DAY.year, 1, 1), last_day=DAY, key="statement"
    )
    funding.validate_statement(by=clerks[0], statement=statement)
    paid = at_once([
        lambda one=one: funding.pay_statement(by=one, statement=statement, day=DAY, key=f"p-{one.pk}")
        for one in clerks
    ])  # fmt: skip
    return {
        "validated": validated.count("done"), "paid": paid.count("done"),
        "indemnities": Indemnity.objects.in_scope(scope).count(),
        "cents": sum(Indemnity.objects.in_scope(scope).values_list("cents", flat=True)),
        "payments": Operation.objects.in_scope(scope).filter(kind="payment").count(),
        "numbers": sorted(Operation.objects.in_scope(scope).values_list("number", flat=True)),
        "sum": sum(one.cents for one in balances(scope)),
        "lines": LedgerLine.objects.in_scope(scope).count(),
        "state": PayStatement.objects.in_scope(scope).get().state,
    }  # fmt: skip


def _times(scope: Scope) -> list[tuple[int]]:
    from maillage.funding.models import TimeGiven

    return list(TimeGiven.objects.in_scope(scope).values_list("pk"))


def killed() -> None:
    """Validate a time, and die before the commit."""
    scope = Scope.objects.get(kind="territory")
    clerk = Person.objects.filter(email__startswith="clerk.").earliest("pk")
    with transaction.atomic():
        validate(clerk, scope, f"funding.timegiven:{_times(scope)[0][0]}", "killed")()
        os._exit(0)


if __name__ == "__main__":
    asked = sys.argv[1]
    if asked == "prepare":
        prepare()
    elif asked == "killed":
        killed()
    else:
        print(json.dumps(race()))  # noqa: T201 (the answer)
