"""Addresses of the `territory` context."""

from django.urls import URLPattern

from maillage.territory.pages import access_urls, profile_urls, territory_urls

app_name = "territory"
urlpatterns: list[URLPattern] = [
    *territory_urls.urlpatterns,
    *access_urls.urlpatterns,
    *profile_urls.urlpatterns,
]
