"""Addresses of the pages about access: accessibility, white zones, flows, scenarios."""

from django.urls import URLPattern, path

from maillage.territory.pages import (
    access,
    commune_access,
    flows,
    model,
    travel_compare,
    travel_times,
    what_if,
    white_zones,
)

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
    path("<slug:slug>/et-si/", what_if.what_if, name="what_if"),
    path("<slug:slug>/et-si/carte.geojson", what_if.what_if_map, name="what_if_map"),
    path("<slug:slug>/et-si/comparaison.csv", what_if.what_if_compare_csv, name="what_if_compare_csv"),
    path("<slug:slug>/et-si/<slug:table>.csv", what_if.what_if_csv, name="what_if_csv"),
    path("<slug:slug>/et-si/changer/", what_if.what_if_change, name="what_if_change"),
    path("<slug:slug>/et-si/annuler/", what_if.what_if_undo, name="what_if_undo"),
    path("<slug:slug>/et-si/enregistrer/", what_if.what_if_save, name="what_if_save"),
    path("<slug:slug>/et-si/comparer/", what_if.what_if_compare, name="what_if_compare"),
    path("<slug:slug>/et-si/<int:scenario>/<slug:verb>/", what_if.what_if_scenario, name="what_if_scenario"),
    path("<slug:slug>/trajets/", travel_compare.travel_compare, name="access_travel"),
    path("<slug:slug>/trajets/carte.geojson", travel_compare.travel_compare_map, name="access_travel_map"),
    path("<slug:slug>/trajets/<slug:table>.csv", travel_compare.travel_compare_csv, name="access_travel_csv"),
    path("donnees/modele/", model.model, name="model"),
    path("donnees/modele/<slug:table>.csv", model.model_csv, name="model_csv"),
    path("donnees/temps-de-trajet/", travel_times.travel_times, name="travel_times"),
    path(
        "donnees/temps-de-trajet/<int:matrix>/supprimer/",
        travel_times.travel_times_delete,
        name="travel_times_delete",
    ),
    path("scenarios/<slug:token>/", what_if.shared_scenario, name="shared_scenario"),
    path("scenarios/<slug:token>/carte.geojson", what_if.shared_map, name="shared_scenario_map"),
    path("communes/<slug:code>/acces/", commune_access.commune_access, name="commune_access"),
    path(
        "communes/<slug:code>/acces/<slug:table>.csv",
        commune_access.commune_access_csv,
        name="commune_access_csv",
    ),
]
