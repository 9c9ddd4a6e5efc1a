"""The shell: navigation by role, search, errors, appearance, language, sign-in, each without a script."""

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

from maillage.kernel.models import Person
from maillage.web import navigation
from maillage.web.pages import views


def links_of(person: Person) -> list[str]:
    request = RequestFactory().get("/")
    request.user = person
    return [str(link.label) for link in navigation.links(request)]


def test_navigation_shows_what_the_role_opens(coordinator: Person, administrator: Person) -> None:
    assert "Journal" not in links_of(coordinator)
    assert {"Journal", "Composants"} <= set(links_of(administrator))


def test_parts_stand_under_their_verb_and_empty_verbs_are_left_out(coordinator: Person) -> None:
    request = RequestFactory().get("/annuaire/structures/")
    request.user = coordinator
    shown = navigation.navigation(request)
    assert [str(group.label) for group in shown.groups] == ["Connaître", "Agir", "Piloter"], (
        "nothing foresees yet"
    )
    know, act, _steer = shown.groups
    assert know.current is not None
    assert str(know.current.label) == "Structures"
    assert act.current is None
    assert [str(link.label) for link in shown.direct] == ["À traiter"]
    assert "À traiter" not in {str(link.label) for link in act.menu}


def test_a_menu_says_how_much_waits_in_it() -> None:
    waiting = [
        navigation.Link(navigation.Verb.ACT, name, "/", "user", "", current=False, count=count, direct=direct)
        for name, count, direct in (("Agenda", 2, False), ("Gardes", 1, False), ("Messages", 9, True))
    ]
    assert navigation.Group("Agir", waiting).count == 3


def test_a_page_of_another_address_marks_the_part_it_belongs_to(coordinator: Person) -> None:
    request = RequestFactory().get("/rapports/bocage/")
    request.user, request.resolver_match = coordinator, resolve("/rapports/bocage/")
    know = navigation.navigation(request).groups[0]
    assert know.current is not None
    assert str(know.current.label) == "Territoires"


def test_an_address_that_no_context_brings_is_left_out() -> None:
    assert navigation.address("nowhere:index") == ""


def test_home_opens(visitor: Client) -> None:
    page = visitor.get("/").content.decode()
    assert "Ce que vous pouvez faire ici" in page
    assert page.count("<h1") == 1


def test_search_finds_a_rule_and_says_when_it_finds_nothing(visitor: Client) -> None:
    assert "Rien ne porte ce nom" in visitor.get("/recherche/", {"q": "zzzz"}).content.decode()
    page = visitor.get("/recherche/", {"q": "accessibilite"}).content.decode()
    assert reverse("kernel:sourced_rules") in page


def test_appearance_is_remembered_and_never_redirects_elsewhere(visitor: Client) -> None:
    answer = visitor.post("/apparence/", {"theme": "dark", "next": "https://example.org/"})
    assert answer["Location"] == "/"
    assert 'data-theme="dark"' in visitor.get("/").content.decode()
    visitor.post("/apparence/", {"theme": "neon", "next": "/"})
    assert 'data-theme="dark"' in visitor.get("/").content.decode()


def test_language_is_chosen_without_an_account(client: Client, db: None) -> None:
    client.post("/langue/", {"language": "en", "next": "/compte/login/"})
    assert '<html lang="en"' in client.get("/compte/login/").content.decode()


def test_health_is_public(client: Client, db: None) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_a_missing_page_says_where_and_what_next(visitor: Client) -> None:
    answer = visitor.get("/nulle-part/")
    assert answer.status_code == 404
    assert "/nulle-part/" in answer.content.decode()


@pytest.mark.parametrize("theme", ["clair" * 1_000_000, "é"])
def test_what_is_too_long_to_be_read_is_said_on_a_page_of_ours(visitor: Client, theme: str) -> None:
    fields = {f"x{place}": "1" for place in range(1200)} if theme == "é" else {}
    answer = visitor.post(reverse("web:appearance"), {"theme": theme, **fields})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "ne peut pas être lu" in page
    assert 'href="tel:15"' in page


def test_a_part_of_a_page_is_never_replaced_by_the_sign_in(db: None, client: Client) -> None:
    """Given nobody signed in, then a page leads to sign in, and a part that htmx asks stays as it stands."""
    address = reverse("kernel:account")
    page = client.get(address)
    assert (page.status_code, page["Location"]) == (302, f"{reverse('account_login')}?next={address}")
    for send in (client.get, client.post):
        part = send(address, headers={"HX-Request": "true"})
        assert (part.status_code, part.content) == (401, b"")
    assert client.get(reverse("account_login"), headers={"HX-Request": "true"}).status_code == 200


def test_a_forbidden_page_gives_the_reason(visitor: Client) -> None:
    answer = visitor.get(reverse("kernel:journal"))
    assert answer.status_code == 403
    assert "Cette page ne vous est pas ouverte" in answer.content.decode()


def test_a_server_error_needs_neither_database_nor_session() -> None:
    answer = views.server_error(RequestFactory().get("/casse/"))
    assert answer.status_code == 500
    assert "/casse/" in answer.content.decode()


ENTRANCES = [
    "account_login",
    "account_logout",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
]


@pytest.mark.parametrize("name", ENTRANCES)
def test_public_account_pages_wear_our_shell(client: Client, db: None, name: str) -> None:
    answer = client.get(reverse(name), follow=True)
    assert answer.status_code == 200
    assert 'class="masthead"' in answer.content.decode()


@pytest.mark.parametrize(
    "name", ["account_change_password", "mfa_index", "mfa_activate_totp", "account_email"]
)
def test_own_account_pages_wear_our_shell(visitor: Client, coordinator: Person, name: str) -> None:
    answer = visitor.get(reverse(name), follow=True)
    asked = answer.request["PATH_INFO"]
    if "reauthenticate" in asked:
        path = f"{asked}?{answer.request['QUERY_STRING']}"
        answer = visitor.post(path, {"password": "un mot de passe long"}, follow=True)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'class="masthead"' in page
    assert page.count("<h1") == 1


def test_a_wrong_password_is_told_above_the_form(client: Client, coordinator: Person) -> None:
    answer = client.post(reverse("account_login"), {"login": coordinator.email, "password": "faux"})
    assert "À corriger avant de continuer" in answer.content.decode()


def test_demonstration_roles_enter_in_one_click(client: Client, coordinator: Person) -> None:
    assert settings.DEMO
    assert "demonstration" not in client.get(reverse("account_login")).content.decode()
    Person.objects.filter(pk=coordinator.pk).update(is_demonstration=True)
    page = client.get(reverse("account_login")).content.decode()
    assert 'name="role" value="coordinator"' in page
