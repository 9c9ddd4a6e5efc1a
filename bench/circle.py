"""The rule of the circle of care, at 200,000 patients, 5,000 professionals and a million links.

`python -m bench.circle` writes build/bench/circle.json. On PostgreSQL (MAILLAGE_BENCH_POSTGRES) and on
SQLite, each in a database of its own: a decision whose facts are read from the database, the first page of
« my patients », the whole table of one patient. Beside `pycasbin` with the same policy: a decision whose
facts are known already, the answers compared one by one; its policy is the table of origins, parts and roles
that the rule opens, its matcher the rest of the rule.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.data import SEED
from bench.harness import Row, row, write
from bench.postgres import own_database

PATIENTS, PROFESSIONALS, LINKS = 200_000, 5_000, 1_000_000
CONSENTS, OPPOSITIONS = 100_000, 20_000
DECISIONS, COMPARED, ASKED = 50_000, 500, 200
GOALS = {"decision": 0.2, "list": 50.0, "table": 20.0}  # ms
NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
MODEL = """
[request_definition]
r = origin, part, role, active, held, informed, consented, opposed, barred, frozen, mandated

[policy_definition]
p = origin, part, role, basis

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.origin == p.origin && r.part == p.part && r.role == p.role && r.active == "y" && r.held == "y" && \
((p.basis == "emergency" && r.barred != "y") || (r.opposed != "y" && \
(p.basis == "act" || (r.frozen != "y" && ((p.basis == "team" && r.informed == "y") || \
(p.basis == "mandate" && r.mandated == "y") || \
(p.basis != "mandate" && r.consented == "y"))))))
"""


def run() -> list[Row]:
    """Measure the rule alone beside its peer, then the readers on each database."""
    rows = [_beside_casbin()]
    for database in ("postgres", "sqlite"):
        with own_database() if database == "postgres" else nullcontext("") as address:
            home = tempfile.mkdtemp(prefix="maillage-bench-")
            beside = os.environ | {
                "MAILLAGE_HOME": home,
                "DJANGO_SETTINGS_MODULE": "maillage.config.settings",
                "DATABASE_URL": address or f"sqlite:///{home}/bench.sqlite3",
            }
            words = (sys.executable, "-m", "bench.circle", database)
            told = subprocess.run(
                words, env=beside, stdout=subprocess.PIPE, text=True, check=True, timeout=900
            )
            rows += [Row(**one) for one in json.loads(told.stdout)]
    return rows


def _beside_casbin() -> Row:
    """Decide on facts already known, beside pycasbin; raises RuntimeError where an answer differs."""
    import casbin

    from maillage.people.rules.circle import OPENS, Part, decide

    need = _need()
    policy = casbin.Model()
    policy.load_model_from_text(MODEL)
    enforcer = casbin.Enforcer(policy)
    for origin, parts in OPENS.items():
        for part in parts:
            for role, needed in need.items():
                if part in needed:
                    enforcer.add_policy(origin.value, part.value, role, _basis(origin))
    chance = random.Random(SEED)
    standings = [_standing(chance) for _ in range(DECISIONS)]
    asked = [(one, chance.choice([*Part])) for one in standings]
    began = time.perf_counter()
    ours = [decide(one, part, NOW, need).is_allowed for one, part in asked]
    mine = (time.perf_counter() - began) * 1e3 / len(asked)
    began = time.perf_counter()
    theirs = [_enforced(enforcer, one, part) for one, part in asked[:COMPARED]]
    peer = (time.perf_counter() - began) * 1e3 / COMPARED
    different = sum(a != b for a, b in zip(ours, theirs, strict=False))
    if different:
        raise RuntimeError(f"{different} answers of {COMPARED} differ from pycasbin's")
    note = (
        f"{sum(ours)} of {len(ours)} allowed; {COMPARED} answers the same; "
        f"{len(enforcer.get_policy())} lines of policy"
    )
    return row("decision, facts known", mine, "pycasbin, the same policy", peer, note)


def _need() -> dict[str, list[str]]:
    import tomllib
    from pathlib import Path

    import maillage.people

    file = Path(str(maillage.people.__file__)).parent / "sourced" / "circle.toml"
    rules = tomllib.loads(file.read_text(encoding="utf-8"))["rule"]
    found: dict[str, list[str]] = next(one["value"] for one in rules if one["key"] == "people.circle.need")
    return found


def _basis(origin: Any) -> str:
    from maillage.people.rules.circle import ACTS, CARE_TEAM, Origin

    if origin in (Origin.EMERGENCY, Origin.MANDATE):
        return origin.value
    return "team" if origin in CARE_TEAM else "act" if origin in ACTS else "consent"


def _standing(chance: random.Random) -> Any:
    from maillage.people.rules.circle import Choice, Link, Origin, Part, Standing

    roles = chance.sample(["nurse", "physician", "case_manager", "pharmacist", "carer"], k=2)

    def choice() -> Choice:
        return Choice(
            chance.choice([None, *Part]),
            NOW - timedelta(days=3),
            chance.choice([None, NOW]),
            chance.random() < 0.3,
        )

    links = tuple(
        Link(
            number,
            chance.choice([*Origin]),
            chance.choice([*roles, "midwife"]),
            NOW - timedelta(days=chance.randrange(1, 90)),
            chance.choice([None, None, NOW, NOW + timedelta(days=9)]),
            chance.random() < 0.8,
            tuple(choice() for _ in range(chance.randrange(3))),
        )
        for number in range(chance.randrange(1, 4))
    )
    consents = tuple(choice() for _ in range(chance.randrange(2)))
    oppositions = tuple(choice() for _ in range(chance.random() < 0.2))
    restrictions = tuple(choice() for _ in range(chance.random() < 0.1))
    return Standing(frozenset(roles), links, consents, oppositions, restrictions=restrictions)


def _enforced(enforcer: Any, standing: Any, part: Any) -> bool:
    def said(holds: bool) -> str:
        return "y" if holds else "n"

    about = [one for one in standing.oppositions if one.is_about(part, NOW)]
    consented = any(one.lets(part, NOW) for one in standing.consents)
    frozen = any(one.freezes(part, NOW) for one in standing.restrictions)
    return any(
        enforcer.enforce(
            link.origin.value,
            part.value,
            link.role,
            said(link.is_in_force(NOW)),
            said(link.role in standing.roles),
            said(link.is_informed),
            said(consented),
            said(bool(about)),
            said(any(one.in_emergency for one in about)),
            said(frozen),
            said(any(one.is_about(part, NOW) for one in link.mandated)),
        )
        for link in standing.links
    )


def measure(database: str) -> list[Row]:
    """Fill the database of this process and time the three readers on it."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from maillage.kernel import access
    from maillage.kernel.models import Person
    from maillage.people.models import Patient
    from maillage.people.queries import circle
    from maillage.people.rules.circle import Part

    call_command("migrate", verbosity=0, interactive=False)
    _fill()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    chance = random.Random(SEED)
    readers = list(Person.objects.filter(pk__in=chance.sample(range(1, PROFESSIONALS + 1), ASKED)))
    patients = list(
        Patient._base_manager.filter(pk__in=chance.sample(range(1, PATIENTS + 1), ASKED)).select_related(
            "scope"
        )
    )
    pairs = list(zip(readers, patients, strict=True))

    def page(person: Person) -> int:
        with access.reading_once():
            seen = Patient.objects.for_person(person, Part.HEALTH).select_related("referring_doctor")
            return len(seen.order_by("search_name", "pk")[:25])

    def decide(pair: tuple[Person, Any]) -> bool:
        with access.reading_once():
            return circle.decision(*pair, Part.HEALTH).is_allowed

    noted = f"{PATIENTS} patients, {PROFESSIONALS} professionals, {LINKS} links, {database}"
    return [
        _timed("decision, its facts read", decide, pairs, GOALS["decision"], f"one statement; {noted}"),
        _timed("my patients, first page of 25", page, readers, GOALS["list"], noted),
        _timed("table of one patient", circle.matrix, patients, GOALS["table"], noted),
    ]


