"""The front door of indicators: the catalogue, what an indicator says, what was published."""

from maillage.indicators.actions.imports import import_files
from maillage.indicators.actions.published import publish_value
from maillage.indicators.computations.catalogue import CATALOGUE, INDICATORS, Indicator
from maillage.indicators.computations.results import result, results
from maillage.indicators.computations.values import Result, Value
from maillage.indicators.models import FileImport, PublishedValue
from maillage.indicators.packs.checking import check_folder
from maillage.indicators.queries.published import last_of_each, last_published, published_of
from maillage.indicators.rules.files import FolderError, Form
from maillage.indicators.rules.periods import Period, last_months, read_period
from maillage.indicators.rules.schema import FILES
from maillage.indicators.rules.vocabulary import Family, Measure, Unit

__all__ = [
    "CATALOGUE",
    "FILES",
    "INDICATORS",
    "Family",
    "FileImport",
    "FolderError",
    "Form",
    "Indicator",
    "Measure",
    "Period",
    "PublishedValue",
    "Result",
    "Unit",
    "Value",
    "check_folder",
    "import_files",
    "last_months",
    "last_of_each",
    "last_published",
    "publish_value",
    "published_of",
    "read_period",
    "result",
    "results",
]
