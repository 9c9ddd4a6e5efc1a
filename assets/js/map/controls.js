// Zoom, whole territory, scale bar: buttons with our icons and the reader's words.
import { text } from "../texts.js";

const icons = document.getElementById("app-script").dataset.icons;
const SVG = "http://www.w3.org/2000/svg";

function button(icon, label, act) {
  const element = Object.assign(document.createElement("button"), { type: "button", title: label });
  element.setAttribute("aria-label", label);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${icons}#${icon}`);
  svg.append(use);
  element.append(svg);
  element.addEventListener("click", act);
  return element;
}

export function controls(maplibre, map, owner) {
  const group = Object.assign(document.createElement("div"), { className: "maplibregl-ctrl maplibregl-ctrl-group" });
  group.append(
    button("plus", text("zoom_in"), () => map.zoomIn()),
    button("minus", text("zoom_out"), () => map.zoomOut()),
    button("focus-centered", text("reset_view"), () => owner.reset()),
  );
  map.addControl({ onAdd: () => group, onRemove: () => group.remove() }, "top-right");
  map.addControl(new maplibre.ScaleControl({ unit: "metric", maxWidth: 120 }), "bottom-left");
}
