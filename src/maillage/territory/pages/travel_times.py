"""Where travel times come from: the crow-fly estimate, or matrices that a router computed."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from maillage.kernel.access import may_everywhere, require
from maillage.kernel.formats import number
from maillage.kernel.models import Person
from maillage.kernel.rules import Permission
from maillage.kernel.sourced_rules import rule
from maillage.territory.actions.flows import delete_travel_matrix, import_travel_matrix
from maillage.territory.atlas import NoPackError
from maillage.territory.computations.apl_parameters import CROW_FLY_RULE
from maillage.territory.computations.line_checks import TableError
from maillage.territory.computations.road_matrix import ROAD_RULES
from maillage.territory.computations.road_words import placing_label, road_sentences
from maillage.territory.models import Commune, TravelMatrix
from maillage.territory.packs import Defect
from maillage.territory.rules.kinds import TravelKind

MAX_BYTES = 200 * 1024 * 1024


class MatrixForm(forms.Form):
    """A table of travel times and where it comes from."""

    provider = forms.CharField(
        label=pgettext_lazy("de temps de trajet", "Fournisseur"),
        max_length=120,
        help_text=gettext_lazy("Par exemple « INSEE, distancier Metric-OSRM »."),
    )
    vintage = forms.CharField(label=gettext_lazy("Millésime"), max_length=40)
    file = forms.FileField(
        label=gettext_lazy("Fichier CSV ou Parquet"),
        help_text=gettext_lazy("Colonnes : origin, destination (codes INSEE), minutes."),
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Refuse a file that memory could not hold."""
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("Le fichier dépasse 200 Mo : ôtez les trajets de plus de 60 min."))
        return upload


def travel_times(request: HttpRequest) -> HttpResponse:
    """Show the travel times in use; receive a matrix from who may import data everywhere."""
    person = cast(Person, request.user)
    require(person, Permission.VIEW_DIAGNOSIS)
    if request.method != "POST":
        return _page(request, MatrixForm(), [])
    form = MatrixForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, [], status=422)
    upload = form.cleaned_data["file"]
    try:
        matrix = import_travel_matrix(
            by=person,
            provider=form.cleaned_data["provider"],
            vintage=form.cleaned_data["vintage"],
            file=upload.name,
            content=upload.read(),
        )
    except TableError as error:
        return _page(request, form, error.defects, status=422)
    except (ValidationError, NoPackError) as error:
        form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        return _page(request, form, [], status=422)
    messages.success(request, _("« %(name)s » est importé.") % {"name": matrix.provider})
    return redirect("territory:travel_times")


@require_POST
def travel_times_delete(request: HttpRequest, matrix: int) -> HttpResponse:
    """Forget an imported matrix."""
    found = get_object_or_404(TravelMatrix, pk=matrix)
    delete_travel_matrix(by=cast(Person, request.user), matrix=found)
    messages.success(request, _("« %(name)s » est supprimé.") % {"name": found.provider})
    return redirect("territory:travel_times")


def _shown(matrix: TravelMatrix) -> dict[str, Any]:
    """Return one table of times as the page shows it: what it is, and for roads where communes were put."""
    if matrix.kind != TravelKind.ROAD:
        return {"row": matrix, "said": [], "farthest": []}
    farthest = matrix.details["farthest"]
    names = dict(
        Commune.objects.filter(code__in=[code for code, *_rest in farthest]).values_list("pk", "name")
    )
    return {
        "row": matrix,
        "said": road_sentences(matrix),
        "farthest": [
            (code, names.get(code, code), placing_label(placing), number(km, 2))
            for code, placing, km in farthest
        ],
    }


def _page(request: HttpRequest, form: MatrixForm, defects: list[Defect], status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "defects": defects,
        "matrices": [_shown(one) for one in TravelMatrix.objects.by_rank().light()],
        "model": rule(CROW_FLY_RULE),
        "road_rules": [rule(key) for key in ROAD_RULES],
        "may_import": may_everywhere(cast(Person, request.user), Permission.IMPORT_DATA),
    }
    return render(request, "territory/diagnosis/travel_times.html", context, status=status)
