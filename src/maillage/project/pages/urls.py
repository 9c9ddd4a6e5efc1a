"""Addresses of the `project` context, under /pilotage/projet/."""

from django.urls import URLPattern, path

from maillage.project.pages import (
    action_views,
    agreement_views,
    check_views,
    document_views,
    objective_views,
    project_views,
    text_views,
)

app_name = "project"
urlpatterns: list[URLPattern] = [
    path("", project_views.Projects.as_view(), name="projects"),
    path("<int:pk>/", project_views.ProjectPage.as_view(), name="project"),
    path("<int:pk>/diagnostic/", project_views.Findings.as_view(), name="findings"),
    path("<int:pk>/projet.docx", document_views.ProjectWord.as_view(), name="word"),
    path("<int:pk>/projet.pdf", document_views.ProjectPdf.as_view(), name="pdf"),
    path("<int:pk>/etapes/<int:file>/", project_views.PassageDocument.as_view(), name="passage_file"),
    path("<int:pk>/textes/", text_views.Texts.as_view(), name="texts"),
    path("moi/", check_views.OwnCheck.as_view(), name="check"),
    path("conventions/", agreement_views.Agreements.as_view(), name="agreements"),
    path("conventions/nouvelle/", agreement_views.NewAgreement.as_view(), name="new_agreement"),
    path("conventions/<int:pk>/", agreement_views.AgreementPage.as_view(), name="agreement"),
    path(
        "conventions/<int:pk>/exemplaire/<int:file>/",
        agreement_views.AgreementCopy.as_view(),
        name="agreement_file",
    ),
    path("objectifs/<int:pk>/", objective_views.ObjectivePage.as_view(), name="objective"),
    path("objectifs/<int:pk>/action/", objective_views.NewAction.as_view(), name="new_action"),
    path("actions/<int:pk>/", action_views.ActionPage.as_view(), name="action"),
    path(
        "actions/<int:pk>/preuve/<int:file>/", action_views.EvidenceDocument.as_view(), name="evidence_file"
    ),
]
