"""Addresses of the `directory` context."""

from django.urls import URLPattern, path

from maillage.directory.pages import hand_views, professional_views, upkeep_views, views

app_name = "directory"
urlpatterns: list[URLPattern] = [
    path("structures/", views.Structures.as_view(), name="structures"),
    path("structures/liste.csv", views.StructuresCsv.as_view(), name="structures_csv"),
    path("structures/carte.geojson", views.StructuresMap.as_view(), name="structures_geojson"),
    path(
        "structures/<str:identifier>/trajets.geojson", views.StructureAreas.as_view(), name="structure_areas"
    ),
    path("structures/<str:identifier>/", views.StructurePage.as_view(), name="structure"),
    path(
        "structures/<str:pk>/faits/<str:fact>/",
        professional_views.StructureFactAnswer.as_view(),
        name="structure_fact",
    ),
    path("professionnels/", professional_views.Professionals.as_view(), name="professionals"),
    path("professionnels/liste.csv", professional_views.ProfessionalsCsv.as_view(), name="professionals_csv"),
    path("professionnels/<int:pk>/", professional_views.ProfessionalPage.as_view(), name="professional"),
    path("professionnels/<int:pk>/identite/", hand_views.Correction.as_view(), name="correct"),
    path("professionnels/<int:pk>/contact/", professional_views.ContactPage.as_view(), name="contact"),
    path("professionnels/<int:pk>/faits/<str:fact>/", professional_views.FactAnswer.as_view(), name="fact"),
    path("appartenances/<int:pk>/offre/", professional_views.OfferPage.as_view(), name="offer"),
    path("demandes/<int:pk>/", professional_views.ConfirmationAnswer.as_view(), name="confirmation"),
    path("imports/", upkeep_views.Import.as_view(), name="import"),
    path("accueil/<int:pk>/", upkeep_views.Newcomer.as_view(), name="newcomer"),
    path("<slug:slug>/accueil/", upkeep_views.Newcomers.as_view(), name="newcomers"),
    path(
        "<slug:slug>/professionnels/nouveau/", hand_views.NewProfessional.as_view(), name="new_professional"
    ),
    path("<slug:slug>/doublons/", upkeep_views.Duplicates.as_view(), name="duplicates"),
]
