// Names of the main towns, as HTML: no glyph server, and the page's own typeface. The larger town wins the place;
// `above` leaves the middle of the commune to the symbols drawn there.
import { middle } from "./geometry.js";

const MOST = 40;

export function labels(maplibre, map, communes, above) {
  const known = communes.features
    .filter(({ properties }) => properties.population > 0 && properties.name && properties.inside !== false)
    .sort((a, b) => b.properties.population - a.properties.population)
    .slice(0, MOST)
    .map((feature, rank) => {
      const element = Object.assign(document.createElement("span"), { className: rank < 4 ? "map-label major" : "map-label", textContent: feature.properties.name });
      element.setAttribute("aria-hidden", "true");
      return { marker: new maplibre.Marker({ element, opacity: 1, ...(above && { anchor: "bottom", offset: [0, -9] }) }).setLngLat(middle(feature.geometry)).addTo(map), element };
    });
  const place = () => {
    const frame = map.getContainer().getBoundingClientRect();
    const taken = [...map.getContainer().querySelectorAll(".maplibregl-ctrl")].map((control) => control.getBoundingClientRect());
    for (const { element } of known) element.hidden = false;
    const boxes = known.map(({ element }) => element.getBoundingClientRect());
    for (const [rank, { element }] of known.entries()) {
      const box = boxes[rank];
      const clash = taken.some((other) => box.left < other.right + 6 && box.right + 6 > other.left && box.top < other.bottom + 3 && box.bottom + 3 > other.top);
      const cut = box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom;
      element.hidden = clash || cut;
      if (!element.hidden) taken.push(box);
    }
  };
  map.on("moveend", place);
  map.once("idle", place);
  place();
}
