"""The chapters of a project, each beside what is expected of it and a text to start from; its templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.kernel import formats
from maillage.kernel.sourced_rules import SourcedRule, rule
from maillage.project.actions import projects as actions
from maillage.project.actions.templates import TEMPLATES, start_from_template
from maillage.project.models import Chapter
from maillage.project.pages.base import Doing, OfProject
from maillage.project.pages.forms import ChapterForm, TemplateForm
from maillage.project.pages.words import CHAPTER_LABELS
from maillage.project.rules.chapters import CHAPTERS, STEPS

FAILING = "project.signs.failing"


def guide(name: str) -> SourcedRule:
    """Return what is expected at a step or in a chapter."""
    return rule(f"project.guides.{name}")


class Texts(OfProject, Doing):
    """What a project says, chapter by chapter."""

    template_name = "project/texts.html"

    @property
    def chapter(self) -> str:
        """The chapter of the address; the first where it names none."""
        asked = self.request.POST.get("chapter") or self.request.GET.get("chapitre", "")
        return asked if asked in CHAPTERS else CHAPTERS[0]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        name = self.chapter
        written = {one.name: one for one in Chapter.objects.of(self.project).select_related("by")}
        one = written.get(name)
        advice = guide(name)
        shown: dict[str, Any] = {
            "project": self.project,
            "chapters": [
                (each, CHAPTER_LABELS[each], each in written, each == name, guide(each)) for each in CHAPTERS
            ],
            "steps": [guide(each) for each in STEPS],
            "name": name,
            "label": CHAPTER_LABELS[name],
            "chapter": one,
            "guide": advice,
            "failing": rule(FAILING),
            "finding": self._finding(len(written)),
            "may_edit": self.may_edit,
        }
        if self.may_edit:
            initial = {"base": one.version if one else 0, "text": one.text if one else "", "chapter": name}
            shown["form"] = self.form("write", ChapterForm, initial=initial)
            shown["template_form"] = self.form("template", TemplateForm, templates=template_choices())
        return super().get_context_data(**shown, **context)

    def _finding(self, count: int) -> str:
        said = ngettext("{count} chapitre écrit sur {total}.", "{count} chapitres écrits sur {total}.", count)
        return said.format(count=formats.number(count), total=formats.number(len(CHAPTERS)))

    def gestures(self) -> dict[str, Callable[[], str]]:
        return {"write": self._write, "template": self._template}

    def here(self) -> str:
        return f"{reverse('project:texts', args=[self.project.pk])}?chapitre={self.chapter}"

    def _write(self) -> str:
        self.send(
            "write",
            ChapterForm,
            lambda said: actions.write_chapter(
                by=self.person, project=self.project, name=said["chapter"], base=said["base"],
                text=said["text"],
            ),
        )  # fmt: skip
        return _("Texte enregistré.")

    def _template(self) -> str:
        self.send(
            "template",
            TemplateForm,
            lambda said: start_from_template(
                by=self.person, project=self.project, name=said["template"], key=said["key"]
            ),
            templates=template_choices(),
        )
        return _("Axes et objectifs ajoutés : ce sont des brouillons, modifiez-les.")


def template_choices() -> list[tuple[str, str]]:
    """Return the templates of projects, by the words of their rules."""
    return [(one, rule(f"project.templates.{one}").said.partition(": ")[2]) for one in TEMPLATES]
