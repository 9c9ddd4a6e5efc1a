"""Addresses of the `protocols` context, under /protocoles/."""

from django.urls import URLPattern, path

from maillage.protocols.pages import (
    act_views,
    education_views,
    enrolment_views,
    pharmacy_views,
    protocol_views,
)

app_name = "protocols"
urlpatterns: list[URLPattern] = [
    path("", protocol_views.Protocols.as_view(), name="protocols"),
    path("<int:pk>/", protocol_views.ProtocolPage.as_view(), name="protocol"),
    path("<int:pk>/ecrire/", protocol_views.WriteVersion.as_view(), name="write_version"),
    path("education/", education_views.Programmes.as_view(), name="programmes"),
    path("education/<int:pk>/", education_views.ProgrammePage.as_view(), name="programme"),
    path("education/<int:pk>/ecrire/", education_views.WriteProgramme.as_view(), name="write_programme"),
    path("education/seances/<int:pk>/", education_views.SessionPage.as_view(), name="education_session"),
    path("education/patients/<int:pk>/", enrolment_views.EducationOf.as_view(), name="education_of"),
    path("education/suivis/<int:pk>/", enrolment_views.EnrolmentPage.as_view(), name="enrolment"),
    path(
        "education/suivis/<int:pk>/synthese.pdf",
        enrolment_views.SummaryLetter.as_view(),
        name="summary_letter",
    ),
    path("patients/<int:pk>/", act_views.PatientActs.as_view(), name="patient"),
    path("patients/<int:pk>/acte/<int:version>/", act_views.BeginAct.as_view(), name="begin"),
    path("pharmacie/<int:pk>/", pharmacy_views.Pharmacy.as_view(), name="pharmacy"),
    path("bilans/<int:pk>/", pharmacy_views.ReviewPage.as_view(), name="review"),
    path("vaccinations/<int:pk>/", pharmacy_views.VaccinationPage.as_view(), name="vaccination"),
    path("actes/<int:pk>/", act_views.ActPage.as_view(), name="act"),
    path("questions/<int:pk>/", act_views.ReferralPage.as_view(), name="referral"),
]
