"""What helping asks of a carer: their own answers, kept for themself unless they share them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from maillage.kernel import formats
from maillage.kernel.pages.base import Page
from maillage.kernel.parameters import row_key
from maillage.kernel.sourced_rules import rule
from maillage.people.actions import support as actions
from maillage.people.models import OFTEN_LABELS, CarerAnswers
from maillage.people.queries.carers import cared_for
from maillage.people.rules.carers import Gesture


class SupportForm(forms.Form):
    """One question a field, each answered by how often."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for one in rule("people.support.items").value:
            self.fields[one["code"]] = forms.TypedChoiceField(
                label=formats.in_language(one["label"], one["label_en"]),
                choices=[(often.value, label) for often, label in OFTEN_LABELS.items()],
                coerce=int,
                widget=forms.RadioSelect,
            )


class Support(Page):
    """The questions, and what one's own answers came to; nobody else reads them."""

    template_name = "people/support.html"
    permission = None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", SupportForm())
        helped = [one for one in cared_for(self.person) if Gesture.SIGNAL in one.gestures]
        answers = list(CarerAnswers.objects.for_person(self.person)[:6])
        return super().get_context_data(answers=answers, last=answers[:1], helped=helped, **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the answers, or share what the last ones come to."""
        if "share" in request.POST:
            return self._share(row_key(request.POST["share"]))
        form = SupportForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        actions.answer_for_oneself(by=self.person, answers=form.cleaned_data)
        messages.success(request, _("Vos réponses sont gardées pour vous seul."))
        return redirect("people:support")

    def _share(self, mandate: int) -> HttpResponse:
        last = CarerAnswers.objects.for_person(self.person).first()
        chosen = [one.mandate for one in cared_for(self.person) if one.mandate.pk == mandate]
        try:
            if last is None or not chosen:
                raise ValidationError(_("Cette ligne n’est plus là : rechargez la page."))
            made = actions.share(by=self.person, answers=last, patient=chosen[0].patient)
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
            return redirect("people:support")
        return redirect("people:signal", pk=made.pk)
