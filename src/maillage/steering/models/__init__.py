"""The tables of steering."""

from maillage.steering.models.evaluations import BETTER_LABELS, Evaluation

__all__ = ["BETTER_LABELS", "Evaluation"]
