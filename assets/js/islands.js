// Loads the map and the charts where a page has one: two bundles that other pages never pay for.

const script = document.getElementById("app-script");

export function islands(root) {
  const look = () => {
    if (root.querySelector("maillage-map")) loadMap();
    if (root.querySelector("maillage-chart")) load(script.dataset.chart);
  };
  look();
  root.addEventListener("htmx:load", look);
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
