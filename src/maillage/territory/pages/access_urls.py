"""Addresses of the pages about access: accessibility, white zones, flows, scenarios."""

from django.urls import URLPattern, path

from maillage.territory.pages import access, commune_access, flows, white_zones

urlpatterns: list[URLPattern] = [
    path("<slug:slug>/accessibilite/", access.access, name="access"),
    path("<slug:slug>/accessibilite/carte.geojson", access.access_map, name="access_map"),
    path("<slug:slug>/accessibilite/<slug:table>.csv", access.access_csv, name="access_csv"),
    path("<slug:slug>/zones-blanches/", white_zones.white_zones, name="white_zones"),
    path("<slug:slug>/zones-blanches/carte.geojson", white_zones.white_zones_map, name="white_zones_map"),
    path("<slug:slug>/zones-blanches/<slug:table>.csv", white_zones.white_zones_csv, name="white_zones_csv"),
    path("<slug:slug>/flux/", flows.flows, name="flows"),
    path("<slug:slug>/flux/carte.geojson", flows.flows_map, name="flows_map"),
    path("<slug:slug>/flux/lignes.geojson", flows.flows_lines, name="flows_lines"),
    path("<slug:slug>/flux/<slug:table>.csv", flows.flows_csv, name="flows_csv"),
    path("<slug:slug>/flux/importer/", flows.flows_import, name="flows_import"),
    path("<slug:slug>/flux/<int:dataset>/supprimer/", flows.flows_delete, name="flows_delete"),
    path("communes/<str:code>/acces/", commune_access.commune_access, name="commune_access"),
]
