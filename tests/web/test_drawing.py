"""Bars of changes diverge from zero, on one scale."""

from maillage.kernel.figures import Comparison, Figure, Provenance
from maillage.web.drawing import inline


def bars(ours: float, *others: float) -> list[tuple[str, str, str]]:
    figure = Figure(
        "change", "Évolution", ours, Provenance("", ""), "%", 1, tuple(Comparison(str(v), v) for v in others)
    )
    return [(bar.start, bar.width, bar.zero) for bar in inline.comparison_bars(figure)]


def test_negative_bars_go_left_from_zero_and_positive_ones_right():
    assert bars(-0.03, 0.01) == [("0.0%", "75.0%", "75.0%"), ("75.0%", "25.0%", "75.0%")]


def test_bars_of_one_sign_keep_one_edge():
    assert bars(2.0, 4.0) == [("0.0%", "50.0%", ""), ("0.0%", "100.0%", "")]
    assert bars(-2.0, -4.0) == [("50.0%", "50.0%", "100.0%"), ("0.0%", "100.0%", "100.0%")]


def test_figures_that_are_all_zero_have_bars_without_length():
    assert bars(0.0, 0.0) == [("0.0%", "0.0%", ""), ("0.0%", "0.0%", "")]


def test_our_bar_has_the_name_the_figure_gives_it():
    provenance = Provenance("", "")
    today = (Comparison("Aujourd’hui", 1.0),)
    scenario = Figure("mean", "Moyenne", 2.0, provenance, comparisons=today, ours="Avec ce scénario")
    assert [bar.label for bar in inline.comparison_bars(scenario)] == ["Avec ce scénario", "Aujourd’hui"]
