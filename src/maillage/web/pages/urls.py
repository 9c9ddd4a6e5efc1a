"""Addresses of the `web` context: the shell's own pages."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from maillage.web.pages import confiding, gallery, gallery_map, inbox, report, views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("recherche/", views.search, name="search"),
    path("a-traiter/", inbox.InboxPage.as_view(), name="inbox"),
    path("a-traiter/plus-tard/", inbox.Snooze.as_view(), name="snooze"),
    path("a-traiter/reprendre/", inbox.Wake.as_view(), name="wake"),
    path("a-traiter/confier/", confiding.Confiding.as_view(), name="confiding"),
    path("a-traiter/confier/<int:pk>/arreter/", confiding.TakeBack.as_view(), name="take_back"),
    path("a-traiter/boites-confiees/", confiding.ConfidedInboxes.as_view(), name="confided_inboxes"),
    path("apparence/", views.appearance, name="appearance"),
    path("langue/", login_not_required(set_language), name="set_language"),
    path("healthz", views.health, name="health"),
    path("rapports/<slug:slug>/", report.show, name="report"),
    path("rapports/<slug:slug>/diagnostic.pdf", report.as_pdf, name="report_pdf"),
    path("rapports/<slug:slug>/diagnostic.html", report.as_html, name="report_html"),
    path("composants/", gallery.index, name="gallery"),
    path("composants/carte.geojson", gallery_map.communes, name="gallery_map"),
    path("composants/structures.geojson", gallery_map.points, name="gallery_points"),
    path("composants/propositions.json", gallery.suggestions, name="gallery_suggestions"),
    path("composants/<slug:slug>/", gallery.preview, name="gallery_component"),
]
