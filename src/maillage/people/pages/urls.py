"""Addresses of the `people` context."""

from django.urls import URLPattern, path

from maillage.people.pages import (
    address_views,
    carer_views,
    circle_views,
    inclusion_views,
    patient_views,
    referring_views,
    retention_views,
    rights_views,
    signal_views,
    support_referral_views,
    support_views,
    unusual_views,
)

app_name = "people"
urlpatterns: list[URLPattern] = [
    path("", patient_views.Patients.as_view(), name="patients"),
    path("nouveau/", patient_views.Registration.as_view(), name="register"),
    path("<int:pk>/", patient_views.PatientPage.as_view(), name="patient"),
    path("<int:pk>/modifier/", patient_views.PatientChange.as_view(), name="change"),
    path("<int:pk>/ins/", patient_views.PatientIns.as_view(), name="ins"),
    path("<int:pk>/acces/", patient_views.AccessLog.as_view(), name="access_log"),
    path("<int:pk>/acces.csv", rights_views.AccessLogFile.as_view(), name="access_log_csv"),
    path(
        "<int:pk>/accompagnement/", support_referral_views.NewReferral.as_view(), name="new_support_referral"
    ),
    path("accompagnements/", support_referral_views.Referrals.as_view(), name="support_referrals"),
    path("accompagnements/<int:pk>/", support_referral_views.ReferralPage.as_view(), name="support_referral"),
    path(
        "accompagnements/<int:pk>.pdf",
        support_referral_views.ReferralPaper.as_view(),
        name="support_referral_paper",
    ),
    path("<int:pk>/droits/", rights_views.PatientRights.as_view(), name="rights"),
    path("copies/<str:token>/", rights_views.Copy.as_view(), name="copy"),
    path("demandes-de-droits/", rights_views.Demands.as_view(), name="demands"),
    path("demandes-de-droits/<int:pk>/", rights_views.Demand.as_view(), name="demand"),
    path("<int:pk>/conservation/", retention_views.Holds.as_view(), name="holds"),
    path("conservation/", retention_views.Retention.as_view(), name="retention"),
    path("conservation/<int:pk>/", retention_views.Batch.as_view(), name="erasure_batch"),
    path("<int:pk>/sans-medecin/", inclusion_views.WriteInclusion.as_view(), name="write_inclusion"),
    path("<int:pk>/sans-medecin.pdf", inclusion_views.BlankInclusion.as_view(), name="blank_inclusion"),
    path("sans-medecin/<int:pk>/", inclusion_views.InclusionPage.as_view(), name="inclusion"),
    path("<int:pk>/medecin-traitant/", patient_views.DoctorSearch.as_view(), name="doctor_search"),
    path("<int:pk>/cercle/", circle_views.Circle.as_view(), name="circle"),
    path("<int:pk>/adresses/", address_views.Addresses.as_view(), name="addresses"),
    path("<int:pk>/aidants/", carer_views.Mandates.as_view(), name="mandates"),
    path("aide/pour-moi/", support_views.Support.as_view(), name="support"),
    path("aide/<int:pk>/", carer_views.Helped.as_view(), name="helped"),
    path("aide/<int:pk>/signaler/", signal_views.NewSignal.as_view(), name="new_signal"),
    path("signalements/<int:pk>/", signal_views.SignalPage.as_view(), name="signal"),
    path("acces-urgence/", circle_views.Emergency.as_view(), name="emergency"),
    path("acces-urgence/a-revoir/", circle_views.Emergencies.as_view(), name="emergencies"),
    path("lectures-a-regarder/", unusual_views.UnusualReadings.as_view(), name="unusual"),
    path("demandes/<int:pk>/", referring_views.RequestPage.as_view(), name="request"),
    path("propositions/", referring_views.Proposals.as_view(), name="proposals"),
    path("propositions/<int:pk>/", referring_views.ProposalAnswer.as_view(), name="proposal_answer"),
    path("attente/<slug:slug>/", referring_views.WaitingList.as_view(), name="waiting_list"),
]
