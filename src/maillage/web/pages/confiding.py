"""To whom one confides one's inbox, which ones one holds, what was done meanwhile; the DPO's view."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel import confiding
from maillage.kernel.fields import DayField
from maillage.kernel.models import InboxHolding, Person
from maillage.kernel.pages.base import Endpoint, Page
from maillage.kernel.pages.forms import KeyedForm
from maillage.kernel.rules import InboxGroup, Permission
from maillage.kernel.wording import INBOX_GROUPS
from maillage.web import inbox

PER_PAGE = 50


class ConfidingForm(KeyedForm):
    """From when to when one is away, who holds the inbox, which lines they see."""

    starts_on = DayField(label=lazy("Du"))
    ends_on = DayField(
        label=lazy("Au"), help_text=lazy("Compris. Le lendemain, la boîte n’est plus confiée.")
    )
    holder = forms.ModelChoiceField(
        Person.objects.none(),
        label=lazy("Qui suit ma boîte"),
        empty_label=lazy("Choisir un collègue"),
        help_text=lazy("Secrétaire, remplaçant, collègue : quelqu’un qui travaille dans votre périmètre."),
    )
    groups = forms.MultipleChoiceField(
        label=lazy("Ce qui est confié"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(one.value, words) for one, words in INBOX_GROUPS.items()],
        initial=[one.value for one in InboxGroup],
        error_messages={"required": lazy("Choisissez au moins une sorte de lignes.")},
    )

    def __init__(self, *args: Any, colleagues: QuerySet[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        holder: Any = self.fields["holder"]
        holder.queryset = colleagues
        holder.label_from_instance = Person.get_full_name
        self.fields["starts_on"].initial = timezone.localdate


def form_of(person: Person, *sent: Any) -> ConfidingForm:
    """Return the form by which `person` confides their inbox, with those to whom they may."""
    return ConfidingForm(*sent, colleagues=confiding.candidates(person))


class Confiding(Page):
    """What one confides and holds, the form of an absence, and what was done for one."""

    template_name = "web/confiding.html"
    permission = Permission.CONFIDE_INBOX

    def form(self, *sent: Any) -> ConfidingForm:
        """Return the form, with the colleagues to whom the inbox may be confided."""
        return form_of(self.person, *sent)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", self.form())
        found = confiding.arrangements(self.person)
        deeds = Paginator(confiding.deeds_for(self.person), PER_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            confided=confiding.kept(found.confided),
            held=confiding.kept(found.held),
            today=timezone.localdate(),
            deeds=inbox.done_for(self.person, deeds.object_list),
            page=deeds,
            query="",
            **context,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Confide the inbox, and say so; what cannot be is said beside its field."""
        form = self.form(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            try:
                row = confiding.confide(
                    by=self.person,
                    holder=said["holder"],
                    groups=[InboxGroup(one) for one in said["groups"]],
                    starts_on=said["starts_on"],
                    ends_on=said["ends_on"],
                    key=said["key"],
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                text = _("{name} suit votre boîte {when}. Vous êtes prévenus tous les deux.")
                said_when = confiding.said_days(row)
                messages.success(request, text.format(name=row.holder.get_full_name(), when=said_when))
                self._warn(request)
                return redirect("web:confiding")
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _warn(self, request: HttpRequest) -> None:
        """Say whose inbox, held by the visitor, goes to nobody by theirs being confided."""
        names = sorted({one.owner.get_full_name() for one in confiding.arrangements(self.person).held})
        if names:
            text = _("La boîte que vous suivez ({names}) n’est pas confiée avec la vôtre : prévenez.")
            messages.warning(request, text.format(names=", ".join(names)))


class TakeBack(Endpoint):
    """Ends at once an inbox that the visitor confides, or holds."""

    permission = None

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it. Raises Http404 for what is neither theirs nor confided to them."""
        rows = InboxHolding.objects.filter(Q(owner=self.person) | Q(holder=self.person))
        row = confiding.take_back(by=self.person, holding=get_object_or_404(rows, pk=pk))
        if row.owner_id == self.person.pk:
            text = _("C’est fini : {name} ne voit plus votre boîte dès maintenant.")
            messages.success(request, text.format(name=row.holder.get_full_name()))
        else:
            text = _("C’est fini : vous ne suivez plus la boîte de {name}, qui en est prévenu.")
            messages.success(request, text.format(name=row.owner.get_full_name()))
        return redirect("web:confiding" if confiding.may_confide(self.person) else "web:inbox")


class ConfidedInboxes(Page):
    """Who could see whose inbox, which lines, from when to when, and how much was done: for the DPO."""

    template_name = "web/confided_inboxes.html"
    permission = Permission.VIEW_JOURNAL
    everywhere = True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = InboxHolding.objects.select_related("owner", "holder", "ended_by").annotate(
            count=Count("deeds")
        )
        page = Paginator(rows.order_by("-at", "-pk"), PER_PAGE).get_page(self.request.GET.get("page"))
        today = timezone.localdate()
        confiding.read_roles([who for one in page.object_list for who in (one.owner, one.holder)])
        return super().get_context_data(
            page=page,
            rows=[(one, groups, _stands(one)) for one, groups in confiding.kept(list(page.object_list))],
            standing=InboxHolding.objects.standing(today).order_by().values("owner").distinct().count(),
            query="",
            **context,
        )


def _stands(row: InboxHolding) -> str:
    """Say where a confided inbox stands."""
    today = timezone.localdate()
    if row.ended_at is not None:
        return _("arrêtée")
    if row.ends_on < today:
        return _("terminée")
    if row.starts_on > today:
        return _("à venir")
    return _("en cours") if confiding.works_with(row.owner, row.holder) else _("sans effet : rôle terminé")
