// One scale for the map, its legend, its list and its chart: classes with stated bounds, as the server has them
// (maillage.web.drawing.screen), which draws first and writes the legend.
export const SIZES = { access: 5, difference: 7, count: 5, category: 8 };

const limits = (options) => (options.bounds ?? "").split(",").filter(Boolean).map(Number);
const scaleName = (options) => (options.scale in SIZES ? options.scale : "access");

/** The rank in the palette of class `index` out of `count`: few classes take colours far apart. */
const paletteRank = (index, count, size) => (count <= 1 ? size : 1 + Math.round((index * (size - 1)) / (count - 1)));

/** The palette rank of a feature, 0 where there is no data. */
export function classify(properties, options, collection) {
  const value = properties[options.field];
  const scale = scaleName(options);
  if (value === null || value === undefined || value === "") return 0;
  if (scale === "category") {
    const rank = categories(options, collection).findIndex((category) => category.key === String(value));
    return Math.min(rank + 1, SIZES.category);
  }
  const steps = limits(options);
  return paletteRank(steps.filter((bound) => value >= bound).length, steps.length + 1, SIZES[scale]);
}

function categories(options, collection) {
  if (collection.categories) return collection.categories;
  const counts = new Map();
  for (const { properties } of collection.features) {
    const key = properties[options.field];
    if (key !== null && key !== undefined) counts.set(String(key), (counts.get(String(key)) ?? 0) + 1);
  }
  collection.categories = [...counts].sort((a, b) => b[1] - a[1]).map(([key]) => ({ key, label: key }));
  return collection.categories;
}
