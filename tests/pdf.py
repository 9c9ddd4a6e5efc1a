"""Reading a PDF as a person would copy it, with no program but Python's packages."""

from __future__ import annotations

import pypdfium2


def pages_of(content: bytes) -> list[str]:
    """Return the text of each page of a PDF, lines as they are laid out."""
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def text_of(content: bytes) -> str:
    """Return the text of a PDF."""
    return "\n".join(pages_of(content))
