"""Small OpenStreetMap extracts of the fictional country, written by tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import quoteattr

Tags = Mapping[str, str]
Point = tuple[float, float]
ROAD: Tags = {"highway": "secondary"}


class Written:
    """An extract while it is written: nodes and ways are numbered as they come."""

    def __init__(self) -> None:
        self.nodes: list[tuple[Point, Tags]] = []
        self.ways: list[tuple[Sequence[int], Tags]] = []
        self.relations: list[tuple[Sequence[int], Tags]] = []

    def node(self, where: Point, **tags: str) -> int:
        """Add a node; `ref_INSEE` stands for `ref:INSEE`."""
        self.nodes.append((where, {name.replace("_", ":"): value for name, value in tags.items()}))
        return len(self.nodes)

    def way(self, places: Sequence[Point], tags: Tags = ROAD) -> None:
        """Add a road through places, a node at each."""
        self.through([self.node(place) for place in places], tags)

    def through(self, nodes: Sequence[int], tags: Tags = ROAD) -> None:
        """Add a road through nodes that are there."""
        self.ways.append((nodes, tags))

    def star(self, middle: Point, ends: Iterable[Point], tags: Tags = ROAD, streets: int = 0) -> None:
        """Add a road from `middle` to each of `ends`; `streets` nodes more stand in the middle."""
        centre = self.node(middle)
        for end in ends:
            self.through([centre, self.node(end)], tags)
        if streets:
            self.through([centre, *(self.node(middle) for _ in range(streets))], tags)

    def centre(self, node: int, code: str) -> None:
        """Add the boundary of a commune, of which the node is the centre."""
        tags = {"boundary": "administrative", "admin_level": "8", "ref:INSEE": code}
        self.relations.append(([node], tags))

    def save(self, file: Path) -> Path:
        """Write the extract as XML."""
        body = [
            f'<node id="{k}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">{_tagged(tags)}</node>'
            for k, ((lon, lat), tags) in enumerate(self.nodes, 1)
        ]
        for k, (nodes, tags) in enumerate(self.ways, 1):
            steps = "".join(f'<nd ref="{node}"/>' for node in nodes)
            body.append(f'<way id="{k}" version="1">{steps}{_tagged(tags)}</way>')
        for k, (nodes, tags) in enumerate(self.relations, 1):
            members = "".join(f'<member type="node" ref="{node}" role="admin_centre"/>' for node in nodes)
            body.append(f'<relation id="{k}" version="1">{members}{_tagged(tags)}</relation>')
        file.write_text(f'<?xml version="1.0"?><osm version="0.6">{"".join(body)}</osm>', encoding="utf-8")
        return file


def _tagged(tags: Tags) -> str:
    return "".join(f"<tag k={quoteattr(name)} v={quoteattr(value)}/>" for name, value in tags.items())
