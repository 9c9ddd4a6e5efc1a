"""Addresses of crisis cells, under /pilotage/crise/."""

from django.urls import URLPattern, path

from maillage.crisis.pages import call_views, structure_views, views

app_name = "crisis"
urlpatterns: list[URLPattern] = [
    path("", views.Cells.as_view(), name="cells"),
    path("ouvrir/", views.OpenCell.as_view(), name="open"),
    path("<int:pk>/", views.Board.as_view(), name="cell"),
    path("<int:pk>/main-courante/", views.Log.as_view(), name="log"),
    path("<int:pk>/main-courante/<int:row>/", views.CorrectLine.as_view(), name="correct"),
    path("<int:pk>/flux/", views.Stream.as_view(), name="stream"),
    path("<int:pk>/structures/", structure_views.Structures.as_view(), name="structures"),
    path("<int:pk>/structures/<int:row>/", structure_views.StructurePage.as_view(), name="structure"),
    path("<int:pk>/adresses.pdf", structure_views.AddressesPdf.as_view(), name="addresses_pdf"),
    path("<int:pk>/appels/", call_views.Calls.as_view(), name="calls"),
    path("<int:pk>/personnes/", call_views.People.as_view(), name="people"),
    path("<int:pk>/personnes/<int:row>/", call_views.FragilePage.as_view(), name="fragile"),
    path("<int:pk>/retour/", views.Closing.as_view(), name="closing"),
    path("<int:pk>/points/<int:number>.pdf", views.ReportPdf.as_view(), name="report_pdf"),
    path("<int:pk>/papier.pdf", views.PaperPdf.as_view(), name="paper_pdf"),
    path("etat/<str:token>/", structure_views.state, name="state"),
    path("renfort/<str:token>/", structure_views.volunteer, name="volunteer"),
]
