"""Documents, as a form takes them."""

from __future__ import annotations

import io

from PIL import Image

from maillage.exchange import api as exchange


def documents(*colours: str) -> list[exchange.TakenFile]:
    """Return a small picture of each colour."""
    return exchange.take_files([as_sent(colour) for colour in colours])


def as_sent(colour: str) -> tuple[str, int, io.BytesIO]:
    """Return a small picture as it comes: name, size in bytes, content."""
    picture = io.BytesIO()
    Image.new("RGB", (31, 17), colour).save(picture, "PNG")
    return f"{colour}.png", picture.tell(), io.BytesIO(picture.getvalue())
