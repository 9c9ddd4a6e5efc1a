"""Addresses of the `web` context."""

from django.urls import URLPattern

app_name = "web"
urlpatterns: list[URLPattern] = []
