"""What a file is by its first bytes, never by its name; the name that is kept of it: no framework."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum


class FileKind(StrEnum):
    """What may be attached to a message."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    PDF = "pdf"


class Refusal(StrEnum):
    """Why a file is not attached; worded in `actions.attachments`."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    OTHER_KIND = "other_kind"
    UNREADABLE = "unreadable"
    TOO_MANY_PIXELS = "too_many_pixels"
    LOCKED = "locked"
    TOO_MANY = "too_many"


class RefusedFileError(Exception):
    """A file is not attached, for that reason."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


MEDIA_TYPES = {
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.WEBP: "image/webp",
    FileKind.PDF: "application/pdf",
}
_SUFFIXES = {FileKind.JPEG: ".jpg", FileKind.PNG: ".png", FileKind.WEBP: ".webp", FileKind.PDF: ".pdf"}
#: Bytes read to know what a file is.
HEAD = 16
_LONGEST_NAME = 80
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def kind_of(head: bytes) -> FileKind | None:
    """Return what a file is by its first bytes, None for anything that is not taken.

    >>> kind_of(b"%PDF-1.7"), kind_of(b"MZ")
    (<FileKind.PDF: 'pdf'>, None)
    """
    if head.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return FileKind.WEBP
    return FileKind.PDF if head.startswith(b"%PDF-") else None


def kept_name(name: str, kind: FileKind) -> str:
    """Return the name under which a file is kept: no folder, nothing hidden, the suffix of what it is.

    >>> kept_name("../../plaie.exe", FileKind.JPEG), kept_name("", FileKind.PDF)
    ('plaie.jpg', 'document.pdf')
    """
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(one for one in last if unicodedata.category(one) not in _HIDDEN)
    stem = re.sub(r'[<>:"|?*;]', "", seen.rsplit(".", 1)[0] if "." in seen else seen)
    stem = " ".join(stem.split())[:_LONGEST_NAME].strip(". ")
    return f"{stem or ('document' if kind is FileKind.PDF else 'photo')}{_SUFFIXES[kind]}"
