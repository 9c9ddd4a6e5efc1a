"""Each model field says whether it is personal, health or neither; the GDPR register is generated from it."""

from django.db import models


class ReferenceModel(models.Model):
    """A table of open data or parameters: none of its fields is about an identifiable person."""

    privacy = "reference"

    class Meta:
        abstract = True


class AnnotatedModel(models.Model):
    """A table about people or written by people: every field is listed in `personal`, `health` or `neither`."""

    personal: tuple[str, ...] = ()
    health: tuple[str, ...] = ()
    neither: tuple[str, ...] = ()

    class Meta:
        abstract = True
