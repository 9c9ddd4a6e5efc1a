"""What is kept of a file that somebody sent: written anew, known by its content."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from maillage.exchange.rules.attachments import MEDIA_TYPES, FileKind
from maillage.kernel.choices import as_choices
from maillage.kernel.privacy import AnnotatedModel

FILE_LABELS = {
    FileKind.JPEG: _("photo JPEG"),
    FileKind.PNG: _("image PNG"),
    FileKind.WEBP: _("image WebP"),
    FileKind.PDF: _("document PDF"),
}


class StoredFile(AnnotatedModel):
    """A photo or a document, written anew by the program: no metadata is left in it.

    `size` in bytes; `width` and `height` in pixels, 0 for a document.
    """

    position = models.PositiveSmallIntegerField(_("rang"))
    name = models.CharField(_("nom du fichier"), max_length=100)
    kind = models.CharField(_("nature"), max_length=4, choices=as_choices(FILE_LABELS))
    size = models.PositiveIntegerField(_("taille en octets"))
    width = models.PositiveIntegerField(_("largeur en pixels"), default=0)
    height = models.PositiveIntegerField(_("hauteur en pixels"), default=0)
    content = models.BinaryField(_("contenu"))

    class Meta:
        abstract = True

    @property
    def is_photo(self) -> bool:
        """Whether it is a photo."""
        return self.kind != FileKind.PDF.value

    @property
    def media_type(self) -> str:
        """What it is, for a browser."""
        return MEDIA_TYPES[FileKind(self.kind)]
