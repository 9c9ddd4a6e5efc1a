"""Writes a file anew without what it says of who made it, where and when: photos, PDF documents.

A photo is decoded and encoded again: no EXIF, no place, no thumbnail, no comment survives; it is turned as
the telephone meant it first. A PDF is copied page by page, without its information, its
scripts, what it embeds.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from maillage.exchange.rules.attachments import FileKind, Refusal, RefusedFileError

#: What a photo is written with: well above what an eye tells apart on a screen.
_QUALITY = 85
#: What a small one is written with: it leads to the photo itself.
_SMALL_QUALITY = 70


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file written anew: its bytes, and for a photo its size in pixels (0 for a document)."""

    content: bytes
    width: int = 0
    height: int = 0


def cleaned(content: bytes, kind: FileKind, *, most_pixels: int, longest_side: int) -> Cleaned:
    """Return a file without its metadata; a photo larger than `longest_side` (pixels) is made smaller.

    Raises RefusedFileError for what cannot be read as what it says it is, or has too many pixels.
    """
    if kind is FileKind.PDF:
        return Cleaned(_document(content))
    return _photo(content, kind, most_pixels, longest_side)


def made_small(content: bytes, longest_side: int) -> bytes:
    """Return a photo that was cleaned as a JPEG no longer than `longest_side` (pixels), on white."""
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"]) as image:
        image.thumbnail((longest_side, longest_side))
        drawn = image.convert("RGBA")
    paper = Image.new("RGB", drawn.size, "white")
    paper.paste(drawn, mask=drawn)
    written = io.BytesIO()
    paper.save(written, "JPEG", quality=_SMALL_QUALITY)
    return written.getvalue()


def _photo(content: bytes, kind: FileKind, most_pixels: int, longest_side: int) -> Cleaned:
    # Here only: a process that receives no photo does not need it.
    from PIL import Image, ImageOps

    try:
        # The one decoder that the first bytes name: no other is tried on what somebody sends.
        with Image.open(io.BytesIO(content), formats=[kind.value.upper()]) as image:
            if image.width * image.height > most_pixels:
                raise RefusedFileError(Refusal.TOO_MANY_PIXELS)
            turned: Any = ImageOps.exif_transpose(image)
            has_alpha = turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info
            plain = turned.convert("RGBA" if has_alpha and kind is not FileKind.JPEG else "RGB")
    except RefusedFileError:
        raise
    except Exception as error:  # a decoder raises of many kinds on what is broken on purpose
        raise RefusedFileError(Refusal.UNREADABLE) from error
    plain.thumbnail((longest_side, longest_side))
    # A picture made of pixels alone: nothing of what came beside them.
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    written = io.BytesIO()
    bare.save(written, kind.value.upper(), **({} if kind is FileKind.PNG else {"quality": _QUALITY}))
    return Cleaned(written.getvalue(), bare.width, bare.height)


def _document(content: bytes) -> bytes:
    from pypdf import PdfReader, PdfWriter

    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted:
            raise RefusedFileError(Refusal.LOCKED)
        writer = PdfWriter()
        for page in reader.pages:
            copied = writer.add_page(page)
            for name in ("/AA", "/Annots", "/Metadata", "/PieceInfo"):
                if name in copied:
                    del copied[name]
        if not writer.pages:
            raise RefusedFileError(Refusal.UNREADABLE)
        writer.metadata = None
        written = io.BytesIO()
        writer.write(written)
    except RefusedFileError:
        raise
    except Exception as error:  # a reader raises of many kinds on what is broken on purpose
        raise RefusedFileError(Refusal.UNREADABLE) from error
    return written.getvalue()
