"""The professional's side: inviting a patient into their space, and the letter sent on their behalf."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.exchange import api as exchange
from maillage.kernel.models import Scope
from maillage.kernel.pages.base import Endpoint, Page, PermissionMixin, pdf_response
from maillage.kernel.parameters import row_key
from maillage.kernel.sourced_rules import rule
from maillage.people import api as people
from maillage.space.actions import entry as actions
from maillage.space.actions import letters
from maillage.space.models import EntryCode
from maillage.space.pages import papers, wording
from maillage.space.pages.forms import LetterForm
from maillage.space.rules.entry import Way, closed


class OfPatient(PermissionMixin):
    """One patient of the address, seen by who may invite them; logged. 404 to anybody else."""

    permission = None
    purpose = "invitation dans son espace"

    @cached_property
    def patient(self) -> people.Patient:
        """Whom it is about. Raises Http404."""
        try:
            found = people.found_patient(by=self.person, pk=self.kwargs["pk"], purpose=self.purpose)
        except people.Patient.DoesNotExist:
            raise Http404(self.kwargs["pk"]) from None
        if not actions.may_invite(self.person, found):
            raise Http404(found.pk)
        return found

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient."""
        return self.patient.scope


class Invite(OfPatient, Page):
    """Whether a patient has a space, and how they were invited; by a message, or on paper. And the letter."""

    template_name = "space/invite.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        patient = self.patient
        rows = list(EntryCode.objects.of_patient(patient).select_related("made_by")[:10])
        now, most = timezone.now(), rule("space.entry.tries").value
        context.setdefault("letter_form", LetterForm())
        last = actions.last_invitation(patient)
        return super().get_context_data(
            patient=patient,
            has_space=patient.account_id is not None,
            # Whoever receives somebody is told of the freeze, and reads nothing more for it.
            restrictions=people.restrictions_of(patient),
            mobile=wording.dial(people.own_mobile(patient)),
            rows=[(one, wording.entry_said(one, closed(one.standing, now, most))) for one in rows],
            paper=next((one for one in rows if self._is_open_paper(one)), None),
            letters=letters.letters_of(patient)[:5],
            after=last.pk if last is not None else 0,
            **context,
        )

    def _is_open_paper(self, one: EntryCode) -> bool:
        is_mine = one.way == Way.PAPER.value and one.made_by_id == self.person.pk
        return is_mine and closed(one.standing, timezone.now(), rule("space.entry.tries").value) is None

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Invite, take back, or prepare a letter; a refusal is said."""
        asked = request.POST.get("do", "")
        after = row_key(request.POST["after"]) if "after" in request.POST else None
        try:
            if asked == "letter":
                form = LetterForm(request.POST)
                if not form.is_valid():
                    return self.render_to_response(self.get_context_data(letter_form=form), status=422)
                made = letters.prepare_letter(by=self.person, patient=self.patient, **form.values())
                return redirect("space:letter", letter=made.pk)
            if asked == "sms":
                actions.invite(by=self.person, patient=self.patient, way=Way.SMS, after=after)
                messages.success(request, _("L’invitation part par SMS, avec son code."))
            elif asked == "paper":
                row = actions.invite(by=self.person, patient=self.patient, way=Way.PAPER, after=after)
                return redirect("space:invitation_paper", entry=row.pk)
            elif asked == "take_back":
                actions.take_back(by=self.person, patient=self.patient)
                messages.success(request, _("L’invitation n’ouvre plus rien."))
            else:
                raise ValidationError(_("Ce geste n’est pas connu : rechargez la page."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("space:invite", pk=pk)


class InvitationPaper(Endpoint):
    """The paper of an invitation, for whoever made it, as long as it opens."""

    permission = None

    def get(self, request: HttpRequest, entry: int) -> HttpResponse:
        """Answer with the paper. Raises Http404."""
        rows = EntryCode.objects.for_person(self.person).filter(pk=entry, made_by=self.person)
        row = rows.filter(way=Way.PAPER.value).select_related("patient__scope").first()
        if row is None or closed(row.standing, timezone.now(), rule("space.entry.tries").value) is not None:
            raise Http404(entry)
        if not actions.may_invite(self.person, row.patient):
            raise Http404(entry)
        token = exchange.Link(actions.INVITATION, row.pk).token
        address = request.build_absolute_uri(reverse("space:invitation", args=[token]))
        made = papers.invitation_pdf(row, actions.code_for(row), address, str(self.person))
        return pdf_response(made, "invitation.pdf")
