"""Flows: the modelled catchments, or one imported dataset, never both on one page."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maillage.kernel.access import may
from maillage.kernel.parameters import row_key
from maillage.kernel.rules import Permission
from maillage.territory.actions.flows import delete_flows, import_flows
from maillage.territory.computations.line_checks import TableError
from maillage.territory.models import FlowDataset
from maillage.territory.packs import Defect
from maillage.territory.pages import flows_modelled, flows_observed
from maillage.territory.pages.access_choice import choose, csv_download, geojson, pick_table
from maillage.territory.pages.diagnosis import Diagnosis, diagnosis_page, once
from maillage.territory.pages.flows_forms import FlowImportForm
from maillage.territory.pages.flows_shown import FlowsPage, Source

PARAMETERS = ("source", "motif", "periode", "profession", "parametres")


@diagnosis_page
def flows(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Show where residents go for care: modelled, or as one imported dataset says."""
    return _page(request, diagnosis, FlowImportForm(), [])


@diagnosis_page
def flows_csv(request: HttpRequest, diagnosis: Diagnosis, table: str) -> HttpResponse:
    """Give one table of the page as CSV."""
    return csv_download(pick_table(_shown(request, diagnosis).tables, table), diagnosis.territory.slug)


@diagnosis_page
def flows_map(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Give the communes with the share of care found at home, as GeoJSON."""
    return geojson(_shown(request, diagnosis).communes_geojson())


@diagnosis_page
def flows_lines(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Give the main flows as GeoJSON lines."""
    return geojson(_shown(request, diagnosis).lines_geojson())


@require_POST
@diagnosis_page
def flows_import(request: HttpRequest, diagnosis: Diagnosis) -> HttpResponse:
    """Import a table of observed flows, or say line by line why it is refused."""
    form = FlowImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, diagnosis, form, [], status=422)
    upload = form.cleaned_data["file"]
    try:
        dataset = import_flows(
            by=request.user,  # type: ignore[arg-type]  # whoever comes here is signed in
            territory=diagnosis.territory,
            name=form.cleaned_data["name"],
            source=form.cleaned_data["source"],
            file=upload.name,
            content=upload.read(),
        )
    except TableError as error:
        return _page(request, diagnosis, form, error.defects, status=422)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, diagnosis, form, [], status=422)
    messages.success(request, _("« %(name)s » est importé.") % {"name": dataset.name})
    return redirect(f"{diagnosis.url('flows')}?source={dataset.pk}")


@require_POST
@diagnosis_page
def flows_delete(request: HttpRequest, diagnosis: Diagnosis, dataset: int) -> HttpResponse:
    """Delete an imported dataset."""
    found = _dataset(diagnosis, str(dataset))
    delete_flows(by=request.user, dataset=found)  # type: ignore[arg-type]  # whoever comes here is signed in
    messages.success(request, _("« %(name)s » est supprimé.") % {"name": found.name})
    return redirect(diagnosis.url("flows"))


def _page(
    request: HttpRequest, diagnosis: Diagnosis, form: FlowImportForm, defects: list[Defect], status: int = 200
) -> HttpResponse:
    shown = _shown(request, diagnosis)
    sort = request.GET.get("tri", "")
    context = {
        "diagnosis": diagnosis,
        "shown": shown,
        "communes_url": diagnosis.url("flows_map") + shown.query,
        "lines_url": diagnosis.url("flows_lines") + shown.query,
        "chosen": choose(request, diagnosis),
        "communes": shown.tables["communes"].sorted_by(sort) if sort else shown.tables["communes"],
        "sources": _sources(request, diagnosis),
        "form": form,
        "defects": defects,
        "may_import": may(request.user, Permission.IMPORT_DATA, diagnosis.territory.scope),  # type: ignore[arg-type]  # whoever comes here is signed in
    }
    return render(request, "territory/diagnosis/flows.html", context, status=status)


def _shown(request: HttpRequest, diagnosis: Diagnosis) -> FlowsPage:
    """Return what the page, its map and its lines all show."""
    asked = [request.GET.get(key, "") for key in PARAMETERS]
    return once(request, f"flows {asked}", lambda: _found(request, diagnosis))


def _found(request: HttpRequest, diagnosis: Diagnosis) -> FlowsPage:
    source = request.GET.get("source", "")
    if not source:
        return flows_modelled.page(diagnosis, choose(request, diagnosis))
    return flows_observed.page(
        diagnosis,
        _dataset(diagnosis, source),
        reason=request.GET.get("motif", ""),
        period=request.GET.get("periode", ""),
    )


def _dataset(diagnosis: Diagnosis, key: str) -> FlowDataset:
    found = FlowDataset.objects.filter(territory=diagnosis.territory, pk=row_key(key)).first()
    if found is None:
        raise Http404(key)
    return found


def _sources(request: HttpRequest, diagnosis: Diagnosis) -> list[Source]:
    asked = request.GET.get("source", "")
    datasets = FlowDataset.objects.filter(territory=diagnosis.territory).values_list("pk", "name")
    modelled = Source(_("Flux modélisés"), "?", is_current=not asked)
    return [modelled, *(Source(name, f"?source={pk}", is_current=asked == str(pk)) for pk, name in datasets)]
