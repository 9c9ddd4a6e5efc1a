"""Every pair of colours that the styles put together is legible, by day and by night."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

TOKENS = (Path(__file__).resolve().parents[2] / "assets/css/tokens.css").read_text()
PAIR = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);")
THEMES = {
    "light": {name: light for name, light, _dark in PAIR.findall(TOKENS)},
    "dark": {name: dark for name, _light, dark in PAIR.findall(TOKENS)},
}
GROUNDS = ("paper", "surface", "sunken")
INKS = ("ink", "ink-muted", "action", "brand", "attention", "good")
TEXT = [(ink, ground) for ink in INKS for ground in GROUNDS]
TEXT += [
    ("on-action", "action"),
    ("on-action", "action-strong"),
    ("action-strong", "brand-tint"),
    ("brand", "brand-tint"),
    ("ink", "brand-tint"),
    ("ink-muted", "brand-tint"),
    ("paper", "brand"),
    *((tone, f"{tone}-tint") for tone in ("good", "attention", "urgent")),
    *(("ink", f"{tone}-tint") for tone in ("attention", "urgent")),
    ("ink-muted", "urgent-tint"),
    ("urgent", "surface"),
    ("urgent", "paper"),
    ("map-label", "map-halo"),
]
SHAPES = [(name, ground) for name in ("rule-strong", "focus") for ground in ("paper", "surface")]
SHAPES += [("map-perimeter", "map-outside"), ("map-white-zone", "map-outside"), ("map-hatch", "map-land")]
SCALES = {"access": 5, "count": 5}


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_is_legible(theme: str, ink: str, ground: str) -> None:
    ratio = contrast(THEMES[theme][ink], THEMES[theme][ground])
    assert ratio >= 4.5, f"{ink} on {ground}: {ratio:.2f}"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_are_visible(theme: str, shape: str, ground: str) -> None:
    ratio = contrast(THEMES[theme][shape], THEMES[theme][ground])
    assert ratio >= 3, f"{shape} on {ground}: {ratio:.2f}"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("scale", SCALES)
def test_a_sequential_scale_goes_one_way(theme: str, scale: str) -> None:
    steps = [luminance(THEMES[theme][f"{scale}-{rank}"]) for rank in range(1, SCALES[scale] + 1)]
    assert steps in (sorted(steps), sorted(steps, reverse=True))
    assert all(max(a, b) / min(a, b) > 1.2 for a, b in pairwise(steps)), "two classes look alike"
