"""The tables of the regulation desk, one aggregate a module."""

from maillage.orientation.models.closing import Closure, Decision, HandOver
from maillage.orientation.models.proposals import Proposal, Search
from maillage.orientation.models.requests import Request
from maillage.orientation.models.safety import SafetyAnswer, SafetySheet, SpokenCheck

__all__ = [
    "Closure",
    "Decision",
    "HandOver",
    "Proposal",
    "Request",
    "SafetyAnswer",
    "SafetySheet",
    "Search",
    "SpokenCheck",
]
