"""What if: a draft changed by form or by clicks on the map, answered at once; named scenarios beside it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maillage.kernel.access import require
from maillage.kernel.models import Person
from maillage.kernel.parameters import query_kept, row_key, row_keys
from maillage.kernel.rules import Permission
from maillage.territory.actions import scenarios as actions
from maillage.territory.atlas import current
from maillage.territory.computations.what_if import Change, ScenarioError, live_changes
from maillage.territory.models import Scenario
from maillage.territory.pages import what_if_presenter as present
from maillage.territory.pages.access_choice import choose, csv_download, geojson, pick_table
from maillage.territory.pages.access_map import access_features
from maillage.territory.pages.diagnosis import Diagnosis, diagnosis_page
from maillage.territory.pages.what_if_forms import ChangeForm, SaveForm
from maillage.territory.pages.what_if_tables import comparison

LEAST_COMPARED, MOST_COMPARED = 2, 4


@diagnosis_page
def what_if(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Show the draft of the visitor and the scenarios of the territory."""
    return _page(request, diagnosis)


@diagnosis_page
def what_if_map(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Give the communes with the accessibility of the visitor's draft, or of a named scenario."""
    chosen = choose(request, diagnosis)
    scenario = _asked(request, diagnosis) or _draft(request, diagnosis)
    return geojson(access_features(diagnosis, chosen.access, present.apl_of(diagnosis, chosen, scenario)))


@diagnosis_page
def what_if_csv(request: HttpRequest, diagnosis: Diagnosis, table: str) -> HttpResponse:
    """Give one table of the draft, or of a named scenario, as CSV."""
    scenario = _asked(request, diagnosis) or _draft(request, diagnosis)
    state = present.state(diagnosis, choose(request, diagnosis), scenario)
    return csv_download(pick_table(state.tables, table), diagnosis.territory.slug)


@require_POST
@diagnosis_page
def what_if_change(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Add or remove a supply in the visitor's draft."""
    form = ChangeForm(request.POST, communes=present.commune_choices(diagnosis))
    if not form.is_valid():
        return _answer(request, diagnosis, error=_first_error(form))
    draft = actions.open_draft(by=_person(request), territory=diagnosis.territory)
    try:
        actions.change_supply(
            by=_person(request),
            scenario=draft,
            supply=form.cleaned_data["supply"],
            commune=form.cleaned_data["commune"],
            delta=form.delta,
            key=form.cleaned_data["key"],
        )
    except ScenarioError as error:
        return _answer(request, diagnosis, error=str(error))
    return _answer(request, diagnosis)


@require_POST
@diagnosis_page
def what_if_undo(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Take back the last change of the visitor's draft, or all of them."""
    draft = _draft(request, diagnosis)
    if draft is None:
        return _answer(request, diagnosis)
    before = live_changes(diagnosis.atlas, draft)
    if "all" in request.POST:
        actions.clear(by=_person(request), scenario=draft)
    else:
        actions.undo(by=_person(request), scenario=draft)
    return _answer(request, diagnosis, undone=before)


@require_POST
@diagnosis_page
def what_if_save(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Keep the visitor's draft under a name."""
    form, draft = SaveForm(request.POST), _draft(request, diagnosis)
    try:
        if draft is None:
            raise ScenarioError(
                _("Le scénario ne change rien encore : ajoutez ou retirez une offre d’abord.")
            )
        if not form.is_valid():
            raise ScenarioError(_first_error(form))
        saved = actions.save_scenario(by=_person(request), draft=draft, name=form.cleaned_data["name"])
    except ScenarioError as error:
        return _page(request, diagnosis, error=str(error), status=422)
    messages.success(request, _("« %(name)s » est enregistré.") % {"name": saved.name})
    return redirect(diagnosis.url("what_if"))


@require_POST
@diagnosis_page
def what_if_scenario(request: HttpRequest, diagnosis: Diagnosis, scenario: int, verb: str) -> HttpResponse:
    """Load, share, stop sharing or delete a named scenario."""
    found = get_object_or_404(Scenario.objects.named(), territory=diagnosis.territory, pk=scenario)
    by = _person(request)
    if verb == "reprendre":
        actions.load_scenario(by=by, scenario=found)
        said = _("Votre brouillon reprend « %(name)s ».")
    elif verb == "partager":
        actions.share_scenario(by=by, scenario=found)
        said = _("« %(name)s » se lit par son lien, après connexion.")
    elif verb == "ne-plus-partager":
        actions.unshare_scenario(by=by, scenario=found)
        said = _("Le lien de « %(name)s » ne mène plus nulle part.")
    elif verb == "supprimer":
        actions.delete_scenario(by=by, scenario=found)
        said = _("« %(name)s » est supprimé.")
    else:
        raise Http404(verb)
    messages.success(request, said % {"name": found.name})
    return redirect(diagnosis.url("what_if"))


@diagnosis_page
def what_if_compare(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Show two to four named scenarios side by side, with the present."""
    found = _compared(request, diagnosis)
    chosen = choose(request, diagnosis)
    context = {
        "diagnosis": diagnosis,
        "chosen": chosen,
        "scenarios": present.saved_scenarios(request, diagnosis),
        "asked": {scenario.pk for scenario in found},
        "comparison": comparison(diagnosis, chosen, found, request) if len(found) >= LEAST_COMPARED else None,
    }
    return render(request, "territory/diagnosis/what_if_compare.html", context)


@diagnosis_page
def what_if_compare_csv(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Give the comparison of scenarios as CSV."""
    found = _compared(request, diagnosis)
    if len(found) < LEAST_COMPARED:
        raise Http404("scenario")
    return csv_download(
        comparison(diagnosis, choose(request, diagnosis), found, request), diagnosis.territory.slug
    )


def shared_scenario(request: HttpRequest, token: str) -> HttpResponse:
    """Show a shared scenario, read only, to anybody signed in who may read a diagnosis."""
    person = _person(request)
    require(person, Permission.VIEW_DIAGNOSIS)
    found = get_object_or_404(
        Scenario.objects.named().select_related("territory__scope", "created_by"), share_token=token
    )
    atlas = current()
    diagnosis = Diagnosis(
        found.territory, atlas, present.positions_of(atlas, found.territory), "territory:shared_scenario"
    )
    chosen = choose(request, diagnosis)
    state = present.state(diagnosis, chosen, found)
    context = {
        "diagnosis": diagnosis,
        "chosen": chosen,
        "scenario": found,
        "state": state,
        "map": present.shared_map(diagnosis, chosen, request.GET.get("carte", ""), state, found),
    }
    return render(request, "territory/diagnosis/what_if_shared.html", context)


def shared_map(request: HttpRequest, token: str) -> HttpResponse:
    """Give the map of a shared scenario."""
    require(_person(request), Permission.VIEW_DIAGNOSIS)
    found = get_object_or_404(Scenario.objects.named().select_related("territory"), share_token=token)
    atlas = current()
    diagnosis = Diagnosis(found.territory, atlas, present.positions_of(atlas, found.territory), "")
    chosen = choose(request, diagnosis)
    return geojson(access_features(diagnosis, chosen.access, present.apl_of(diagnosis, chosen, found)))


def _compared(request: HttpRequest, diagnosis: Diagnosis) -> list[Scenario]:
    asked = row_keys(request.GET.getlist("scenario"))
    named = Scenario.objects.named().filter(territory=diagnosis.territory)
    return list(named.filter(pk__in=asked[:MOST_COMPARED]))


def _page(request: HttpRequest, diagnosis: Diagnosis, *, error: str = "", status: int = 200) -> HttpResponse:
    chosen = choose(request, diagnosis)
    state = present.state(diagnosis, chosen, _draft(request, diagnosis), suggest=True)
    context = {
        "diagnosis": diagnosis,
        "chosen": chosen,
        "state": state,
        "form": present.change_form(diagnosis, chosen, request.GET.get("commune", "")),
        "save_form": SaveForm(),
        "scenarios": present.saved_scenarios(request, diagnosis),
        "map": present.draft_map(diagnosis, chosen, request.GET.get("carte", ""), state),
        "error": error,
    }
    return render(request, "territory/diagnosis/what_if.html", context, status=status)


def _answer(
    request: HttpRequest, diagnosis: Diagnosis, *, error: str = "", undone: list[Change] | None = None
) -> HttpResponse:
    """Answer a change: the part of the page that moved for htmx, else the page after a redirect.

    The first change brings the map of gains in place of that of access; the last one taken back undoes it.
    """
    if not getattr(request, "htmx", False):
        if error:
            return _page(request, diagnosis, error=error, status=422)
        query = query_kept(request.GET.lists())
        return redirect(diagnosis.url("what_if") + (f"?{query}" if query else ""))
    chosen = choose(request, diagnosis)
    state = present.state(diagnosis, chosen, _draft(request, diagnosis), suggest=True, undone=undone or [])
    turned = not error and len(state.changes) == (0 if undone else 1)
    context = {"diagnosis": diagnosis, "chosen": chosen, "state": state, "error": error, "is_answer": True,
               "form": present.change_form(diagnosis, chosen),
               "map": present.draft_map(diagnosis, chosen, "", state) if turned else None}  # fmt: skip
    return render(request, "territory/diagnosis/_what_if_state.html", context)


def _draft(request: HttpRequest, diagnosis: Diagnosis) -> Scenario | None:
    return Scenario.objects.drafts().filter(territory=diagnosis.territory, created_by=request.user.pk).first()


def _asked(request: HttpRequest, diagnosis: Diagnosis) -> Scenario | None:
    key = request.GET.get("scenario", "")
    if not key:
        return None
    return get_object_or_404(Scenario.objects.named(), territory=diagnosis.territory, pk=row_key(key))


def _person(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise PermissionDenied(_("Connectez-vous pour travailler sur un scénario."))
    return request.user


def _first_error(form: ChangeForm | SaveForm) -> str:
    return next(str(errors[0]) for errors in form.errors.values())
