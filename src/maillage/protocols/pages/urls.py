"""Addresses of the `protocols` context, under /protocoles/."""

from django.urls import URLPattern, path

from maillage.protocols.pages import act_views, pharmacy_views, protocol_views

app_name = "protocols"
urlpatterns: list[URLPattern] = [
    path("", protocol_views.Protocols.as_view(), name="protocols"),
    path("<int:pk>/", protocol_views.ProtocolPage.as_view(), name="protocol"),
    path("<int:pk>/ecrire/", protocol_views.WriteVersion.as_view(), name="write_version"),
    path("patients/<int:pk>/", act_views.PatientActs.as_view(), name="patient"),
    path("patients/<int:pk>/acte/<int:version>/", act_views.BeginAct.as_view(), name="begin"),
    path("pharmacie/<int:pk>/", pharmacy_views.Pharmacy.as_view(), name="pharmacy"),
    path("bilans/<int:pk>/", pharmacy_views.ReviewPage.as_view(), name="review"),
    path("vaccinations/<int:pk>/", pharmacy_views.VaccinationPage.as_view(), name="vaccination"),
    path("actes/<int:pk>/", act_views.ActPage.as_view(), name="act"),
    path("questions/<int:pk>/", act_views.ReferralPage.as_view(), name="referral"),
]
