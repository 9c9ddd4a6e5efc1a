"""Addresses of the whole site: each context brings its own."""

from django.urls import include, path

urlpatterns = [
    path("compte/", include("maillage.kernel.pages.urls")),
    path("compte/", include("allauth.urls")),
    path("territoires/", include("maillage.territory.pages.urls")),
    path("annuaire/", include("maillage.directory.pages.urls")),
    path("patients/", include("maillage.people.pages.urls")),
    path("messages/", include("maillage.exchange.pages.urls")),
    path("regulation/", include("maillage.orientation.pages.urls")),
    path("espace/", include("maillage.space.pages.urls")),
    path("protocoles/", include("maillage.protocols.pages.urls")),
    path("soins/", include("maillage.care.pages.urls")),
    path("prevention/", include("maillage.prevention.pages.urls")),
    path("transitions/", include("maillage.transitions.pages.urls")),
    path("pilotage/projet/", include("maillage.project.pages.urls")),
    path("pilotage/indicateurs/", include("maillage.indicators.pages.urls")),
    path("pilotage/financement/", include("maillage.funding.pages.urls")),
    path("pilotage/ecoute/", include("maillage.listening.pages.urls")),
    path("pilotage/gouvernance/", include("maillage.governance.pages.urls")),
    path("pilotage/crise/", include("maillage.crisis.pages.urls")),
    path("pilotage/", include("maillage.steering.pages.urls")),
    path("telesante/", include("maillage.telehealth.pages.urls")),
    path("agenda/", include("maillage.agenda.pages.urls")),
    path("gardes/", include("maillage.roster.pages.urls")),
    path("", include("maillage.web.pages.urls")),
]
handler400 = "maillage.web.pages.views.unreadable"
handler403 = "maillage.web.pages.views.forbidden"
handler404 = "maillage.web.pages.views.not_found"
handler500 = "maillage.web.pages.views.server_error"
