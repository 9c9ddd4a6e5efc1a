// Plane geometry on GeoJSON, enough for an atlas of communes.

/** [west, south, east, north] of a feature or a collection. */
export function bounds(geojson) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  const visit = (coordinates) => {
    if (typeof coordinates[0] !== "number") return coordinates.forEach(visit);
    box[0] = Math.min(box[0], coordinates[0]);
    box[1] = Math.min(box[1], coordinates[1]);
    box[2] = Math.max(box[2], coordinates[0]);
    box[3] = Math.max(box[3], coordinates[1]);
  };
  for (const feature of geojson.features ?? [geojson]) if (feature.geometry) visit(feature.geometry.coordinates);
  return box;
}

/** The rings of a polygon or of several. */
export const rings = (geometry) => (geometry?.type === "Polygon" ? geometry.coordinates : geometry?.type === "MultiPolygon" ? geometry.coordinates.flat() : []);

/**
 * The outline of a group of neighbours: the edges that belong to one of them only. Contours that share their borders
 * point for point (as ours do) need no geometry library.
 */
export function outline(features) {
  const edges = new Map();
  for (const feature of features) {
    for (const ring of rings(feature.geometry)) {
      for (let i = 1; i < ring.length; i++) {
        const [a, b] = [ring[i - 1].join(), ring[i].join()];
        const key = a < b ? `${a} ${b}` : `${b} ${a}`;
        if (!edges.delete(key)) edges.set(key, [ring[i - 1], ring[i]]);
      }
    }
  }
  if (!edges.size) return { type: "FeatureCollection", features: [] };
  return { type: "FeatureCollection", features: [{ type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: chains([...edges.values()]) } }] };
}

/** Joins edges end to end, so that the line's joints are drawn round. */
function chains(edges) {
  const starts = new Map();
  for (const edge of edges) for (const end of edge) starts.set(end.join(), [...(starts.get(end.join()) ?? []), edge]);
  const used = new Set();
  const lines = [];
  for (const first of edges) {
    if (used.has(first)) continue;
    used.add(first);
    const line = [...first];
    for (let next; (next = starts.get(line.at(-1).join()).find((edge) => !used.has(edge))); ) {
      used.add(next);
      line.push(next[0].join() === line.at(-1).join() ? next[1] : next[0]);
    }
    lines.push(line);
  }
  return lines;
}

/** The centre of gravity of the largest ring: where a name is written. */
export function middle(geometry) {
  let best = [0, 0];
  let largest = -1;
  for (const ring of rings(geometry)) {
    let [area, x, y] = [0, 0, 0];
    for (let i = 1; i < ring.length; i++) {
      const cross = ring[i - 1][0] * ring[i][1] - ring[i][0] * ring[i - 1][1];
      area += cross;
      x += (ring[i - 1][0] + ring[i][0]) * cross;
      y += (ring[i - 1][1] + ring[i][1]) * cross;
    }
    if (Math.abs(area) > largest) [largest, best] = [Math.abs(area), [x / (3 * area), y / (3 * area)]];
  }
  return best;
}
