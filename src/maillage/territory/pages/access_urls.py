"""Addresses of the pages about access: accessibility, white zones, flows, scenarios."""

from django.urls import URLPattern, path

from maillage.territory.pages import access, commune_access

urlpatterns: list[URLPattern] = [
    path("<slug:slug>/accessibilite/", access.access, name="access"),
    path("<slug:slug>/accessibilite/carte.geojson", access.access_map, name="access_map"),
    path("<slug:slug>/accessibilite/<slug:table>.csv", access.access_csv, name="access_csv"),
    path("communes/<str:code>/acces/", commune_access.commune_access, name="commune_access"),
]
