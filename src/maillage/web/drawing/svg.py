"""The little SVG that maps and charts need: tags, text widths, hatches."""

from __future__ import annotations

from html import escape

FONT = "'Source Serif 4', 'Libertinus Serif', Charter, Georgia, serif"
GREYS = ("#efefef", "#cfcfcf", "#a6a6a6", "#757575", "#3f3f3f")
"""The five classes from the lowest to the highest: told apart on a photocopy, and from white paper."""
INK = "#1c2326"
MUTED = "#55615f"
RULE = "#b9b9b9"

Style = dict[str, str | float]
"""Attributes of an element, shared by several."""
_NARROW = frozenset("ijltfrI.,;:'’-–()| \u00a0\u202f")


def tag(name: str, *content: str, **attributes: str | float) -> str:
    """Return one element; `_` in a name of attribute stands for `-`, `klass` for `class`.

    Attribute values are escaped; `content` is markup and must be escaped by the caller (see `text`).
    """
    written = "".join(
        f' {"class" if key == "klass" else key.replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
    )
    inner = "".join(content)
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def _attribute(value: str | float) -> str:
    return escape(value) if isinstance(value, str) else coordinate(value)


def coordinate(value: float) -> str:
    """Return a length with one decimal at most: enough on paper, and stable bytes."""
    return f"{round(value, 1) + 0.0:g}" if abs(value) < 100_000 else f"{value:.0f}"


def text(content: str, x: float, y: float, size: float = 8.5, **attributes: str | float) -> str:
    """Return a text element with `content` escaped."""
    return tag(
        "text", escape(content), x=x, y=y, font_size=size, **{"klass": "ink", "fill": INK, **attributes}
    )


def width_of(content: str, size: float) -> float:
    """Return about how wide `content` is in a serif face of that size: for placing, never for clipping."""
    ems = sum(
        0.3 if char in _NARROW else 0.68 if char.isupper() or char in "mwMW" else 0.5 for char in content
    )
    return ems * size


def wrapped(content: str, size: float, width: float) -> list[str]:
    """Return `content` cut at spaces into lines no wider than `width`, longer words excepted."""
    lines: list[str] = []
    for word in content.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def hatch(identifier: str, gap: float = 4.0, angle: float = 45, stroke: str = "#6b6b6b") -> str:
    """Return a pattern of parallel lines: « sans donnée », or « estimation » at another angle."""
    line = tag("line", x1=0, y1=0, x2=0, y2=gap, stroke=stroke, stroke_width=0.9, klass="hatch")
    return tag(
        "pattern",
        line,
        id=identifier,
        width=gap,
        height=gap,
        patternUnits="userSpaceOnUse",
        patternTransform=f"rotate({coordinate(angle)})",
    )


def document(name: str, title: str, description: str, width: float, height: float, *content: str) -> str:
    """Return the whole SVG with its title and description, read aloud in place of the drawing."""
    head = tag("title", escape(title), id=f"{name}-titre") + tag(
        "desc", escape(description), id=f"{name}-texte"
    )
    return tag(
        "svg",
        head,
        *content,
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        aria_labelledby=f"{name}-titre {name}-texte",
        viewBox=f"0 0 {coordinate(width)} {coordinate(height)}",
        width=coordinate(width),
        height=coordinate(height),
        font_family=FONT,
    )
