"""Addresses of the `telehealth` context, under /telesante/."""

from django.urls import URLPattern, path

from maillage.telehealth.pages import question_views, session_views

app_name = "telehealth"
urlpatterns: list[URLPattern] = [
    path("avis/", question_views.Questions.as_view(), name="questions"),
    path("avis/<int:pk>/", question_views.QuestionPage.as_view(), name="question"),
    path("avis/<int:pk>/pieces/<int:piece>/", question_views.QuestionPiece.as_view(), name="question_piece"),
    path("teleconsultations/", session_views.Sessions.as_view(), name="sessions"),
    path("teleconsultations/<int:pk>/", session_views.SessionPage.as_view(), name="session"),
    path("teleconsultations/<int:pk>/salle/", session_views.OwnRoom.as_view(), name="own_room"),
    path("t/<slug:token>/", session_views.waiting, name="waiting"),
    path("patients/<int:pk>/avis/", question_views.NewQuestion.as_view(), name="new_question"),
]
