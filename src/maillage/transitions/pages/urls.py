"""Addresses of the `transitions` context, under /transitions/."""

from django.urls import URLPattern, path

from maillage.transitions.pages import case_views, count_views, way_views

app_name = "transitions"
urlpatterns: list[URLPattern] = [
    path("comptes/", count_views.Counts.as_view(), name="counts"),
    path("dac/", case_views.Cases.as_view(), name="cases"),
    path("dac/<int:pk>/", case_views.CasePage.as_view(), name="case"),
    path("patients/<int:pk>/dac/", case_views.NewCase.as_view(), name="new_case"),
    path("hopital/", way_views.Ways.as_view(), name="ways"),
    path("hopital/<int:pk>/", way_views.WayPage.as_view(), name="way"),
    path("patients/<int:pk>/hopital/", way_views.NewWay.as_view(), name="new_way"),
]
