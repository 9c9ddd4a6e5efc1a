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


def overprinted(content: bytes) -> list[str]:
    """Return the texts of a PDF that are printed over others, by page: nobody could read them."""
    found = []
    with pypdfium2.PdfDocument(content) as document:
        for number, page in enumerate(document, start=1):
            text = page.get_textpage()
            boxes = [text.get_rect(place) for place in range(text.count_rects())]
            for place, (left, bottom, right, top) in enumerate(boxes):
                for one in boxes[place + 1 :]:
                    wide = min(right, one[2]) - max(left, one[0])
                    high = min(top, one[3]) - max(bottom, one[1])
                    if wide > 1 and high > 1:
                        over = (text.get_text_bounded(*box) for box in ((left, bottom, right, top), one))
                        found.append(f"page {number}: {' | '.join(over)}")
    return found
