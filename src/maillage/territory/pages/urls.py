"""Addresses of the `territory` context."""

from django.urls import URLPattern

from maillage.territory.pages import access_urls, profile_urls

app_name = "territory"
urlpatterns: list[URLPattern] = [
    *access_urls.urlpatterns,
    *profile_urls.urlpatterns,
]
