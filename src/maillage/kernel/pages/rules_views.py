"""Pages of the sourced rules: all of them by context, and each with its history."""

from __future__ import annotations

from collections.abc import Set
from functools import cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from maillage.kernel import sourced_rules
from maillage.kernel.names import normalise
from maillage.kernel.pages import presenters
from maillage.kernel.pages.base import Endpoint, Page, csv_response
from maillage.kernel.sourced_rules import SourcedRule


class SourcedRules(Page):
    """The rules in force today, by context; `?q=` searches keys, labels, sources and notes."""

    permission = None
    template_name = "kernel/sourced_rules.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        query = self.request.GET.get("q", "").strip()
        rules = _matching(query)
        unverified = sum(rule.certainty in {"connaissance_generale", "non_etabli"} for rule in rules)
        return super().get_context_data(
            query=query,
            total=len(rules),
            unverified=unverified,
            groups=presenters.by_context(rules),
            **context,
        )


class SourcedRulesExport(Endpoint):
    """The same rules as a CSV file."""

    permission = None

    def get(self, request: HttpRequest) -> HttpResponse:
        return csv_response(presenters.rules_table(_matching(request.GET.get("q", "").strip())))


class SourcedRulePage(Page):
    """One rule: its value today, where it comes from, and what it was before."""

    permission = None
    template_name = "kernel/sourced_rule.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        try:
            versions = sourced_rules.history(self.kwargs["key"])
        except sourced_rules.UnknownRuleError as error:
            raise Http404(str(error)) from error
        today = timezone.localdate()
        current = next((version for version in versions if version.holds(today)), None)
        return super().get_context_data(
            shown=presenters.presented(current or versions[-1]),
            in_force=current is not None,
            versions=[(presenters.presented(version), version is current) for version in reversed(versions)],
            **context,
        )


def _matching(query: str) -> list[SourcedRule]:
    today, words = timezone.localdate(), set(normalise(query).split())
    return [rule for rule in sourced_rules.all_rules() if rule.holds(today) and _has(rule, words)]


def _has(rule: SourcedRule, words: Set[str]) -> bool:
    """Return whether every word is in what a search looks into: a rule is found in either language."""
    french = (rule.key, rule.label, rule.source, rule.note)
    text = _searched(" ".join((*french, rule.label_en, rule.source_en, rule.note_en))) if words else ""
    return all(word in text for word in words)


#: Rules are some thousands, the same for all: each is normalised once a process.
_searched = cache(normalise)
