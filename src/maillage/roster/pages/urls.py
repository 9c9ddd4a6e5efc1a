"""Addresses of the roster, under /gardes/."""

from django.urls import path

from maillage.roster.pages import exchanges, feeds, printing, views

app_name = "roster"
urlpatterns = [
    path("", views.Index.as_view(), name="index"),
    path("calendriers/", feeds.Feeds.as_view(), name="feeds"),
    path("calendriers/<int:pk>/revoquer/", feeds.FeedEnd.as_view(), name="revoke_feed"),
    path("flux/<str:secret>.ics", feeds.feed, name="feed"),
    path("<int:pk>/", views.Detail.as_view(), name="detail"),
    path("<int:pk>/bilan/", views.Balance.as_view(), name="balance"),
    path("<int:pk>/calendrier.ics", views.ICal.as_view(), name="ical"),
    path("<int:pk>/tableau.pdf", printing.Print.as_view(), name="pdf"),
    path("<int:pk>/completer/", views.Fill.as_view(), name="fill"),
    path("<int:pk>/etape/", views.Step.as_view(), name="step"),
    path("garde/<int:pk>/remplacement/", exchanges.Ask.as_view(), name="ask"),
    path("remplacement/<int:pk>/proposer/", exchanges.MakeOffer.as_view(), name="offer"),
    path("remplacement/<int:pk>/retirer/", exchanges.Withdraw.as_view(), name="withdraw"),
    path("proposition/<int:pk>/accepter/", exchanges.Accept.as_view(), name="accept"),
]
