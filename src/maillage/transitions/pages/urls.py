"""Addresses of the `transitions` context, under /transitions/."""

from django.urls import URLPattern, path

from maillage.transitions.pages import case_views

app_name = "transitions"
urlpatterns: list[URLPattern] = [
    path("dac/", case_views.Cases.as_view(), name="cases"),
    path("dac/<int:pk>/", case_views.CasePage.as_view(), name="case"),
    path("patients/<int:pk>/dac/", case_views.NewCase.as_view(), name="new_case"),
]
