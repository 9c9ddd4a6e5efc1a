"""Addresses of prevention, under /prevention/."""

from django.urls import URLPattern, path

from maillage.prevention.pages import day_views, people_views, views

app_name = "prevention"
urlpatterns: list[URLPattern] = [
    path("", views.Campaigns.as_view(), name="campaigns"),
    path("ouvrir/", views.OpenCampaign.as_view(), name="open"),
    path("actes/", views.Targets.as_view(), name="targets"),
    path("lots/", day_views.Lots.as_view(), name="lots"),
    path("actions/", day_views.Actions.as_view(), name="actions"),
    path("<int:pk>/", views.CampaignPage.as_view(), name="campaign"),
    path("<int:pk>/couverture.csv", views.CoverageCsv.as_view(), name="coverage_csv"),
    path("<int:pk>/couverture.geojson", views.CoverageMap.as_view(), name="coverage_map"),
    path("<int:pk>/personnes/", people_views.PeopleOfCampaign.as_view(), name="list"),
    path("<int:pk>/personnes/<int:whom>/", people_views.PersonOfCampaign.as_view(), name="person"),
    path("<int:pk>/lettres/<int:run>.pdf", people_views.LettersPdf.as_view(), name="letters"),
    path("<int:pk>/journees/nouvelle/", day_views.NewDay.as_view(), name="day_new"),
    path("<int:pk>/journees/<int:held>/", day_views.DayPage.as_view(), name="day"),
]
