"""Addresses of the pages about territories themselves, communes and data packs."""

from django.urls import URLPattern, path

from maillage.territory.pages import communes, data, pack_works, perimeters, territories

urlpatterns: list[URLPattern] = [
    path("", territories.Index.as_view(), name="index"),
    path("liste.csv", territories.IndexCsv.as_view(), name="index_csv"),
    path("nouveau/", perimeters.Create.as_view(), name="create"),
    path("donnees/", data.Data.as_view(), name="data"),
    path("donnees/variables.csv", data.VariablesCsv.as_view(), name="variables_csv"),
    path("donnees/preparer/", pack_works.Prepare.as_view(), name="packs"),
    path("donnees/preparer/<int:pk>/", pack_works.Work.as_view(), name="pack_work"),
    path("donnees/preparer/<int:pk>/avancement/", pack_works.Progress.as_view(), name="pack_progress"),
    path("donnees/revenir/<int:pk>/", pack_works.Back.as_view(), name="pack_back"),
    path("communes/", communes.Suggestions.as_view(), name="commune_suggestions"),
    path("communes/carte.geojson", communes.DepartmentMap.as_view(), name="department_map"),
    path("communes/<str:code>/", communes.CommunePage.as_view(), name="commune"),
    path("<slug:slug>/", territories.Show.as_view(), name="show"),
    path("<slug:slug>/perimetre/", perimeters.Perimeter.as_view(), name="perimeter"),
    path("<slug:slug>/perimetre/modifier/", perimeters.Change.as_view(), name="change"),
    path("<slug:slug>/perimetre/communes.csv", perimeters.CommunesCsv.as_view(), name="perimeter_csv"),
    path("<slug:slug>/contours.geojson", territories.Contours.as_view(), name="contours"),
]
