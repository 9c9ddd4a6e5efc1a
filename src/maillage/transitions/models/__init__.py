"""Tables of the transitions context, one aggregate a module."""

from maillage.transitions.models.complex_cases import ComplexCase, PartnerRequest, answered_by

__all__ = ["ComplexCase", "PartnerRequest", "answered_by"]
