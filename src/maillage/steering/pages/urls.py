"""Addresses of the `steering` context, under /pilotage/."""

from django.urls import URLPattern, path

from maillage.steering.pages import evaluation_views as views

app_name = "steering"
urlpatterns: list[URLPattern] = [
    path("evaluations/", views.Evaluations.as_view(), name="evaluations"),
    path("evaluations/nouvelle/", views.NewEvaluation.as_view(), name="new_evaluation"),
    path("evaluations/<int:pk>/", views.EvaluationPage.as_view(), name="evaluation"),
    path("evaluations/<int:pk>/donnees.csv", views.EvaluationCsv.as_view(), name="evaluation_csv"),
]
