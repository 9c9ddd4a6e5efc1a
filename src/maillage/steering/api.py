"""The front door of steering: evaluations of what a measure changed."""

from maillage.steering.actions.evaluations import keep_evaluation
from maillage.steering.models import Evaluation

__all__ = ["Evaluation", "keep_evaluation"]
