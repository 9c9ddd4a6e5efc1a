"""Addresses of the roster, under /gardes/."""

from django.urls import path

from maillage.roster.pages import (
    duty,
    exchanges,
    feeds,
    mine,
    on_call,
    printing,
    sectors,
    statements,
    steps,
    views,
    volunteers,
)

app_name = "roster"
urlpatterns = [
    path("", views.Index.as_view(), name="index"),
    path("mes-gardes/", mine.Mine.as_view(), name="mine"),
    path("de-garde/", on_call.WhoIsOnCall.as_view(), name="on_call"),
    path("secteurs/", sectors.Sectors.as_view(), name="sectors"),
    path("secteurs/carte.geojson", sectors.SectorsMap.as_view(), name="sectors_map"),
    path("secteurs/communes.csv", sectors.SectorsCsv.as_view(), name="sectors_csv"),
    path("secteurs/nouveau/", sectors.CreateSector.as_view(), name="sector_create"),
    path("secteurs/<int:pk>/", sectors.SectorPage.as_view(), name="sector"),
    path("secteurs/<int:pk>/carte.geojson", sectors.SectorMap.as_view(), name="sector_map"),
    path("secteurs/<int:pk>/modifier/", sectors.ChangeSector.as_view(), name="sector_change"),
    path("secteurs/<int:pk>/volontaires/", volunteers.Volunteers.as_view(), name="volunteers"),
    path("secteurs/<int:pk>/nouveau-tableau/", views.Create.as_view(), name="create"),
    path("volontaires/<int:pk>/", volunteers.VolunteerPage.as_view(), name="volunteer"),
    path(
        "volontaires/<int:pk>/absences/<int:absence>/retirer/",
        volunteers.AbsenceEnd.as_view(),
        name="absence_end",
    ),
    path("calendriers/", feeds.Feeds.as_view(), name="feeds"),
    path("calendriers/<int:pk>/revoquer/", feeds.FeedEnd.as_view(), name="revoke_feed"),
    path("flux/<str:secret>.ics", feeds.feed, name="feed"),
    path("<int:pk>/", views.Detail.as_view(), name="detail"),
    path("<int:pk>/etapes/", steps.Steps.as_view(), name="steps"),
    path("<int:pk>/service-fait/", statements.Statement.as_view(), name="statement"),
    path("<int:pk>/bilan/", statements.Balance.as_view(), name="balance"),
    path("<int:pk>/calendrier.ics", views.ICal.as_view(), name="ical"),
    path("<int:pk>/tableau.pdf", printing.Print.as_view(), name="pdf"),
    path("<int:pk>/completer/", views.Fill.as_view(), name="fill"),
    path("<int:pk>/etape/", steps.Step.as_view(), name="step"),
    path("garde/<int:pk>/", duty.DutyPage.as_view(), name="duty"),
    path("garde/<int:pk>/inscrire/", duty.Assign.as_view(), name="assign"),
    path("garde/<int:pk>/verrou/", duty.Lock.as_view(), name="lock"),
    path("garde/<int:pk>/remplacement/", exchanges.Ask.as_view(), name="ask"),
    path("remplacement/<int:pk>/proposer/", exchanges.MakeOffer.as_view(), name="offer"),
    path("remplacement/<int:pk>/retirer/", exchanges.Withdraw.as_view(), name="withdraw"),
    path("proposition/<int:pk>/accepter/", exchanges.Accept.as_view(), name="accept"),
]
