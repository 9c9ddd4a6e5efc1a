"""The design system's template tags (built in to every template)."""

from django import template

register = template.Library()
