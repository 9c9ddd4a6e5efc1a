"""The text of a file as people and publishers write it."""

from __future__ import annotations

_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def decoded(content: bytes) -> str:
    """Return a text file's text: UTF-8 with or without mark, UTF-16 with one, else Windows-1252.

    >>> decoded("\\ufeffMâcon;é".encode()), decoded("Mâcon".encode("latin-1"))
    ('Mâcon;é', 'Mâcon')
    """
    if content.startswith(_UTF16_MARKS):
        return content.decode("utf-16", "replace")
    try:
        return content.removeprefix(_MARK).decode()
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")
