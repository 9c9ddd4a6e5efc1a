"""Tables of the transitions context, one aggregate a module."""

from maillage.transitions.models.complex_cases import ComplexCase, PartnerRequest, answered_by
from maillage.transitions.models.ways import MedicineLine, Way

__all__ = ["ComplexCase", "MedicineLine", "PartnerRequest", "Way", "answered_by"]
