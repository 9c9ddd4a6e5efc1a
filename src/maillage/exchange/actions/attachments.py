"""Takes the files that come with a message: known by their content, limited, written anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from maillage.exchange.computations.cleaning import Cleaned, cleaned, made_small
from maillage.exchange.models import Attachment, ConversationMessage, StoredFile
from maillage.exchange.rules.attachments import HEAD, FileKind, Refusal, RefusedFileError, kept_name, kind_of
from maillage.kernel import formats
from maillage.kernel.sourced_rules import rule

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that may be attached, written anew."""

    name: str
    kind: FileKind
    file: Cleaned

    @property
    def is_photo(self) -> bool:
        """Whether it is a photo."""
        return self.kind is not FileKind.PDF

    @property
    def columns(self) -> dict[str, Any]:
        """What a `StoredFile` keeps of it."""
        return {
            "name": self.name,
            "kind": self.kind.value,
            "size": len(self.file.content),
            "width": self.file.width,
            "height": self.file.height,
            "content": self.file.content,
        }

    def thumbnail(self, longest_side: int) -> bytes:
        """Return the photo as a small JPEG, nothing for a document."""
        return made_small(self.file.content, longest_side) if self.is_photo else b""


def take(sent: Sequence[tuple[str, int, IO[bytes]]]) -> list[Taken]:
    """Return files (name, size in bytes, content) written anew. Raises ValidationError."""
    most = rule("exchange.attachments.number").value
    if len(sent) > most:
        raise ValidationError({"attached": said("", Refusal.TOO_MANY)})
    taken, refused = [], []
    for name, size, content in sent:
        try:
            taken.append(_taken(name, size, content))
        except RefusedFileError as error:
            refused.append(said(name, error.reason))
    if refused:
        raise ValidationError({"attached": refused})
    return taken


def are_kept(rows: Iterable[StoredFile], files: Iterable[Taken]) -> bool:
    """Return whether each of `files` is among the stored `rows`, by its content.

    A form sent again under its key with another document would otherwise lose it without a word.
    """
    return {one.file.content for one in files} <= {bytes(one.content) for one in rows}


def attach(message: ConversationMessage, taken: Sequence[Taken]) -> None:
    """Keep files with a message, in its transaction."""
    Attachment.objects.bulk_create(
        Attachment(message=message, position=place, **one.columns) for place, one in enumerate(taken, start=1)
    )


def said(name: str, reason: Refusal) -> str:
    """Say why a file is not attached, and what to do."""
    most = formats.number(rule("exchange.attachments.megabytes").value)
    sentences = {
        Refusal.EMPTY: _("« {name} » est vide : choisissez-le de nouveau."),
        Refusal.TOO_LARGE: _(
            "« {name} » dépasse {most} Mo : envoyez une photo plus petite ou moins de pages."
        ),
        Refusal.OTHER_KIND: _(
            "« {name} » n’est ni une photo (JPEG, PNG, WebP) ni un PDF, quel que soit son nom : "
            "enregistrez-le dans l’un de ces formats."
        ),
        Refusal.UNREADABLE: _(
            "« {name} » ne s’ouvre pas : il est abîmé ou incomplet. Enregistrez-le de nouveau."
        ),
        Refusal.TOO_MANY_PIXELS: _("« {name} » a trop de pixels : envoyez une photo plus petite."),
        Refusal.LOCKED: _("« {name} » est protégé par un mot de passe : envoyez-le sans protection."),
        Refusal.TOO_MANY: _("Un message porte {number} fichiers au plus."),
    }
    number = formats.number(rule("exchange.attachments.number").value)
    shown = " ".join(name.split())[:60] or _("Le fichier")
    return sentences[reason].format(name=shown, most=most, number=number)


def _taken(name: str, size: int, content: IO[bytes]) -> Taken:
    if size > rule("exchange.attachments.megabytes").value * MEGABYTE:
        raise RefusedFileError(Refusal.TOO_LARGE)
    read = content.read()
    if not read:
        raise RefusedFileError(Refusal.EMPTY)
    kind = kind_of(read[:HEAD])
    if kind is None:
        raise RefusedFileError(Refusal.OTHER_KIND)
    file = cleaned(
        read,
        kind,
        most_pixels=int(rule("exchange.attachments.megapixels").value * 1_000_000),
        longest_side=rule("exchange.attachments.longest_side").value,
    )
    return Taken(kept_name(name, kind), kind, file)
