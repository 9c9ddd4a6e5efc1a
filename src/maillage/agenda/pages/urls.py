"""Addresses of the agenda, under /agenda/."""

from django.urls import path

from maillage.agenda.pages import booking, feeds, offers, schedules, sharing, waiting, week

app_name = "agenda"
urlpatterns = [
    path("", week.OwnAppointments.as_view(), name="own_appointments"),
    path("ouvrir/", schedules.Create.as_view(), name="create"),
    path("<int:pk>/", week.Week.as_view(), name="week"),
    path("<int:pk>/visibilite/", week.SetVisibility.as_view(), name="visibility"),
    path("<int:pk>/ouvertures/", schedules.Openings.as_view(), name="openings"),
    path("<int:pk>/ouvertures/<int:opening>/fin/", schedules.OpeningEnd.as_view(), name="end_opening"),
    path(
        "<int:pk>/lieux/<int:schedule>/surnumeraires/",
        schedules.OverCapacity.as_view(),
        name="over_capacity",
    ),
    path("<int:pk>/absences/", schedules.Absences.as_view(), name="absences"),
    path("<int:pk>/absences/<int:closure>/annuler/", schedules.Reopening.as_view(), name="reopen"),
    path("<int:pk>/consultation-avancee/", schedules.Advanced.as_view(), name="advanced"),
    path("<int:pk>/partage/", sharing.Sharing.as_view(), name="sharing"),
    path("<int:pk>/partage/retirer/<int:role>/", sharing.DelegationEnd.as_view(), name="end_delegation"),
    path("<int:pk>/partage/revoquer/<int:feed>/", sharing.FeedEnd.as_view(), name="revoke_feed"),
    path("creneau/<int:pk>/reserver/", booking.Reserve.as_view(), name="reserve"),
    path("<int:pk>/attente/", waiting.OfOneAgenda.as_view(), name="waiting_of"),
    path("<int:pk>/attente/inscrire/", waiting.Enrol.as_view(), name="enrol"),
    path("attente/", waiting.Waiting.as_view(), name="waiting"),
    path("attente/<int:pk>/retirer/", waiting.Leave.as_view(), name="leave"),
    path("attente/proposition/<int:pk>/", waiting.Answer.as_view(), name="answer"),
    path("o/<slug:token>/", offers.offer, name="offer"),
    path("rendez-vous/<int:pk>/deplacer/", booking.Move.as_view(), name="move"),
    path("rendez-vous/<int:pk>/revenir/", booking.Undo.as_view(), name="undo"),
    path("rendez-vous/<int:pk>/", booking.Outcome.as_view(), name="outcome"),
    path("flux/<slug:secret>.ics", feeds.feed, name="feed"),
]
