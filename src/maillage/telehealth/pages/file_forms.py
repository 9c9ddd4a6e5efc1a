"""The photos and documents of a form: each with what it shows, written anew before anything is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from maillage.exchange import api as exchange
from maillage.kernel import formats
from maillage.kernel.pages.forms import KeyedForm
from maillage.kernel.sourced_rules import rule
from maillage.telehealth.actions.files import ShownFile
from maillage.telehealth.rules.questions import LONGEST_SEEN

_ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"


class WithFiles(KeyedForm):
    """A form that takes some photos and documents, one a row: no row of it needs JavaScript."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for number in range(1, rule("exchange.attachments.number").value + 1):
            said = {"number": formats.number(number)}
            self.fields[f"file_{number}"] = forms.FileField(
                label=gettext("Photo ou document {number}").format(**said),
                required=False,
                allow_empty_file=True,
                max_length=None,
                widget=forms.FileInput(attrs={"accept": _ACCEPTED}),
            )
            self.fields[f"seen_{number}"] = forms.CharField(
                label=gettext("Ce que l’on voit sur la photo {number}").format(**said),
                required=False,
                max_length=LONGEST_SEEN,
            )
        self.fields["file_1"].help_text = _(
            "JPEG, PNG, WebP ou PDF. Le lieu, la date et l’appareil sont retirés des photos ; cadrez sans le "
            "visage ni aucun nom."
        )
        self.fields["seen_1"].help_text = _(
            "En quelques mots, pour qui n’affiche pas l’image : « jambe gauche, face interne, règle en "
            "centimètres »."
        )

    @property
    def rows(self) -> Iterator[tuple[BoundField, BoundField]]:
        """Each field of a file with that of its words."""
        for name in self.fields:
            if name.startswith("file_"):
                yield self[name], self[name.replace("file", "seen")]

    @property
    def is_opened(self) -> bool:
        """Whether something was said in the rows that open on demand."""
        return self.is_bound and any(
            row[0].errors or row[1].errors or row[1].value() for row in [*self.rows][1:]
        )

    def clean(self) -> dict[str, Any]:
        """Return what was sent, `shown` holding the files written anew."""
        said = super().clean() or {}
        shown = []
        for number in range(1, rule("exchange.attachments.number").value + 1):
            sent, seen = said.get(f"file_{number}"), said.get(f"seen_{number}", "")
            if sent is None:
                if seen.strip() and not self.files.get(self.add_prefix(f"file_{number}")):
                    self.add_error(f"file_{number}", gettext("Choisissez la photo que ces mots décrivent."))
                continue
            try:
                (taken,) = exchange.take_files([(sent.name or "", sent.size or 0, sent)])
            except ValidationError as error:
                self.add_error(f"file_{number}", error.messages)
                continue
            if taken.is_photo and not seen.strip() and f"seen_{number}" not in self.errors:
                self.add_error(
                    f"seen_{number}", gettext("Dites en quelques mots ce que l’on voit sur cette photo.")
                )
            shown.append(ShownFile(taken, seen))
        said["shown"] = shown
        return said
