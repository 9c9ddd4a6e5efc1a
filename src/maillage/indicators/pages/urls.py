"""Addresses of the `indicators` context, under /pilotage/indicateurs/."""

from django.urls import URLPattern, path

from maillage.indicators.pages import import_views, views

app_name = "indicators"
urlpatterns: list[URLPattern] = [
    path("", views.Index.as_view(), name="index"),
    path("<slug:slug>/", views.Catalogue.as_view(), name="catalogue"),
    path("<slug:slug>/fichiers/", import_views.Imports.as_view(), name="imports"),
    path("<slug:slug>/<slug:key>/", views.Card.as_view(), name="card"),
    path("<slug:slug>/<slug:key>/lignes/", views.Rows.as_view(), name="rows"),
    path("<slug:slug>/<slug:key>/publier/", views.Publish.as_view(), name="publish"),
    path("<slug:slug>/<slug:key>/carte.xlsx", views.CardXlsx.as_view(), name="card_xlsx"),
    path("<slug:slug>/<slug:key>/mois.csv", views.MonthsCsv.as_view(), name="months_csv"),
]
