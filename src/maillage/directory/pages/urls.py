"""Addresses of the `directory` context."""

from django.urls import URLPattern, path

from maillage.directory.pages import views

app_name = "directory"
urlpatterns: list[URLPattern] = [
    path("structures/", views.Structures.as_view(), name="structures"),
    path("structures/liste.csv", views.StructuresCsv.as_view(), name="structures_csv"),
    path("structures/carte.geojson", views.StructuresMap.as_view(), name="structures_geojson"),
    path("structures/<str:identifier>/", views.StructurePage.as_view(), name="structure"),
]
