"""Draw the plain zero of the screens: `uv run --with "fonttools[woff]" tools/plain_zero.py`.

Atkinson Hyperlegible Next draws its zero with a slash and has no other. In a sentence (« 20 h 00 »,
« 10 communes ») the slash reads as code, so the page takes this one character from
assets/fonts/plain-zero.woff2: the typeface's own zero, the two halves of its counter joined, at every
weight. Run again after an upgrade of the typeface (OFL 1.1).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import GlyphCoordinates

ROOT = Path(__file__).resolve().parents[1]
SOURCE = (
    ROOT / "node_modules/@fontsource-variable/atkinson-hyperlegible-next/files"
    "/atkinson-hyperlegible-next-latin-wght-normal.woff2"
)
TARGET = ROOT / "assets/fonts/plain-zero.woff2"
PHANTOMS = 4  # points after those of a glyph, which carry its metrics
Point = tuple[float, float]


def plain(points: list[Point], outer: int) -> list[Point]:
    """Return the outer contour of a slashed zero and a whole counter within it, wound the other way."""
    around, within = points[:outer], points[outer:-PHANTOMS]

    def middle_and_half(values: list[float]) -> tuple[float, float]:
        return (min(values) + max(values)) / 2, (max(values) - min(values)) / 2

    (x, across), (y, up) = (middle_and_half([point[axis] for point in around]) for axis in (0, 1))
    (_x, inner_across), (_y, inner_up) = (
        middle_and_half([point[axis] for point in within]) for axis in (0, 1)
    )
    counter = [
        (x + (px - x) * inner_across / across, y + (py - y) * inner_up / up) for px, py in reversed(around)
    ]
    return [*around, *counter, *points[-PHANTOMS:]]


def main() -> None:
    """Write the one-character typeface."""
    font = TTFont(SOURCE)
    glyf, gvar = font["glyf"], font["gvar"]
    glyph = glyf["zero"]
    outer = glyph.endPtsOfContours[0] + 1
    before = [tuple(point) for point in glyf._getCoordinatesAndControls("zero", font["hmtx"].metrics)[0]]
    after = plain(before, outer)
    for variation in gvar.variations["zero"]:
        variation.calcInferredDeltas(GlyphCoordinates(before), glyph.endPtsOfContours)
        moved = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(before, variation.coordinates, strict=True)]
        variation.coordinates = [
            (round(x - ax), round(y - ay))
            for (x, y), (ax, ay) in zip(plain(moved, outer), after, strict=True)
        ]
    drawn = after[:-PHANTOMS]
    flags = list(glyph.flags[:outer])
    glyph.coordinates = GlyphCoordinates([(round(x), round(y)) for x, y in drawn])
    glyph.flags = type(glyph.flags)(flags + flags[::-1])
    glyph.endPtsOfContours = [outer - 1, 2 * outer - 1]
    glyph.numberOfContours = 2
    glyph.recalcBounds(glyf)
    whole = TARGET.with_suffix(".ttf")
    font.flavor = None
    font.save(whole)
    options = [
        "--unicodes=U+0030",
        "--layout-features=tnum,pnum",
        "--flavor=woff2",
        f"--output-file={TARGET}",
    ]
    subprocess.run([sys.executable, "-m", "fontTools.subset", str(whole), *options], check=True)
    whole.unlink()


if __name__ == "__main__":
    main()
