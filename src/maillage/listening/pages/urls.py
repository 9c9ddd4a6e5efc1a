"""Addresses of listening, under /pilotage/ecoute/; the last two are for everybody."""

from django.urls import URLPattern, path

from maillage.listening.pages import answer_views, heard_views, views

app_name = "listening"
urlpatterns: list[URLPattern] = [
    path("", views.Surveys.as_view(), name="surveys"),
    path("nouvelle/", views.NewSurvey.as_view(), name="new"),
    path("<int:pk>/", views.SurveyPage.as_view(), name="survey"),
    path("<int:pk>/papier/", views.PaperEntry.as_view(), name="paper"),
    path("<int:pk>/textes/", views.Remarks.as_view(), name="remarks"),
    path("<int:pk>/affiche.pdf", views.PosterPdf.as_view(), name="poster_pdf"),
    path("<int:pk>/formulaire.pdf", views.FormPdf.as_view(), name="form_pdf"),
    path("nous-avons-fait/", heard_views.Lines.as_view(), name="lines"),
    path("nous-avons-fait/<int:pk>/", heard_views.LinePage.as_view(), name="line"),
    path("vous-avez-dit/<slug:slug>/", heard_views.heard, name="heard"),
    path("r/<str:token>/", answer_views.answer, name="answer"),
]
