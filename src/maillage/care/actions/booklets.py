"""Each evening, the cards of a home in one sealed PDF, kept for a night without network (docs/adr)."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from pypdf import PdfReader, PdfWriter

from maillage.care.actions.homes import require_staff
from maillage.care.computations.card_pdf import booklet_pdf
from maillage.care.models import Booklet, Stay
from maillage.care.queries.homes import current_cards
from maillage.directory import api as directory
from maillage.kernel import journal
from maillage.kernel.models import Person, Scope
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people

logger = logging.getLogger("maillage.booklets")
#: Letters and figures that nobody takes for one another, read aloud or copied by hand at night.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _LENGTH = 4, 4


def make_due_booklets(now: datetime) -> int:
    """Make the booklet of each home whose evening has come and that has none yet; return how many.

    One that fails stops no other: it is tried again at the next look.
    """
    homes = Stay.objects.under_way().values("home").distinct()
    made = 0
    for home in directory.Structure.objects.filter(pk__in=homes).order_by("pk"):
        scope = Stay.objects.of_home(home).filter(until=None).select_related("patient__scope").first()
        if scope is None:
            continue
        local = now.astimezone(scope.patient.scope.zone)
        if local.hour >= rule("care.booklet.hour").value and not _made(home, local.date()):
            try:
                make_booklet(home=home, scope=scope.patient.scope, day=local.date())
            except Exception:  # a full disk, a document that cannot be set: the other homes get theirs
                logger.exception("the booklet of %s was not made", home.pk)
            else:
                made += 1
    return made


def _made(home: directory.Structure, day: date) -> bool:
    return Booklet.objects.filter(home=home, day=day).exists()


def make_booklet(*, home: directory.Structure, scope: Scope, day: date) -> Booklet:
    """Seal the cards that the home's staff may read that evening; the older booklets are thrown away.

    Who opposes, or was not told, is left out: counted, not named. Made by the program: the reading of each
    card is that of whoever opens the file, which the password names. Raises OSError where the disk refuses.
    """
    with transaction.atomic():
        row = _written(home, scope, day)
        gone = _thrown_away(home)
    for file in gone:  # once the rows are gone for good
        file.unlink(missing_ok=True)
    return row


def _written(home: directory.Structure, scope: Scope, day: date) -> Booklet:
    living = Stay.objects.of_home(home).filter(until=None).count()
    shown = _shown(home)
    cards = current_cards([one.patient_id for one in shown])
    row = Booklet(
        home=home,
        day=day,
        made_at=timezone.now(),
        cards=len(cards),
        without_card=len(shown) - len(cards),
        left_out=living - len(shown),
        seed=secrets.token_hex(16),
    )
    sealed = _sealed(booklet_pdf(row, shown, cards), password_of(row))
    row.digest = hashlib.sha256(sealed).hexdigest()
    row.save()
    file_of(row).parent.mkdir(parents=True, exist_ok=True)
    file_of(row).touch(mode=0o600)
    file_of(row).write_bytes(sealed)
    changes = {"cards": row.cards, "left_out": row.left_out, "digest": row.digest}
    journal.record(
        by=None, verb="care.booklet_made", target=journal.target_of(row), changes=changes, scope=scope
    )
    return row


def _shown(home: directory.Structure) -> list[Stay]:
    """Return the stays of a home whose resident lets its staff read their crisis card."""
    opened = people.Patient.objects.read_in(home, people.Part.CRISIS)
    rows = Stay.objects.of_home(home).filter(until=None, patient__in=opened.values("pk"))
    return list(rows.select_related("patient__scope", "patient__referring_doctor", "home"))


def _thrown_away(home: directory.Structure) -> list[Path]:
    """Remove the booklets beyond those that are kept; return the files that are to go."""
    gone = []
    for one in Booklet.objects.filter(home=home).order_by("-day")[rule("care.booklet.kept").value :]:
        gone.append(file_of(one))
        one.delete()
    return gone


def file_of(booklet: Booklet) -> Path:
    """Return where a booklet is kept, in the folder of the installation."""
    return Path(settings.HOME) / "booklets" / f"{booklet.seed}.pdf"


def password_of(booklet: Booklet) -> str:
    """Return the password of a booklet: made of its seed and the secret key, and kept nowhere."""
    key = settings.SECRET_KEY.encode()
    drawn = hmac.new(key, f"booklet:{booklet.seed}".encode(), hashlib.sha256).digest()
    signs = [_SIGNS[byte % len(_SIGNS)] for byte in drawn[: _GROUPS * _LENGTH]]
    return "-".join("".join(signs[at : at + _LENGTH]) for at in range(0, len(signs), _LENGTH))


def _sealed(pdf: bytes, password: str) -> bytes:
    """Return a PDF that opens with `password` alone (AES, 256 bits)."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
    writer.encrypt(user_password=password, algorithm="AES-256")
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()


@transaction.atomic
def take_booklet(*, by: Person, booklet: Booklet, scope: Scope) -> bytes:
    """Return the sealed file, for whoever works in the home; who took it is journalled.

    Raises PermissionDenied, FileNotFoundError where the file was thrown away.
    """
    require_staff(by, booklet.home)
    content = file_of(booklet).read_bytes()
    _record(by, "care.booklet_taken", booklet, scope)
    return content


@transaction.atomic
def reveal_password(*, by: Person, booklet: Booklet, scope: Scope) -> str:
    """Return the password, for who manages the home; it is journalled. Raises PermissionDenied."""
    require_staff(by, booklet.home)
    if not manages(by, booklet.home):
        raise PermissionDenied(_("Seule la direction de l’EHPAD lit le mot de passe du cahier."))
    people.log_access(
        by=by,
        patients=[one.patient for one in _shown(booklet.home)],
        what="list",
        purpose=_("cahier de nuit"),
    )
    _record(by, "care.booklet_opened", booklet, scope)
    return password_of(booklet)


def manages(person: Person, home: directory.Structure) -> bool:
    """Return whether `person` manages a home today."""
    rows = directory.Membership.objects.in_force(timezone.localdate()).filter(
        structure=home, professional__account=person, function=directory.Function.MANAGEMENT.value
    )
    return rows.exists()


def _record(by: Person, verb: str, booklet: Booklet, scope: Scope) -> None:
    journal.record(by=by, verb=verb, target=journal.target_of(booklet), changes={}, scope=scope)
