"""The log: a refusal takes one line, a fault keeps its trace."""

import logging
from io import StringIO

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

from maillage.config.logs import RefusalsInOneLine


def refuse(_request: object) -> None:
    raise PermissionDenied("not for you")


def fail(_request: object) -> None:
    raise ZeroDivisionError("a fault of ours")


urlpatterns = [path("refuse/", refuse), path("fail/", fail)]


def plain(_request: object, exception: object = None) -> HttpResponse:
    return HttpResponse("no", status=403 if exception else 500)


handler403 = handler500 = plain


@pytest.mark.parametrize(("address", "traced"), [("/refuse/", False), ("/fail/", True)])
def test_only_a_fault_leaves_a_trace(address: str, traced: bool) -> None:
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["refusals"]
    said = StringIO()
    handler = logging.StreamHandler(said)
    handler.addFilter(RefusalsInOneLine())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[]):
            Client(raise_request_exception=False).get(address)
    finally:
        logger.removeHandler(handler)
    assert address in said.getvalue()
    assert ("Traceback" in said.getvalue()) is traced
