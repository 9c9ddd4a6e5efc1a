"""Addresses of the pages about who lives in a territory, who cares for them and what is needed."""

from django.urls import URLPattern, path

from maillage.territory.pages import needs, portrait, supply

urlpatterns: list[URLPattern] = [
    path("<slug:slug>/portrait/", portrait.show, name="portrait"),
    path("<slug:slug>/portrait/communes.geojson", portrait.layer, name="portrait_map"),
    path("<slug:slug>/portrait/<slug:table>.csv", portrait.download, name="portrait_csv"),
    path("<slug:slug>/offre/", supply.show, name="supply"),
    path("<slug:slug>/offre/communes.geojson", supply.layer, name="supply_map"),
    path("<slug:slug>/offre/<slug:table>.csv", supply.download, name="supply_csv"),
    path("<slug:slug>/besoins/", needs.show, name="needs"),
    path("<slug:slug>/besoins/communes.geojson", needs.layer, name="needs_map"),
    path("<slug:slug>/besoins/<slug:table>.csv", needs.download, name="needs_csv"),
]
