"""Addresses of the pages about access: accessibility, white zones, flows, scenarios."""

from django.urls import URLPattern, path

from maillage.territory.pages import access, commune_access, white_zones

urlpatterns: list[URLPattern] = [
    path("<slug:slug>/accessibilite/", access.access, name="access"),
    path("<slug:slug>/accessibilite/carte.geojson", access.access_map, name="access_map"),
    path("<slug:slug>/accessibilite/<slug:table>.csv", access.access_csv, name="access_csv"),
    path("<slug:slug>/zones-blanches/", white_zones.white_zones, name="white_zones"),
    path("<slug:slug>/zones-blanches/carte.geojson", white_zones.white_zones_map, name="white_zones_map"),
    path("<slug:slug>/zones-blanches/<slug:table>.csv", white_zones.white_zones_csv, name="white_zones_csv"),
    path("communes/<str:code>/acces/", commune_access.commune_access, name="commune_access"),
]
