// A scenario answers with the part of the page that moved; what it moved on the map rides along.

/** Gives the map named by `data-map` the values in `data-map-values`, when the server has just sent them. */
export function scenarioOnMap(root) {
  const part = root.dataset?.mapValues ? root : root.querySelector("[data-map-values]");
  const map = part && document.getElementById(part.dataset.map);
  // On the first load the map reads the scenario itself.
  map?.update?.(JSON.parse(part.dataset.mapValues));
}