def _timed(case: str, ask: Callable[[Any], Any], asked: list[Any], goal: float, note: str) -> Row:
    times = []
    ask(asked[0])
    for one in asked:
        began = time.perf_counter()
        ask(one)
        times.append((time.perf_counter() - began) * 1e3)
    times.sort()
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    return row(case, p50, "the goal", goal, f"p50 of {len(times)}, p99 {p99:.2f} ms; {note}")


def _fill() -> None:
    from maillage.directory.api import Professional
    from maillage.kernel.databases import bulk_load
    from maillage.kernel.models import Person, RoleAssignment, Scope
    from maillage.people.models import CareConsent, CareLink, CareOpposition, Patient
    from maillage.people.rules.circle import Origin, Part

    chance = random.Random(SEED)
    Scope.objects.create(pk=1, kind="territory", label="Banc")
    since, told = NOW - timedelta(days=400), NOW - timedelta(days=399)
    everyone = range(1, PROFESSIONALS + 1)
    bulk_load(
        Person,
        (
            "id",
            "email",
            "password",
            "first_name",
            "last_name",
            "search_name",
            "is_active",
            "is_demonstration",
            "created_at",
        ),
        ((n, f"{n}@exemple.fr", "!", "", f"N{n}", f" n{n}", True, False, since) for n in everyone),
    )
    roles = ("nurse", "physician", "pharmacist", "physiotherapist")
    bulk_load(
        RoleAssignment,
        ("person", "role", "scope", "starts_on"),
        ((n, roles[n % 4], 1, since.date()) for n in everyone),
    )
    sheet = Professional(last_name="N", search_name=" n", source="banc")
    names = [one.name for one in Professional._meta.concrete_fields if one.name != "id"]
    made = {name: getattr(sheet, name) for name in names if name not in ("account", "merged_into")}
    bulk_load(
        Professional,
        ("id", "account", *made),
        ((n, n, *made.values()) for n in everyone),
    )
    file = Patient(birth_name="N", search_name=" n", scope_id=1)
    kept = [
        one.name
        for one in Patient._meta.concrete_fields
        if one.name not in {"id", "account", "referring_doctor", "scope", "search_name"}
    ]
    values = [getattr(file, name) for name in kept]
    bulk_load(
        Patient,
        ("id", "scope", "search_name", *kept),
        ((n, 1, f" n{n * 7919 % PATIENTS}", *values) for n in range(1, PATIENTS + 1)),
    )
    origins = [Origin.TEAM] * 6 + [Origin.ADVICE, Origin.BOOKING, Origin.BOOKING, Origin.EMERGENCY]

    def links() -> Any:
        for _ in range(LINKS):
            who = chance.randrange(1, PROFESSIONALS + 1)
            ended = chance.choice([None, None, None, NOW])
            yield (
                chance.randrange(1, PATIENTS + 1), who, chance.choice(origins).value, roles[who % 4], "", "",
                since, ended, told if chance.random() < 0.9 else None, "",
            )  # fmt: skip

    bulk_load(
        CareLink,
        (
            "patient",
            "professional",
            "origin",
            "role",
            "why",
            "act",
            "starts_at",
            "ends_at",
            "informed_at",
            "review",
        ),
        links(),
    )

    def choices(count: int, *more: object) -> Any:
        parts = ["", *(part.value for part in Part)]
        for _ in range(count):
            yield (
                chance.randrange(1, PATIENTS + 1), chance.randrange(1, PROFESSIONALS + 1),
                chance.choice(parts), "spoken", since, 1, *more,
            )  # fmt: skip

    said = ("patient", "professional", "part", "means", "since", "recorded_by")
    bulk_load(CareConsent, said, choices(CONSENTS))
    bulk_load(CareOpposition, (*said, "in_emergency"), choices(OPPOSITIONS, False))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps([asdict(one) for one in measure(sys.argv[1])]))
    else:
        write("circle", run())
