// Loads the map and the charts where a page has one: two bundles that other pages never pay for.

const script = document.getElementById("app-script");

export function islands(root) {
  look(root);
  root.addEventListener("htmx:load", () => look(root));
}

/** Loads what a part of the page needs. */
export function look(part) {
  if (part.querySelector("maillage-map")) loadMap();
  if (part.querySelector("maillage-chart")) load(script.dataset.chart);
}

function loadMap() {
  if (!document.querySelector(`link[href="${script.dataset.mapStyle}"]`)) {
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: script.dataset.mapStyle }));
  }
  load(script.dataset.map);
}

function load(url) {
  import(url);
}
