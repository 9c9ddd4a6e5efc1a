"""Maps and charts of the report, drawn as SVG in pure Python.

The greys are presentation attributes, so that the PDF and a photocopy keep them; the classes (`k0`…,
`ink`, `rule`) let the HTML file give the same shapes the colours of the screen.
"""

from maillage.web.drawing.charts import BarChart, Series, draw_bars
from maillage.web.drawing.geometry import Geometry
from maillage.web.drawing.maps import Area, Badge, Flow, Mark, StaticMap, Town, draw_map

__all__ = [
    "Area",
    "Badge",
    "BarChart",
    "Flow",
    "Geometry",
    "Mark",
    "Series",
    "StaticMap",
    "Town",
    "draw_bars",
    "draw_map",
]
