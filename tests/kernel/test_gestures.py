"""A page that does one thing for each of its forms: done, refused, unknown, and where one is led next."""

from collections.abc import Callable, Mapping

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from maillage.kernel.models import Person
from maillage.kernel.pages.gestures import Gestures


def refuse() -> str:
    raise ValidationError(["C’est trop tard.", "Appelez."])


def forbid() -> str:
    raise PermissionDenied("Seul le pilote le fait.")


class Garden(Gestures):
    """Waters, says nothing of the weeds, and refuses the rest."""

    permission = None

    def gestures(self) -> Mapping[str, Callable[[], str]]:
        return {"water": lambda: "Arrosé.", "weed": lambda: "", "late": refuse, "forbid": forbid}


class Greenhouse(Garden):
    """The same, where a name that is not its own is no address, and the door is elsewhere once watered."""

    is_strict = True
    refusals = (ValidationError, PermissionDenied)

    def after(self, name: str) -> HttpResponse:
        return HttpResponseRedirect("/jardin/") if name == "water" else super().after(name)


def send(
    page: type[Gestures], person: Person, do: str | None
) -> tuple[HttpResponseBase, list[tuple[str, str]]]:
    """Send a form of a page; return its answer, and what the next page will say."""
    said: list[tuple[str, str]] = []

    def view(request: HttpRequest) -> HttpResponseBase:
        request.user = person
        answer = page.as_view()(request)
        said.extend((one.level_tag, str(one.message)) for one in get_messages(request))
        return answer

    request = RequestFactory().post("/serre/", {} if do is None else {"do": do})
    return SessionMiddleware(MessageMiddleware(view))(request), said


@pytest.mark.parametrize("page", [Garden, Greenhouse])
def test_a_gesture_is_done_and_said_and_leads_back(page: type[Gestures], nurse: Person) -> None:
    answer, said = send(page, nurse, "weed")
    assert (answer.status_code, answer["Location"], said) == (302, "/serre/", [])
    answer, said = send(page, nurse, "water")
    assert (answer.status_code, said) == (302, [("success", "Arrosé.")])
    assert answer["Location"] == ("/serre/" if page is Garden else "/jardin/")


def test_what_is_refused_is_said_and_what_is_no_refusal_of_the_page_goes_through(nurse: Person) -> None:
    answer, said = send(Garden, nurse, "late")
    assert (answer["Location"], said) == ("/serre/", [("error", "C’est trop tard. Appelez.")])
    with pytest.raises(PermissionDenied):
        send(Garden, nurse, "forbid")
    answer, said = send(Greenhouse, nurse, "forbid")
    assert (answer["Location"], said) == ("/serre/", [("error", "Seul le pilote le fait.")])


@pytest.mark.parametrize("do", [None, "", "mow", "__class__"])
def test_a_name_that_is_none_of_the_page_is_said_or_is_no_address(nurse: Person, do: str | None) -> None:
    answer, said = send(Garden, nurse, do)
    assert answer.status_code == 302
    assert said == [("error", "Ce geste n’est pas connu\N{NO-BREAK SPACE}: rechargez la page.")]
    with pytest.raises(Http404):
        send(Greenhouse, nurse, do)


def test_a_page_says_what_its_forms_do(nurse: Person) -> None:
    class Nothing(Gestures):
        permission = None

    with pytest.raises(NotImplementedError):
        send(Nothing, nurse, "water")
