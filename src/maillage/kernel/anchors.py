"""Ends of the journal's chains, noted outside the database every day, against which it is verified.

An owner of the database can cut the end of a chain off with its head, or rewrite it from a row on with hashes
that hold. What was noted elsewhere shows it: a file of the installation, a line a day, each sealed by the one
before it; and a mail to those who look after personal data, whom an owner of both cannot reach back to.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.kernel import clock, formats, journal, outbox
from maillage.kernel.models import ChainHead, Person, RoleAssignment, Scope
from maillage.kernel.rules import Role

TOPIC = "kernel.journal_anchored"


@dataclass(frozen=True, slots=True)
class Anchor:
    """The ends of the chains at a moment; `restored` where a backup had just replaced the journal."""

    at: datetime
    heads: journal.Heads
    restored: bool = False

    @property
    def seal(self) -> str:
        """One hash that stands for all the ends."""
        return journal.seal_of(self.heads)

    def lines(self) -> list[str]:
        """Return what is printed or mailed: `chain:rank:hash`, in the order of the chains."""
        return [f"{chain}:{rank}:{noted}" for chain, (rank, noted) in sorted(self.heads.items())]


class AnchorError(ValueError):
    """An anchor cannot be read, or the file was changed; the message says which line."""


def take(*, restored: bool = False) -> Anchor | None:
    """Note the ends of the chains in the file; None where nothing was written since the last line."""
    heads = {one.chain: (one.rank, one.hash) for one in ChainHead.objects.order_by("chain")}
    anchor = Anchor(timezone.now(), heads, restored)
    known = read()
    if not heads or (known and known[-1].seal == anchor.seal):
        return None
    _append(anchor)
    return anchor


def keep_daily() -> Anchor | None:
    """Note today's ends once, and mail them; None where that is done already, or nothing changed."""
    today, known = clock.today(None), read()
    if known and clock.day_of(known[-1].at, None) >= today:
        return None
    anchor = take()
    if anchor is not None:
        payload = {"at": anchor.at.isoformat(), "lines": anchor.lines(), "seal": anchor.seal}
        with transaction.atomic():
            outbox.publish(TOPIC, payload, key=f"{TOPIC}-{today.isoformat()}")
    return anchor


def read() -> list[Anchor]:
    """Return the anchors of the file, oldest first. Raises AnchorError where a line is not as written."""
    if not _file().is_file():
        return []
    found, previous = [], journal.GENESIS
    for number, text in enumerate(_file().read_text(encoding="utf-8").splitlines(), start=1):
        try:
            line = json.loads(text)
            heads = {int(chain): (int(rank), str(noted)) for chain, (rank, noted) in line["heads"].items()}
            anchor = Anchor(datetime.fromisoformat(line["at"]), heads, bool(line["restored"]))
            sound = line["previous"] == previous and line["hash"] == _sealed(line)
        except (ValueError, KeyError, TypeError, AttributeError):
            sound = False
        if not sound:
            raise AnchorError(
                _("Ligne {number} de {file} : elle a été modifiée, ou la précédente retirée.").format(
                    number=number, file=_file()
                )
            )
        found.append(anchor)
        previous = line["hash"]
    return found


def parse(text: str) -> journal.Heads:
    """Return an anchor written `chain:rank:hash`, as printed and mailed. Raises AnchorError."""
    found = re.fullmatch(r"([0-9]{1,18}):([0-9]{1,18}):([0-9a-fA-F]{64})", text.strip())
    if found is None:
        said = _("« {text} » n’est pas une empreinte « chaîne:rang:empreinte ».")
        raise AnchorError(said.format(text=text))
    chain, rank, noted = found.groups()
    return {int(chain): (int(rank), noted.lower())}


def verify(*, noted: Sequence[journal.Heads] = ()) -> journal.Verification:
    """Verify the journal against the anchors of the file and those `noted`. Raises AnchorError."""
    return journal.verify(anchors=[*_in_force(read()), *noted])


def _in_force(anchors: Sequence[Anchor]) -> list[journal.Heads]:
    """Leave out what a backup restored later does not hold: those rows were written after it was made."""
    kept: list[journal.Heads] = []
    ends: dict[int, int] | None = None
    for anchor in reversed(anchors):
        held = {
            chain: end for chain, end in anchor.heads.items() if ends is None or end[0] <= ends.get(chain, 0)
        }
        kept.append(held)
        if anchor.restored:
            ends = {chain: rank for chain, (rank, _noted) in held.items()}
    return kept


def _append(anchor: Anchor) -> None:
    """Add one line, on the disk before we return: a process killed meanwhile leaves the file as it was."""
    file = _file()
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    line: dict[str, Any] = {
        "at": anchor.at.isoformat(),
        "heads": {str(chain): list(end) for chain, end in anchor.heads.items()},
        "restored": anchor.restored,
        "previous": json.loads(lines[-1])["hash"] if lines else journal.GENESIS,
    }
    part = file.with_name(file.name + ".part")
    with part.open("w", encoding="utf-8") as written:
        for one in [*lines, journal.canonical(line | {"hash": _sealed(line)})]:
            written.write(one + "\n")
        written.flush()
        os.fsync(written.fileno())
    part.replace(file)


def _sealed(line: dict[str, Any]) -> str:
    content = {name: value for name, value in line.items() if name != "hash"}
    return hashlib.sha256(journal.canonical(content).encode()).hexdigest()


def _file() -> Path:
    return Path(settings.JOURNAL_ANCHORS)


@outbox.handles(TOPIC, outside=True, by_worker=True)
def mail(event: outbox.Event) -> None:
    """Mail the day's anchor to the DPO and the administrators of the whole installation."""
    looking_after = RoleAssignment.objects.in_force(clock.today(None)).filter(
        scope=None, role__in=[Role.DPO.value, Role.ADMINISTRATOR.value], person__is_active=True
    )
    people = Person.objects.filter(pk__in=looking_after.values("person"), is_demonstration=False)
    addresses = sorted(people.values_list("email", flat=True))
    if not addresses:
        return
    chains = {int(line.split(":", 1)[0]) for line in event.payload["lines"]}
    labels = dict(Scope.objects.filter(pk__in=chains).values_list("pk", "label"))
    told = [
        f"{line}  {labels.get(int(line.split(':', 1)[0]), _('installation'))}"
        for line in event.payload["lines"]
    ]
    day = formats.date_long(datetime.fromisoformat(event.payload["at"]))
    body = "\n".join(
        [
            _("Empreinte du journal, {day} :").format(day=day),
            event.payload["seal"],
            "",
            _("Gardez ce message hors de Maillage. En cas de doute, chaque ligne se vérifie par :"),
            "maillage journal verify --anchor " + event.payload["lines"][0],
            "",
            *told,
        ]
    )
    EmailMessage(
        subject=_("Empreinte du journal de Maillage, {day}").format(day=day),
        body=body,
        to=[],
        bcc=addresses,
        headers={"Message-ID": f"<{event.key}@maillage>"},
    ).send()
