"""Conversations: one's list, opening one, one of them with its gestures, its stream."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.exchange.actions import attachments
from maillage.exchange.actions import conversations as actions
from maillage.exchange.actions.secure_mail import settle
from maillage.exchange.models import AT_WORK, PART, Conversation, MailReceived
from maillage.exchange.pages import conversation_presenters as presenters
from maillage.exchange.pages.conversation_forms import AddForm, ConversationForm, MessageForm
from maillage.exchange.queries import conversations as queries
from maillage.exchange.queries.conversations import Seen
from maillage.exchange.queries.presence import Candidate, circle_of, colleagues, may_open
from maillage.kernel import access
from maillage.kernel.models import Scope
from maillage.kernel.pages import live
from maillage.kernel.pages.base import Endpoint, Page, PermissionMixin, back_to, sent_file_response
from maillage.kernel.pages.refusals import refused
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.people import api as people

WRITING = "ouverture d’une conversation"


class Conversations(Page):
    """One's conversations, the latest first; those put away, those in which a word was said."""

    template_name = "exchange/conversations.html"
    permission = None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()[:120]
        archived = self.request.GET.get("voir") == "rangees"
        page, rows = queries.own_conversations(
            self.person, text=text, archived=archived, page=self.request.GET.get("page")
        )
        return super().get_context_data(
            page=page,
            rows=[presenters.row(one, self.person) for one in rows],
            finding=presenters.finding(queries.waiting_conversations(self.person)),
            text=text,
            archived=archived,
            may_begin=bool(scopes_of(self)),
            query=presenters.query(text, archived=archived),
            **context,
        )


def scopes_of(view: PermissionMixin) -> list[Scope]:
    """Return the scopes where the visitor may open a conversation about a topic."""
    found = access.scopes_of(view.person, AT_WORK)
    return list(Scope.objects.order_by("label")) if found is None else found


class NewConversation(Page):
    """Opens a conversation about the patient `?patient=`, with them (`?avec=patient`), or about a topic."""

    template_name = "exchange/new_conversation.html"
    permission = None

    @cached_property
    def patient(self) -> people.Patient | None:
        """Whom it is about, logged; None for a topic. Raises Http404 where the circle says no."""
        if "patient" not in self.request.GET:
            return None
        key = row_key(self.request.GET.get("patient"))
        try:
            read = people.patient_part(by=self.person, pk=key, part=PART, purpose=WRITING)
        except people.Patient.DoesNotExist:
            raise Http404(key) from None
        if not may_open(self.person, read.patient):
            raise Http404(key)
        return read.patient

    @cached_property
    def scope(self) -> Scope | None:
        """Where a topic is talked of: the scope `?perimetre=`, the first of the visitor's without one."""
        scopes = scopes_of(self)
        asked = row_key(self.request.GET.get("perimetre"))
        return next((one for one in scopes if one.pk == asked), scopes[0] if scopes else None)

    @property
    def is_own(self) -> bool:
        """Whether the visitor is the patient."""
        return self.patient is not None and self.patient.account_id == self.person.pk

    @property
    def is_open_to_patient(self) -> bool:
        """Whether the patient is to read it."""
        asked = self.request.GET.get("avec") == "patient"
        return self.patient is not None and (asked or self.is_own)

    @cached_property
    def candidates(self) -> list[Candidate]:
        """Who may be asked."""
        if self.patient is not None:
            return circle_of(self.patient, self.person, with_patient=self.is_open_to_patient)
        return colleagues(self.person, self.scope) if self.scope is not None else []

    def get_clock(self) -> Scope | None:
        """Return the scope of the patient, or of the topic."""
        return self.patient.scope if self.patient is not None else self.scope

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form. Raises Http404 for a topic where the visitor works nowhere."""
        if self.patient is None and self.scope is None:
            raise Http404
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("form", self._form())
        return super().get_context_data(
            patient=self.patient,
            is_own=self.is_own,
            is_open_to_patient=self.is_open_to_patient,
            has_candidates=bool(self.candidates),
            heading=presenters.heading(self.patient, is_own=self.is_own, opened=self.is_open_to_patient),
            readers=presenters.outside_names(self.candidates),
            scope=self.scope if self.patient is None else None,
            scopes=scopes_of(self) if self.patient is None else [],
            **context,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Open it, or say what is wrong: nothing typed is lost."""
        if self.patient is None and self.scope is None:
            raise Http404
        form = self._form(request.POST, request.FILES)
        if form.is_valid():
            said = form.cleaned_data
            try:
                made = actions.open_conversation(
                    by=self.person,
                    subject=said["subject"],
                    text=said["text"],
                    asked=said["asked"],
                    key=said["key"],
                    patient=self.patient,
                    scope=self.scope if self.patient is None else None,
                    is_open_to_patient=self.is_open_to_patient,
                    files=taken(said["attached"]),
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _("Message envoyé."))
                return redirect("exchange:conversation", pk=made.pk)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _form(self, data: Any = None, files: Any = None) -> ConversationForm:
        is_chosen = self.patient is not None and not self.is_own and not self.is_open_to_patient
        return ConversationForm(data, files, candidates=self.candidates, is_chosen=is_chosen)


