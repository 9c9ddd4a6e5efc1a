"""The bodies of a territory, and one of them: its colleges, its members, its meetings, its rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.governance.actions import bodies as actions
from maillage.governance.actions import sittings
from maillage.governance.models import BODY_LABELS, BodySeat
from maillage.governance.pages import words
from maillage.governance.pages.base import Doing, OfBody
from maillage.governance.pages.forms import (
    BodyForm,
    CollegeForm,
    EndForm,
    RenewForm,
    RulesForm,
    SeatForm,
    SittingForm,
)
from maillage.governance.queries import bodies as queries
from maillage.governance.queries.decisions import coming_sittings, last_decisions
from maillage.governance.rules.vocabulary import BodyKind, CollegeKind
from maillage.kernel import access, clock, formats
from maillage.kernel.rules import Permission


class Bodies(Doing):
    """The bodies that one follows or sits in, the next meetings, the last decisions."""

    template_name = "governance/bodies.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        seen = queries.seen(queries.bodies_seen_by(self.person))
        standing = [one for one in seen if one.body.closed_on is None]
        coming = coming_sittings(self.person, 6)
        scopes = queries.scopes_to_keep(self.person)
        now = timezone.now()
        return super().get_context_data(
            finding=self._finding(len(standing), sum(len(one.gaps) for one in standing)),
            bodies=[
                (one, BODY_LABELS[BodyKind(one.body.kind)], words.body_finding(one), bool(one.gaps))
                for one in seen
            ],
            coming=[(one, one.convened_at is None, one.starts_at <= now) for one in coming],
            decisions=[
                (one, *words.decision_state(one, clock.today(one.sitting.body.scope)))
                for one in last_decisions(self.person, 8)
            ],
            body_form=self.form("add", BodyForm, scopes=scopes) if scopes else None,
            **context,
        )

    def _finding(self, count: int, gaps: int) -> str:
        if not count:
            return _("Vous ne siégez dans aucune instance, et aucune n’est à suivre ici.")
        said = [ngettext("{count} instance", "{count} instances", count).format(count=formats.number(count))]
        if gaps:
            text = ngettext("{count} point à voir", "{count} points à voir", gaps)
            said.append(text.format(count=formats.number(gaps)))
        return f"{formats.listed(said)}."

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return the one gesture of the page."""
        return {"add": self._add}

    def _add(self) -> str:
        access.require(self.person, Permission.MANAGE_GOVERNANCE)
        scopes = queries.scopes_to_keep(self.person)
        self.send(
            "add",
            BodyForm,
            lambda said: actions.add_body(
                by=self.person,
                scope=next(one for one in scopes if str(one.pk) == said["where"]),
                kind=BodyKind(said["kind"]),
                name=said["name"],
                purpose=said["purpose"],
                key=said["key"],
            ),
            scopes=scopes,
        )
        return _("Instance écrite, avec les règles proposées : relisez-les, puis donnez ses collèges.")


class BodyPage(OfBody, Doing):
    """One body on one page."""

    template_name = "governance/body.html"
    there = ""

    def here(self) -> str:
        """Return the meeting just prepared, else this page."""
        return self.there or super().here()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        body = self.body
        (seen,) = queries.seen([body])
        kind = BodyKind(body.kind)
        shown: dict[str, Any] = {
            "body": body,
            "seen": seen,
            "kind": BODY_LABELS[kind],
            "finding": words.body_finding(seen),
            "gaps": [words.gap_words(*one) for one in seen.gaps],
            "rules": words.rules_words(seen),
            "proposed": actions.default_rules(kind),
            "is_proposed": self._is_proposed(kind),
            "sittings": queries.sittings_of(body),
            "keeps": self.keeps,
            "manages": self.manages and body.closed_on is None,
        }
        if self.keeps:
            shown["sitting_form"] = self.form("prepare", SittingForm)
        if shown["manages"]:
            shown |= self._forms(seen)
        return super().get_context_data(**shown, **context)

    def _is_proposed(self, kind: BodyKind) -> bool:
        proposed = actions.default_rules(kind).value
        return all(getattr(self.body, name) == proposed[name] for name in actions.RULES)

    def _forms(self, seen: queries.BodySeen) -> dict[str, Any]:
        body = self.body
        initial = {name: getattr(body, name) for name in (*actions.RULES, "name", "purpose", "pays_time")}
        return {
            "opens_seat": any(name.startswith(("renew-", "end-")) for name in self.forms_refused),
            "college_form": self.form("college", CollegeForm),
            "rules_form": self.form("change", RulesForm, initial=initial | {"base": body.version}),
            "seat_form": self.form("seat", SeatForm, **self._rows(seen)) if seen.colleges else None,
            "seat_forms": [
                (
                    one,
                    self.form(f"renew-{one.pk}", RenewForm),
                    self.form(f"end-{one.pk}", EndForm),
                )
                for college in seen.colleges
                for one in (*college.held, *college.ended)
            ],
        }

    def _rows(self, seen: queries.BodySeen) -> dict[str, Any]:
        return {
            "colleges": [one.college for one in seen.colleges],
            "people": access.people_with(Permission.SIT_IN_BODIES, self.body.scope),
            "members": [seat for one in seen.colleges for seat in one.members],
        }

    def gestures(self) -> dict[str, Callable[[], str]]:
        """Return what each form of the page does."""
        return {
            "prepare": self._prepare,
            "college": self._college,
            "seat": self._seat,
            "renew": self._renew,
            "end": self._end,
            "change": self._change,
            "close": self._close,
        }

    def _prepare(self) -> str:
        made = self.send(
            "prepare",
            SittingForm,
            lambda said: sittings.prepare_sitting(by=self.person, body=self.body, **said),
        )
        self.there = reverse("governance:sitting", args=[made.pk])
        return _("Séance préparée : écrivez son ordre du jour, puis convoquez.")

    def _college(self) -> str:
        self.send(
            "college",
            CollegeForm,
            lambda said: actions.add_college(
                by=self.person, body=self.body, kind=CollegeKind(said["kind"]), name=said["name"],
                places=said["places"],
            ),
        )  # fmt: skip
        return _("Collège ajouté.")

    def _seat(self) -> str:
        (seen,) = queries.seen([self.body])
        self.send(
            "seat", SeatForm, lambda said: actions.give_seat(by=self.person, **said), **self._rows(seen)
        )
        return _("Siège donné.")

    def _renew(self) -> str:
        seat = self._own_seat()
        self.send(
            f"renew-{seat.pk}",
            RenewForm,
            lambda said: actions.renew_seat(by=self.person, seat=seat, until=said["until"]),
        )
        return _("Mandat renouvelé.")

    def _end(self) -> str:
        seat = self._own_seat()
        self.send(
            f"end-{seat.pk}",
            EndForm,
            lambda said: actions.end_seat(by=self.person, seat=seat, on=said["on"]),
        )
        return _("Départ noté.")

    def _own_seat(self) -> BodySeat:
        rows = BodySeat.objects.of(self.body).select_related("body__scope", "college", "person")
        found = rows.filter(pk=self.row()).first()
        if found is None:
            raise Http404
        return found

    def _change(self) -> str:
        self.send(
            "change", RulesForm, lambda said: actions.change_body(by=self.person, body=self.body, **said)
        )
        return _("Règles enregistrées : les séances déjà préparées gardent les leurs.")

    def _close(self) -> str:
        actions.close_body(by=self.person, body=self.body)
        return _("Cette instance ne se réunit plus.")
