"""What is wrong with an identifier, said so that the reader can mend it."""

from __future__ import annotations


def gettext_noop(text: str) -> str:
    """Mark `text` for the catalogue; whoever shows it translates it, as this package knows no framework."""
    return text


class IdentifierError(ValueError):
    """An identifier that cannot be right.

    `template` is the French sentence with named places (`%(given)s`), `values` what goes there: a page
    shows `gettext(error.template) % error.values`, and `str(error)` is the sentence in French.
    """

    def __init__(self, template: str, **values: str | int) -> None:
        super().__init__(template % values)
        self.template = template
        self.values = values
