"""Addresses of the `kernel` context."""

from django.urls import path

from maillage.kernel.pages import (
    account_views,
    journal_views,
    leaving_views,
    people_views,
    register_views,
    rules_views,
)

app_name = "kernel"
urlpatterns = [
    path("", account_views.Account.as_view(), name="account"),
    path("demonstration/", account_views.demo_sign_in, name="demo_sign_in"),
    path("regles/", rules_views.SourcedRules.as_view(), name="sourced_rules"),
    path("regles.csv", rules_views.SourcedRulesExport.as_view(), name="sourced_rules_csv"),
    path("regles/<str:key>/", rules_views.SourcedRulePage.as_view(), name="sourced_rule"),
    path("journal/", journal_views.JournalPage.as_view(), name="journal"),
    path("journal.csv", journal_views.JournalExport.as_view(), name="journal_csv"),
    path("journal/verification/", journal_views.JournalVerification.as_view(), name="journal_verify"),
    path("personnes/", people_views.People.as_view(), name="people"),
    path("personnes/<int:pk>/", people_views.PersonPage.as_view(), name="person"),
    path("personnes/<int:pk>/etat/", people_views.AccountState.as_view(), name="account_state"),
    path("registre/", register_views.Register.as_view(), name="register"),
    path("registre.csv", register_views.RegisterCsv.as_view(), name="register_csv"),
    path("registre.pdf", register_views.RegisterPdf.as_view(), name="register_pdf"),
    path("departs/", leaving_views.Departures.as_view(), name="departures"),
    path("departs/<int:pk>/", leaving_views.DeparturePage.as_view(), name="departure"),
    path("personnes/<int:pk>/depart/", leaving_views.LeavingPage.as_view(), name="leaving"),
    path("roles/<int:pk>/retrait/", people_views.RoleEnd.as_view(), name="end_role"),
]
