"""Addresses of the regulation desk, under /regulation/."""

from django.urls import path

from maillage.orientation.pages import asking, beyond, calls, desk, live, outcomes, places, shift, work

app_name = "orientation"
urlpatterns = [
    path("", desk.Desk.as_view(), name="desk"),
    path("file/", desk.Queue.as_view(), name="queue"),
    path("flux/", live.Stream.as_view(), name="stream"),
    path("appel/", calls.Call.as_view(), name="call"),
    path("releve/", shift.HandOver.as_view(), name="handover"),
    path("effecteurs/", beyond.Effectors.as_view(), name="effectors"),
    path("demander/", asking.Ask.as_view(), name="ask"),
    path("mes-demandes/", asking.AskedPage.as_view(), name="asked"),
    path("mes-demandes/<int:pk>/annuler/", asking.Withdraw.as_view(), name="withdraw"),
    path("demandes/", outcomes.Mine.as_view(), name="mine"),
    path("demandes/<int:pk>/issue/", outcomes.Say.as_view(), name="say"),
    path("demandes/<int:pk>/corriger/", outcomes.CorrectSaid.as_view(), name="correct_said"),
    path("<int:pk>/", desk.RequestPage.as_view(), name="request"),
    path("<int:pk>/volet/<slug:name>/", desk.Panel.as_view(), name="panel"),
    path("<int:pk>/prendre/", work.Take.as_view(), name="take"),
    path("<int:pk>/laisser/", work.Release.as_view(), name="release"),
    path("<int:pk>/completer/", calls.Complete.as_view(), name="complete"),
    path("<int:pk>/questions/", work.Answers.as_view(), name="answer"),
    path("<int:pk>/verification/", work.SpokenCheck.as_view(), name="spoken_check"),
    path("<int:pk>/chercher/", work.Search.as_view(), name="search"),
    path("<int:pk>/communes.geojson", places.Communes.as_view(), name="map_communes"),
    path("<int:pk>/lieux.geojson", places.Places.as_view(), name="map_places"),
    path("<int:pk>/propositions/<int:proposal>/reserver/", work.Book.as_view(), name="book"),
    path("<int:pk>/propositions/<int:proposal>/retenir/", work.Hold.as_view(), name="hold"),
    path("<int:pk>/propositions/<int:proposal>/rendre/", work.GiveBack.as_view(), name="give_back"),
    path("<int:pk>/propositions/<int:proposal>/adresser/", beyond.Send.as_view(), name="send"),
    path("<int:pk>/surnumeraire/", beyond.OverCapacity.as_view(), name="over_capacity"),
    path("<int:pk>/hors-creneau/", beyond.Outside.as_view(), name="outside"),
    path("<int:pk>/propositions/<int:proposal>/refuser/", work.Refuse.as_view(), name="refuse"),
    path("<int:pk>/decider/", work.Decide.as_view(), name="decide"),
    path("<int:pk>/quinze/", work.Transfer.as_view(), name="transfer"),
    path("<int:pk>/clore/", work.Close.as_view(), name="close"),
    path("<int:pk>/corriger/", work.Correct.as_view(), name="correct"),
]
