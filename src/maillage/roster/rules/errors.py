"""Refusals of the roster: each a sentence to show, that says what to do."""


class RosterError(ValueError):
    """A write of the roster is refused; the message says why and what to do."""
