"""Addresses of the `kernel` context."""

from django.urls import URLPattern

app_name = "kernel"
urlpatterns: list[URLPattern] = []
