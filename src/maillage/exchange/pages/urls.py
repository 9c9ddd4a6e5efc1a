"""Addresses of the inbox, under /messages/."""

from django.urls import path

from maillage.exchange.pages import conversation_views as conversations
from maillage.exchange.pages import views

app_name = "exchange"
urlpatterns = [
    path("", views.Inbox.as_view(), name="inbox"),
    path("preference/", views.Preference.as_view(), name="preference"),
    path("<int:pk>/fait/", views.Close.as_view(), name="close"),
    path("<int:pk>/appel/", views.NoteCall.as_view(), name="note_call"),
    path("<int:pk>/dit/", views.NoteTold.as_view(), name="note_told"),
    path("<int:pk>/a-faire/", views.Reopen.as_view(), name="reopen"),
    path("conversations/", conversations.Conversations.as_view(), name="conversations"),
    path("conversations/nouvelle/", conversations.NewConversation.as_view(), name="new_conversation"),
    path("conversations/<int:pk>/", conversations.ConversationPage.as_view(), name="conversation"),
    path("conversations/<int:pk>/fil/", conversations.Thread.as_view(), name="conversation_thread"),
    path("conversations/<int:pk>/flux/", conversations.Stream.as_view(), name="conversation_stream"),
    path(
        "conversations/<int:pk>/pieces/<int:piece>/",
        conversations.Piece.as_view(),
        name="conversation_piece",
    ),
    path(
        "conversations/<int:pk>/courriels/<int:mail>/prendre/",
        conversations.TakeMail.as_view(),
        name="take_mail",
    ),
    path(
        "conversations/<int:pk>/courriels/<int:mail>/ecarter/",
        conversations.RefuseMail.as_view(),
        name="refuse_mail",
    ),
    path("conversations/<int:pk>/repondre/", conversations.Answer.as_view(), name="answer_conversation"),
    path("conversations/<int:pk>/lue/", conversations.MarkRead.as_view(), name="read_conversation"),
    path("conversations/<int:pk>/clore/", conversations.Close.as_view(), name="close_conversation"),
    path("conversations/<int:pk>/rouvrir/", conversations.Reopen.as_view(), name="reopen_conversation"),
    path("conversations/<int:pk>/ranger/", conversations.PutAway.as_view(), name="put_away_conversation"),
    path(
        "conversations/<int:pk>/remettre/",
        conversations.BringBack.as_view(),
        name="bring_back_conversation",
    ),
    path("conversations/<int:pk>/ajouter/", conversations.Add.as_view(), name="add_to_conversation"),
    path("conversations/<int:pk>/quitter/", conversations.Leave.as_view(), name="leave_conversation"),
    path("envois/", views.Deliveries.as_view(), name="deliveries"),
    path("envois/courriels/<int:pk>/vu/", views.SeeMail.as_view(), name="see_mail"),
    path("envois/<int:pk>/relance/", views.Retry.as_view(), name="retry"),
]