class OfConversation(PermissionMixin):
    """One conversation of the address, where the visitor has a seat that holds now.

    Raises Http404 elsewhere: the same answer as for one that does not exist.
    """

    permission = None

    @cached_property
    def seen(self) -> Seen:
        """The conversation as the visitor sees it; asked of the circle, not yet logged."""
        found = queries.seen_by(self.person, self.kwargs["pk"])
        if found is None:
            raise Http404(self.kwargs["pk"])
        return found

    @property
    def conversation(self) -> Conversation:
        """The conversation."""
        return self.seen.conversation

    def get_clock(self) -> Scope | None:
        """Return the scope of the conversation."""
        return self.conversation.scope


class ConversationPage(OfConversation, Page):
    """A conversation: what was said and who has read it, the form, who takes part and the gestures."""

    template_name = "exchange/conversation.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        read = actions.mark_read(by=self.person, conversation=self.conversation)
        queries.log_reading(self.person, self.conversation)
        seen = self.seen
        others = [one for one in seen.present if one != seen.own]
        if seen.may_write:
            context.setdefault("form", MessageForm(others=others))
        asked = self._to_add()
        return super().get_context_data(
            seen=seen,
            finding=presenters.sentence(seen),
            patient_link=presenters.patient_link(seen),
            alarms=queries.own_alarms(seen),
            readers=presenters.outside_readers(seen),
            add_form=AddForm(candidates=asked) if asked else None,
            now=timezone.now(),
            **presenters.thread_context(seen, read),
            **context,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write a message, or say what is wrong: nothing typed is lost."""
        others = [one for one in self.seen.present if one != self.seen.own]
        form = MessageForm(request.POST, request.FILES, others=others)
        before = self.seen.own.participant.read
        if form.is_valid():
            try:
                made = actions.write(
                    by=self.person,
                    conversation=self.conversation,
                    text=form.cleaned_data["text"],
                    key=form.cleaned_data["key"],
                    asked=form.cited,
                    files=taken(form.cleaned_data["attached"]),
                )
            except (ValidationError, PermissionDenied) as error:
                form.add_error(None, error if isinstance(error, ValidationError) else str(error))
            else:
                if made.number > before + 1:
                    messages.info(request, _("Quelqu’un a écrit en même temps que vous : relisez le fil."))
                return redirect(f"{reverse('exchange:conversation', args=[pk])}#message-{made.number}")
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _to_add(self) -> list[Candidate]:
        """Return who may still be asked in."""
        seen, row = self.seen, self.conversation
        if not seen.may_keep or row.is_closed:
            return []
        if row.patient is None:
            found = colleagues(self.person, row.scope)
        else:
            found = circle_of(row.patient, self.person, with_patient=row.is_open_to_patient)
        seated = [one.participant.named for one in seen.present]
        return [one for one in found if one.named not in seated]


class Thread(OfConversation, Endpoint):
    """The messages alone, for an open page: nothing where they are as the page shows them (`?version=`)."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG002 (what Django gives a view)
        """Answer with the part of the page, 204 without news; 404 once the visitor reads it no more."""
        version = presenters.version(self.seen)
        if request.GET.get("version", "") == version:
            return HttpResponse(status=204)
        read = actions.mark_read(by=self.person, conversation=self.conversation)
        if read < self.conversation.count:
            queries.log_reading(self.person, self.conversation)
            del self.seen  # what was just read is told to the others, and shown so
        said = {"seen": self.seen, **presenters.thread_context(self.seen, read)}
        response = HttpResponse(render_to_string("exchange/_thread.html", said, request))
        response["Cache-Control"] = "no-store"
        return response


class Stream(OfConversation, Endpoint):
    """Says that the conversation changed, without saying what, since the second `?depuis=`."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Stream under ASGI; 204 elsewhere, and for whom holds no role in its scope: the page polls."""
        scope, heard = self.conversation.scope, Permission.VIEW_DIAGNOSIS
        if not access.may(self.person, heard, scope):
            return HttpResponse(status=204)
        since = live.asked_since(request)
        topics = frozenset({actions.topic_of(pk)})
        return live.stream(request, live.Reader(self.person.pk, scope, heard, topics, since))


class Piece(OfConversation, Endpoint):
    """A photo or a document of a conversation, for who reads it; each opening is logged."""

    def get(self, request: HttpRequest, pk: int, piece: int) -> HttpResponse:  # noqa: ARG002 (Django's)
        """Answer with the file as what it is, never as what it is called. Raises Http404."""
        found = queries.attachment(self.seen, piece)
        if found is None:
            raise Http404(piece)
        queries.log_reading(self.person, self.conversation, queries.OPENING)
        return sent_file_response(bytes(found.content), found.media_type, found.name, is_shown=found.is_photo)


def taken(sent: Sequence[Any]) -> list[attachments.Taken]:
    """Return the files of a form written anew. Raises ValidationError, each with its sentence."""
    return attachments.take([(one.name or "", one.size or 0, one) for one in sent])


class ChangeOfConversation(OfConversation, Endpoint):
    """A gesture on a conversation: done, then back where one was."""

    leads_to_list = False

    def get(self, request: HttpRequest, pk: int, **others: int) -> HttpResponse:  # noqa: ARG002 (Django's)
        """Lead to the conversation."""
        return redirect("exchange:conversation", pk=pk)

    def get_clock(self) -> Scope | None:
        """Return the scope of the conversation, where something is written."""
        return super().get_clock() if self.request.method == "POST" else None

    def post(self, request: HttpRequest, pk: int, **others: int) -> HttpResponse:  # noqa: ARG002 (Django's)
        """Do it, or say why not."""
        try:
            messages.success(request, self.done())
        except (ValidationError, PermissionDenied) as error:
            return refused(request, error, reverse("exchange:conversation", args=[pk]))
        address = reverse("exchange:conversation", args=[pk])
        return back_to(request, reverse("exchange:conversations") if self.leads_to_list else address)

    def done(self) -> str:
        """Do it and return the sentence that says so."""
        raise NotImplementedError


class Answer(ChangeOfConversation):
    """Answers from the inbox, in one gesture."""

    def done(self) -> str:
        text = self.request.POST.get("outcome", "")
        key = self.request.POST.get("key", "")[:64] or uuid4().hex
        actions.write(by=self.person, conversation=self.conversation, text=text, key=key)
        return _("Réponse envoyée.")


class MarkRead(ChangeOfConversation):
    """Marks a conversation as read from the inbox, where its last message is shown."""

    def done(self) -> str:
        actions.mark_read(by=self.person, conversation=self.conversation)
        return _("Conversation marquée comme lue.")


class Close(ChangeOfConversation):
    """Closes a conversation."""

    def done(self) -> str:
        actions.close_conversation(by=self.person, conversation=self.conversation)
        return _("Conversation close : elle se lit toujours, plus personne n’y écrit.")


class Reopen(ChangeOfConversation):
    """Opens again what was closed."""

    def done(self) -> str:
        actions.reopen_conversation(by=self.person, conversation=self.conversation)
        return _("Conversation rouverte.")


class PutAway(ChangeOfConversation):
    """Puts a conversation away from one's list."""

    leads_to_list = True

    def done(self) -> str:
        actions.put_away(by=self.person, conversation=self.conversation, is_away=True)
        return _("Conversation rangée. Un nouveau message la remettra dans la liste.")


class BringBack(ChangeOfConversation):
    """Brings a conversation back to one's list."""

    leads_to_list = True

    def done(self) -> str:
        actions.put_away(by=self.person, conversation=self.conversation, is_away=False)
        return _("Conversation remise dans la liste.")


class Add(ChangeOfConversation):
    """Asks somebody in."""

    def done(self) -> str:
        asked = self.request.POST.get("asked", "")
        made = actions.add_participant(by=self.person, conversation=self.conversation, asked=asked)
        return _("{name} lit maintenant tout, depuis le premier message.").format(name=made.name)


class Leave(ChangeOfConversation):
    """Leaves a conversation."""

    leads_to_list = True

    def done(self) -> str:
        actions.leave(by=self.person, conversation=self.conversation)
        return _("Vous avez quitté la conversation.")


class TakeMail(ChangeOfConversation):
    """Lets a mail set aside join the conversation."""

    is_taken = True

    def done(self) -> str:
        mail = get_object_or_404(
            MailReceived, pk=self.kwargs["mail"], copy__message__conversation=self.conversation
        )
        settle(by=self.person, mail=mail, is_taken=self.is_taken)
        return _("Courriel ajouté à la conversation.") if self.is_taken else _("Courriel écarté.")


class RefuseMail(TakeMail):
    """Leaves a mail set aside out of the conversation."""

    is_taken = False
