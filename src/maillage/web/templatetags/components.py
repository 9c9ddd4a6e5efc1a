"""The design system's template tags and filters (built in to every template)."""

from django import template

from maillage.kernel import formats

register = template.Library()

register.filter("number", formats.number)
register.filter("percent", formats.percent)
register.filter("signed", formats.signed)
register.filter("signed_percent", formats.signed_percent)
register.filter("minutes", formats.minutes)
register.filter("date_long", formats.date_long)
register.filter("date_short", formats.date_short)
register.filter("time_short", formats.time_short)
