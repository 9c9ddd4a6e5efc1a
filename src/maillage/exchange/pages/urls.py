"""Addresses of the inbox, under /messages/."""

from django.urls import path

from maillage.exchange.pages import views

app_name = "exchange"
urlpatterns = [
    path("", views.Inbox.as_view(), name="inbox"),
    path("preference/", views.Preference.as_view(), name="preference"),
    path("<int:pk>/fait/", views.Close.as_view(), name="close"),
    path("<int:pk>/appel/", views.NoteCall.as_view(), name="note_call"),
    path("<int:pk>/dit/", views.NoteTold.as_view(), name="note_told"),
    path("<int:pk>/a-faire/", views.Reopen.as_view(), name="reopen"),
    path("envois/", views.Deliveries.as_view(), name="deliveries"),
    path("envois/<int:pk>/relance/", views.Retry.as_view(), name="retry"),
]
